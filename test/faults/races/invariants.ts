import type { ScaledService } from './service.js';

/** What must hold of a database whatever was raced on it: SQL of its own, each row of an answer a violation. */
interface Invariant {
  holds: string;
  violations: string;
}

/** Entries of the audit tree in its order. */
const LOG = `
  log AS (
    SELECT e.entry_index AS place, l.project_id, l.action, l.subject_id, l.body::jsonb AS body
    FROM audit_entry e JOIN audit_leaf l ON l.id = e.leaf_id
  ), promoted AS (
    SELECT place, project_id, subject_id::uuid AS id, body ->> 'stage' AS stage, body ->> 'model' AS model,
      (body ->> 'modelVersionId')::uuid AS version_id, (body ->> 'previousModelVersionId')::uuid AS previous_id
    FROM log WHERE action = 'model.promoted'
  ), pushed AS (
    SELECT place, project_id, subject_id::uuid AS id, body ->> 'name' AS name, (body ->> 'version')::int AS version,
      body ->> 'stage' AS stage
    FROM log WHERE action = 'gate.policy.pushed'
  ), decided AS (
    SELECT place, project_id, subject_id::uuid AS id, body ->> 'verdict' AS verdict, body ->> 'stage' AS stage,
      (body #>> '{subject,id}')::uuid AS version_id, (body #>> '{policy,id}')::uuid AS policy_id,
      body #>> '{policy,name}' AS policy_name, body -> 'evaluationIds' AS evaluations
    FROM log WHERE action = 'gate.decision.made'
  ), evaluated AS (
    SELECT log.place, log.project_id, log.subject_id::uuid AS id, (log.body ->> 'modelVersionId')::uuid AS version_id,
      (log.body ->> 'datasetVersionId')::uuid AS dataset_version_id, split.value ->> 'split' AS split
    FROM log, jsonb_array_elements(log.body -> 'splits') split WHERE action = 'evaluation.created'
  ), guarding AS (
    -- For each promotion: the latest version, at its place in the log, of every policy that then guarded its stage.
    SELECT p.place, p.id AS promotion_id, p.version_id, p.stage, latest.id AS policy_id
    FROM promoted p CROSS JOIN LATERAL (
      SELECT DISTINCT ON (name) * FROM pushed WHERE pushed.project_id = p.project_id AND pushed.place < p.place
      ORDER BY name, pushed.place DESC) latest
    WHERE latest.stage = p.stage
  )`;

export const INVARIANTS: readonly Invariant[] = [
  {
    holds: 'versions of a dataset count from 1 without gap or double, and the dataset knows the last',
    violations: `SELECT d.name FROM dataset d LEFT JOIN dataset_version v ON v.dataset_id = d.id GROUP BY d.id
      HAVING count(DISTINCT v.version) <> coalesce(max(v.version), 0) OR count(v.id) <> coalesce(max(v.version), 0)
        OR d.latest_version <> count(v.id)`,
  },
  {
    holds: 'the log has the versions of a dataset in their order',
    violations: `SELECT * FROM (SELECT body ->> 'dataset' AS name, (body ->> 'version')::int AS version,
        row_number() OVER (PARTITION BY project_id, body ->> 'dataset' ORDER BY place) AS expected
      FROM log WHERE action = 'dataset.version.created') v WHERE version <> expected`,
  },
  {
    holds: 'versions of a model count from 1 without gap or double',
    violations: `SELECT m.name FROM model m JOIN model_version v ON v.model_id = m.id GROUP BY m.id
      HAVING count(DISTINCT v.version) <> max(v.version) OR count(*) <> max(v.version) OR m.last_version <> count(*)`,
  },
  {
    holds: 'the log has the versions of a policy in their order, 1 to n',
    violations: `SELECT * FROM (SELECT name, version, row_number() OVER (PARTITION BY project_id, name ORDER BY place) AS expected
      FROM pushed) p WHERE version <> expected`,
  },
  {
    holds: 'the champion of a stage is what the last promotion in the log put there, and stands there alone',
    violations: `SELECT c.model_id, c.stage FROM champion c JOIN model m ON m.id = c.model_id
      FULL JOIN (SELECT DISTINCT ON (model, stage) * FROM promoted ORDER BY model, stage, place DESC) last
        ON last.model = m.name AND last.stage = c.stage
      FULL JOIN (SELECT model_id, stage, array_agg(model_version_id) AS ids FROM deployment WHERE state = 'current'
        GROUP BY model_id, stage) current ON current.model_id = c.model_id AND current.stage = c.stage
      WHERE last.version_id IS DISTINCT FROM c.model_version_id
         OR current.ids IS DISTINCT FROM ARRAY[c.model_version_id]`,
  },
  {
    holds: 'each promotion replaced what the one before it in the log put there',
    violations: `SELECT * FROM (SELECT *, lag(version_id) OVER (PARTITION BY project_id, model, stage ORDER BY place) AS before
      FROM promoted) p WHERE previous_id IS DISTINCT FROM before`,
  },
  {
    holds: 'each promotion is in the log once, and each in the log exists',
    violations: `SELECT p.id FROM promotion p FULL JOIN promoted l ON l.id = p.id
      GROUP BY p.id, l.id HAVING p.id IS NULL OR count(l.id) <> 1`,
  },
  {
    holds: 'a promotion has a policy that guards its stage',
    violations: `SELECT id FROM promoted WHERE id NOT IN (SELECT promotion_id FROM guarding)`,
  },
  {
    holds:
      'a promotion rests on a PASS, earlier in the log, of the then latest version of each policy of its stage',
    violations: `SELECT g.* FROM guarding g WHERE NOT EXISTS (
      SELECT FROM promotion_decision pd JOIN decided d ON d.id = pd.gate_decision_id
      JOIN gate_decision stored ON stored.id = d.id AND stored.verdict = d.verdict
      WHERE pd.promotion_id = g.promotion_id AND d.policy_id = g.policy_id AND d.verdict = 'PASS' AND d.stage = g.stage
        AND d.version_id = g.version_id AND d.place < g.place)`,
  },
  {
    holds: 'a promotion rests on the newest evaluation of each split that stood before it in the log',
    violations: `SELECT g.promotion_id, newest.id FROM guarding g CROSS JOIN LATERAL (
        SELECT DISTINCT ON (e.split) e.id FROM evaluated e JOIN dataset_version v ON v.id = e.dataset_version_id
        JOIN dataset s ON s.id = v.dataset_id WHERE e.version_id = g.version_id AND e.place < g.place AND s.name = 'base'
        ORDER BY e.split, e.place DESC) newest
      JOIN promotion_decision pd ON pd.promotion_id = g.promotion_id JOIN decided d ON d.id = pd.gate_decision_id
        AND d.policy_id = g.policy_id
      WHERE NOT d.evaluations ? newest.id::text`,
  },
  {
    holds: 'no two decisions stand for the same inputs',
    violations: `SELECT inputs_digest FROM gate_decision WHERE id NOT IN (SELECT gate_decision_id FROM gate_decision_staleness)
      GROUP BY project_id, inputs_digest HAVING count(*) > 1`,
  },
  {
    holds: 'a decision by a policy of which the log has a newer version is marked as stale',
    violations: `SELECT d.id FROM decided d JOIN pushed own ON own.id = d.policy_id
      JOIN pushed newer ON newer.name = own.name AND newer.project_id = own.project_id AND newer.version > own.version
      WHERE d.id NOT IN (SELECT gate_decision_id FROM gate_decision_staleness)`,
  },
  {
    holds:
      'a decision rests on the policies and evaluations that stood before it in the log, and on the newest of them',
    violations: `SELECT d.id FROM decided d JOIN pushed own ON own.id = d.policy_id
      LEFT JOIN LATERAL (SELECT e.id FROM evaluated e JOIN dataset_version v ON v.id = e.dataset_version_id
        JOIN dataset s ON s.id = v.dataset_id AND s.name = 'base'
        WHERE e.version_id = d.version_id AND e.place < d.place ORDER BY e.place DESC LIMIT 1) newest ON true
      WHERE own.place > d.place
        OR EXISTS (SELECT FROM pushed newer WHERE newer.name = own.name AND newer.version > own.version AND newer.place < d.place)
        OR (newest.id IS NOT NULL AND NOT d.evaluations ? newest.id::text)`,
  },
  {
    holds: 'looks count from 1 without gap or double, never beyond the budget',
    violations: `SELECT b.split_root FROM holdout_budget b LEFT JOIN look l USING (project_id, split_root)
      GROUP BY b.project_id, b.split_root, b.used, b.budget
      HAVING b.used > b.budget OR count(l.id) <> b.used OR coalesce(max(l.look), 0) <> b.used
        OR count(DISTINCT l.look) <> b.used OR count(DISTINCT l.predictions_digest) <> b.used`,
  },
  {
    holds: 'what was accepted is finished, and nothing waits to be sent',
    violations: `SELECT id::text FROM job WHERE state IN ('queued', 'running')
      UNION ALL SELECT id::text FROM outbox WHERE sent_at IS NULL`,
  },
  {
    holds: 'every leaf is in the tree',
    violations: 'SELECT leaf_id FROM audit_pending',
  },
];

/** Waits until nothing is under way. Throws when that does not come. */
export async function settled(service: ScaledService): Promise<void> {
  for (let look = 0; look < 1_200; look++) {
    const [left] = await service.rows<{ count: number }>(
      `SELECT (SELECT count(*) FROM audit_pending) + (SELECT count(*) FROM outbox WHERE sent_at IS NULL)
         + (SELECT count(*) FROM job WHERE state IN ('queued', 'running')) AS count`,
    );
    if (Number(left?.count) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('work is still under way after a minute');
}

/** What is violated, with up to three examples each; empty when all holds. */
export async function violated(service: ScaledService): Promise<{ holds: string; examples: object[] }[]> {
  const found = [];
  for (const { holds, violations } of INVARIANTS) {
    const rows = await service.rows<object>(`WITH ${LOG} ${violations}`.replace(/LIMIT \d+$/, ''));
    if (rows.length > 0) found.push({ holds, examples: rows.slice(0, 3) });
  }
  return found;
}
