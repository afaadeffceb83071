import { noRows, type Invariant } from './invariant.js';

/** Nothing stands at a stage without a PASS about exactly it. */
export const PROMOTIONS: Invariant[] = [
  noRows(
    'each promotion rests on decisions, all PASS, all about its model version and stage',
    `SELECT p.id FROM promotion p
       LEFT JOIN promotion_decision pd ON pd.promotion_id = p.id LEFT JOIN gate_decision d ON d.id = pd.gate_decision_id
      WHERE d.id IS NULL OR d.verdict <> 'PASS' OR d.document ->> 'verdict' <> 'PASS' OR d.stage <> p.stage
         OR d.model_version_id <> p.model_version_id OR d.decided_at > p.created_at OR d.expires_at <= p.created_at`,
  ),
  noRows(
    'each promotion had a decision by every policy of its stage',
    `SELECT p.id, g.name FROM promotion p JOIN (SELECT DISTINCT name, stage FROM gate_policy) g ON g.stage = p.stage
      WHERE NOT EXISTS (SELECT FROM promotion_decision pd JOIN gate_decision d ON d.id = pd.gate_decision_id
                          JOIN gate_policy y ON y.id = d.policy_id WHERE pd.promotion_id = p.id AND y.name = g.name)`,
  ),
  noRows(
    'each promotion made one deployment, of its model version',
    `SELECT p.id, count(d.id) FROM promotion p LEFT JOIN deployment d ON d.promotion_id = p.id
        AND d.model_version_id = p.model_version_id AND d.stage = p.stage GROUP BY p.id HAVING count(d.id) <> 1`,
  ),
  noRows(
    'the newest promotion of a model to a stage is current, and no other',
    `SELECT d.id FROM deployment d WHERE (d.state = 'current') <> (d.promotion_id =
       (SELECT p.id FROM promotion p WHERE p.model_id = d.model_id AND p.stage = d.stage ORDER BY p.id DESC LIMIT 1))`,
  ),
  noRows(
    'promotions follow one another: each names the one before it',
    `SELECT id FROM (SELECT id, previous_model_version_id AS named,
         lag(model_version_id) OVER (PARTITION BY model_id, stage ORDER BY id) AS before FROM promotion) p
      WHERE named IS DISTINCT FROM before`,
  ),
  noRows(
    'the champion of a stage is what is current there',
    `SELECT coalesce(c.model_id, d.model_id) AS model, c.model_version_id AS champion, d.model_version_id AS deployed
       FROM champion c FULL JOIN (SELECT * FROM deployment WHERE state = 'current') d
         ON d.model_id = c.model_id AND d.stage = c.stage
      WHERE c.model_version_id IS DISTINCT FROM d.model_version_id`,
  ),
  noRows(
    'a decision says in its row what it says in its document',
    `SELECT id FROM gate_decision WHERE document ->> 'verdict' <> verdict OR document ->> 'decisionId' <> id::text
        OR document #>> '{inputs,all}' <> inputs_digest`,
  ),
];
