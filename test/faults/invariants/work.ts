import { noRows, type Invariant } from './invariant.js';

/** Nothing that was accepted still waits, and nothing waits that was not accepted. */
export const WORK: Invariant[] = [
  noRows('the outbox is drained', 'SELECT id, topic, attempts FROM outbox WHERE sent_at IS NULL'),
  noRows('no job is left unfinished', `SELECT id, state FROM job WHERE state IN ('queued', 'running')`),
  noRows(
    'no job failed or was cancelled',
    `SELECT id, kind, state, error FROM job WHERE state IN ('failed', 'cancelled')`,
  ),
  noRows(
    'each job was handed to the outbox once',
    `SELECT j.id, count(o.id) FROM job j LEFT JOIN outbox o
        ON o.topic = 'job.requested' AND o.payload #>> '{data,jobId}' = j.id::text GROUP BY j.id HAVING count(o.id) <> 1`,
  ),
  noRows(
    'the outbox hands over no job that was not accepted',
    `SELECT o.id FROM outbox o WHERE o.topic = 'job.requested'
        AND NOT EXISTS (SELECT FROM job j WHERE j.id::text = o.payload #>> '{data,jobId}')`,
  ),
  noRows(
    'each evaluation was announced once, and each dataset version',
    `SELECT e.id, count(o.id) FROM evaluation e LEFT JOIN outbox o
        ON o.topic = 'evaluation.completed' AND o.payload #>> '{data,evaluationId}' = e.id::text GROUP BY e.id HAVING count(o.id) <> 1
     UNION ALL
     SELECT v.id, count(o.id) FROM dataset_version v LEFT JOIN outbox o
        ON o.topic = 'dataset.version.created' AND o.payload #>> '{data,datasetVersionId}' = v.id::text
      GROUP BY v.id HAVING count(o.id) <> 1`,
  ),
  noRows(
    'each announcement reached each of its subscribers once',
    `SELECT e.id, count(o.id) FROM evaluation e LEFT JOIN outbox o
        ON o.topic = 'evaluation.completed > gates.stale-decisions' AND o.payload #>> '{data,evaluationId}' = e.id::text
       AND o.sent_at IS NOT NULL GROUP BY e.id HAVING count(o.id) <> 1`,
  ),
  noRows('the queue holds no job that is over', 'SELECT id, state FROM queue.job'),
  noRows(
    'no transaction was left open',
    `SELECT pid, state, now() - xact_start AS age FROM pg_stat_activity
      WHERE usename = 'assay_app' AND state LIKE 'idle in transaction%' AND now() - state_change > interval '5 seconds'`,
  ),
];
