import { noRows, type Invariant } from './invariant.js';

/** A look at a sealed split is counted once, and none goes uncounted. */
export const LOOKS: Invariant[] = [
  noRows(
    'looks used are the looks taken, numbered without gaps',
    `SELECT b.split_root, b.used, array_agg(l.look ORDER BY l.look) AS looks
       FROM holdout_budget b LEFT JOIN look l USING (project_id, split_root) GROUP BY b.project_id, b.split_root, b.used
     HAVING b.used <> count(l.look) OR coalesce(max(l.look), 0) <> b.used OR count(DISTINCT l.look) <> b.used`,
  ),
  noRows(
    'looks used are the distinct predictions that were evaluated on those rows',
    `SELECT b.split_root, b.used, count(DISTINCT s.predictions_digest) FROM holdout_budget b
       LEFT JOIN evaluation_split s ON s.project_id = b.project_id AND s.split_root = b.split_root AND s.sealed
      GROUP BY b.project_id, b.split_root, b.used HAVING b.used <> count(DISTINCT s.predictions_digest)`,
  ),
  noRows(
    'each evaluation of sealed rows says the look that was taken for its predictions',
    `SELECT s.evaluation_id, s.split, s.look FROM evaluation_split s WHERE s.sealed AND NOT EXISTS (
       SELECT FROM look l WHERE l.split_root = s.split_root AND l.predictions_digest = s.predictions_digest AND l.look = s.look)`,
  ),
  noRows(
    'each look was taken for an evaluation that exists, and is in the audit log once',
    `SELECT l.id FROM look l WHERE NOT EXISTS (SELECT FROM evaluation e WHERE e.id = l.evaluation_id)
        OR (SELECT count(*) FROM audit_leaf a WHERE a.action = 'dataset.split.looked_at'
             AND a.body::jsonb ->> 'root' = l.split_root AND (a.body::jsonb ->> 'look')::int = l.look) <> 1`,
  ),
  noRows(
    'the audit log tells of no look that was not taken',
    `SELECT a.entry_id FROM audit_leaf a WHERE a.action = 'dataset.split.looked_at' AND NOT EXISTS (
       SELECT FROM look l WHERE l.split_root = a.body::jsonb ->> 'root' AND l.look = (a.body::jsonb ->> 'look')::int
          AND l.evaluation_id::text = a.body::jsonb ->> 'evaluationId')`,
  ),
];
