import { createHash } from 'node:crypto';
import { noRows, type Evidence, type Invariant } from './invariant.js';

/** The entry that each row has from the transaction in which it was made. */
const MADE_BY = {
  project: 'project.created',
  api_key: 'key.created',
  upload: 'upload.created',
  job: 'job.requested',
  dataset_version: 'dataset.version.created',
  dataset_profile: 'dataset.profiled',
  dataset_check: 'dataset.checked',
  contamination_count: 'contamination.counted',
  data_source_revision: 'source.revised',
  sampling_plan: 'sampling.plan.created',
  live_sample: 'sampling.sample.ended',
  experiment: 'experiment.created',
  run: 'run.created',
  model_version: 'model.version.registered',
  evaluation: 'evaluation.created',
  imported_evaluation: 'evaluation.imported',
  paired_comparison: 'comparison.created',
  gate_policy: 'gate.policy.pushed',
  gate_decision: 'gate.decision.made',
  promotion: 'model.promoted',
} as const;

/** How many entries of an action a row must have: the counts are of what else is stored of the same change. */
const CHANGES: Record<string, string> = {
  'key.revoked': `SELECT id::text AS subject, count(revoked_at) AS wanted FROM api_key GROUP BY id`,
  'run.ended': `SELECT id::text AS subject, count(ended_at) AS wanted FROM run GROUP BY id`,
  'run.logged': `SELECT id::text AS subject, (SELECT count(*) FROM run_param p WHERE p.run_id = r.id) AS wanted FROM run r`,
  'gate.decision.stale': `SELECT gate_decision_id::text AS subject, 1 AS wanted FROM gate_decision_staleness`,
  'dataset.version.pushed_again': `SELECT result ->> 'datasetVersionId' AS subject, count(*) AS wanted FROM job
     WHERE kind IN ('dataset.ingest', 'dataset.sample') AND NOT (result ->> 'created')::boolean GROUP BY 1`,
  'sampling.sample.taken': `SELECT id::text AS subject, count(dataset_version_id) AS wanted FROM live_sample GROUP BY id`,
  'subject.consent.withdrawn': `SELECT s.pseudonym AS subject, 1 AS wanted FROM consent_withdrawal w JOIN subject s ON s.no = w.subject_no`,
  'subject.erased': `SELECT pseudonym AS subject, 1 AS wanted FROM subject WHERE lookup IS NULL`,
  'model.champion.set': `SELECT model_version_id::text AS subject, count(*) AS wanted FROM promotion GROUP BY 1`,
};

/** Those that are counted elsewhere: looks, offered rows, and what a decision shows to others than auditors. */
const ELSEWHERE = ['dataset.split.looked_at', 'gate.decision.disclosed', 'sampling.rows.offered'];

const madeInOne: Invariant[] = Object.entries(MADE_BY).map(([table, action]) =>
  noRows(
    `each row of ${table} has its one entry in the audit log, and each entry its row`,
    `SELECT t.id::text AS row, a.subject_id AS entry, count(a.id) FROM ${table} t
       FULL JOIN (SELECT * FROM audit_leaf WHERE action = '${action}') a ON a.subject_id = t.id::text
      GROUP BY t.id, a.subject_id HAVING t.id IS NULL OR count(a.id) <> 1`,
  ),
);

const changedInOne: Invariant[] = Object.entries(CHANGES).map(([action, wanted]) =>
  noRows(
    `each change that is ${action} is in the audit log as often as it was made`,
    `SELECT coalesce(w.subject, a.subject_id) AS subject, coalesce(w.wanted, 0) AS wanted, coalesce(a.found, 0) AS found
       FROM (${wanted}) w FULL JOIN (SELECT subject_id, count(*) AS found FROM audit_leaf WHERE action = '${action}' GROUP BY 1) a
         ON a.subject_id = w.subject
      WHERE coalesce(w.wanted, 0) <> coalesce(a.found, 0)`,
  ),
);

/** Every mutation and its entry were stored together, and the tree over the entries has no gap. */
export const AUDIT: Invariant[] = [
  ...madeInOne,
  ...changedInOne,
  noRows(
    'the audit log knows no action that this checker does not',
    `SELECT action, count(*) FROM audit_leaf WHERE action NOT IN (${quoted([
      ...Object.values(MADE_BY),
      ...Object.keys(CHANGES),
      ...ELSEWHERE,
    ])}) GROUP BY 1`,
  ),
  noRows(
    'a sampling plan counts the rows that its entries say were offered, sample by sample',
    `SELECT plan, no, p.offered, a.offered AS said FROM
       (SELECT id::text AS plan, sample_no AS no, offered FROM sampling_plan WHERE offered > 0
        UNION ALL SELECT plan_id::text, no, offered FROM live_sample) p
       FULL JOIN (SELECT subject_id AS plan, (body::jsonb ->> 'sample')::integer AS no, sum((body::jsonb ->> 'rows')::integer) AS offered
                    FROM audit_leaf WHERE action = 'sampling.rows.offered' GROUP BY 1, 2) a USING (plan, no)
      WHERE p.offered IS DISTINCT FROM a.offered`,
  ),
  noRows(
    'a decision has the digest that its audit entry commits to, and is disclosed at most once',
    `SELECT d.id FROM gate_decision d JOIN audit_leaf a ON a.action = 'gate.decision.made' AND a.subject_id = d.id::text
      WHERE a.body::jsonb ->> 'decisionDigest' <> d.digest
     UNION ALL SELECT subject_id::uuid FROM audit_leaf WHERE action = 'gate.decision.disclosed'
      GROUP BY 1 HAVING count(*) > 1 OR subject_id::uuid NOT IN (SELECT id FROM gate_decision)`,
  ),
  noRows(
    'a promotion is stored with the decisions that its audit entry names',
    `SELECT p.id FROM promotion p JOIN audit_leaf a ON a.action = 'model.promoted' AND a.subject_id = p.id::text
      WHERE (SELECT jsonb_agg(gate_decision_id::text ORDER BY gate_decision_id) FROM promotion_decision WHERE promotion_id = p.id)
        IS DISTINCT FROM (SELECT jsonb_agg(named.id ORDER BY named.id) FROM jsonb_array_elements_text(a.body::jsonb -> 'gateDecisionIds') AS named(id))`,
  ),
  noRows('nothing waits for the tree', 'SELECT leaf_id FROM audit_pending'),
  noRows(
    'every entry is in the tree once, and the tree counts from 0 without gaps',
    `SELECT l.id, e.entry_index FROM audit_leaf l FULL JOIN audit_entry e ON e.leaf_id = l.id WHERE l.id IS NULL OR e.leaf_id IS NULL
     UNION ALL SELECT leaf_id, entry_index FROM
       (SELECT leaf_id, entry_index, row_number() OVER (ORDER BY entry_index) - 1 AS place FROM audit_entry) n
      WHERE place <> entry_index`,
  ),
  noRows(
    'the tree has what was recorded of one thing in the order in which it was recorded',
    `SELECT kind, id, n FROM (SELECT r.kind, r.id, r.n, row_number() OVER (PARTITION BY r.project_id, r.kind, r.id ORDER BY e.entry_index) AS place
         FROM audit_record r JOIN audit_entry e ON e.leaf_id = r.leaf_id) o
      WHERE n <> place`,
  ),
  { name: 'every checkpoint has the root of the entries before it, recomputed', broken: wrongRoots },
];

interface Entry {
  leaf: string;
  body: string;
  leaf_hash: Buffer;
  own_hash: Buffer;
}

/** RFC 6962 by hand: the peaks of the perfect trees so far, folded from the right. */
async function wrongRoots({ rows }: Evidence): Promise<string[]> {
  const entries = await rows<Entry>(
    `SELECT l.leaf, l.body, e.leaf_hash, l.leaf_hash AS own_hash FROM audit_entry e JOIN audit_leaf l ON l.id = e.leaf_id ORDER BY e.entry_index`,
  );
  const checkpoints = await rows<{ size: string; root: Buffer; note: string }>(
    'SELECT size, root, note FROM audit_checkpoint ORDER BY size',
  );
  const roots = new Map(checkpoints.map((checkpoint) => [Number(checkpoint.size), checkpoint]));
  const problems: string[] = [];
  const peaks: { hash: Buffer; size: number }[] = [];
  entries.forEach(({ leaf, body, leaf_hash, own_hash }, index) => {
    const hash = sha256(Buffer.from([0]), Buffer.from(leaf));
    if (!hash.equals(leaf_hash) || !hash.equals(own_hash))
      problems.push(`entry ${index} has not the hash of its leaf`);
    const digest = sha256(Buffer.from(body)).toString('hex');
    if ((JSON.parse(leaf) as { bodyDigest: string }).bodyDigest !== digest)
      problems.push(`entry ${index} has not the body that its leaf commits to`);
    let peak = { hash, size: 1 };
    while (peaks.at(-1)?.size === peak.size)
      peak = { hash: node(peaks.pop()!.hash, peak.hash), size: peak.size * 2 };
    peaks.push(peak);
    const checkpoint = roots.get(index + 1);
    if (!checkpoint) return;
    const root = peaks.map((one) => one.hash).reduceRight((right, left) => node(left, right));
    const [, size, written] = checkpoint.note.split('\n');
    if (!root.equals(checkpoint.root) || written !== root.toString('base64') || Number(size) !== index + 1)
      problems.push(`the checkpoint over ${index + 1} entries has another root`);
  });
  if (Number(checkpoints.at(-1)?.size ?? 0) !== entries.length)
    problems.push(`the last checkpoint covers ${checkpoints.at(-1)?.size} of ${entries.length} entries`);
  return problems;
}

const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const node = (left: Buffer, right: Buffer) => sha256(Buffer.from([1]), left, right);

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(', ');
}
