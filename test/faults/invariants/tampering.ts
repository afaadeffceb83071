import type { Ledger } from '../crash/ledger.js';

/**
 * Ways to damage a healthy database, each in a transaction that is rolled back: the checker must see every one, and every
 * invariant must see at least one of them. A checker that cannot fail proves nothing.
 */
export const DAMAGES: readonly string[] = [
  // A row that is lost.
  ...[
    ...[
      'upload',
      'model_version',
      'dataset_version',
      'evaluation',
      'gate_decision',
      'promotion',
      'gate_policy',
    ],
    ...[
      'run',
      'api_key',
      'experiment',
      'paired_comparison',
      'job',
      'dataset_split',
      'dataset_repeat',
      'evaluation_split',
    ],
    ...[
      'look',
      'promotion_decision',
      'deployment',
      'champion',
      'blob_reference',
      'lineage_node',
      'lineage_edge',
    ],
    ...['idempotency', 'outbox', 'audit_leaf', 'audit_entry', 'project', 'dataset', 'run_param', 'model'],
  ].map((table) => `DELETE FROM ${table}`),
  // One of many that is lost.
  `DELETE FROM dataset_split WHERE id = (SELECT id FROM dataset_split LIMIT 1)`,
  `DELETE FROM audit_entry WHERE entry_index = 3`,
  `DELETE FROM audit_checkpoint WHERE size = (SELECT max(size) FROM audit_checkpoint)`,
  ...[
    'upload',
    'run',
    'modelVersion',
    'evaluation',
    'policy',
    'gateDecision',
    'promotion',
    'datasetVersion',
  ].map(
    (kind) => `DELETE FROM lineage_node WHERE no = (SELECT max(no) FROM lineage_node WHERE kind = '${kind}')`,
  ),
  // A row that is there twice, or that nobody asked for.
  ...[
    ['upload', 'id'],
    ['model_version', 'id, version'],
    ['dataset_version', 'id, version, parent_id'],
    ['evaluation', 'id'],
    ['gate_decision', 'id'],
    ['promotion', 'id'],
    ['gate_policy', 'id, version'],
    ['run', 'id'],
    ['api_key', 'id, hash'],
  ].map(([table, unlike]) => copied(table!, unlike!.split(', '))),
  `DROP INDEX dataset_version_content; ${copied('dataset_version', ['id', 'version'])}`,
  copied('job', ['id'], `kind = 'dataset.ingest'`),
  copied('job', ['id'], `kind = 'evaluation.compute'`),
  copied('job', ['id'], `kind = 'evaluation.compare'`),
  copied('outbox', ['id'], `topic = 'job.requested'`),
  copied('outbox', ['id'], `topic = 'evaluation.completed > gates.stale-decisions'`),
  copied('outbox', ['id'], `topic = 'evaluation.completed'`),
  copied('look', ['id', 'look', 'predictions_digest']),
  ...['key.revoked', 'run.ended', 'run.logged', 'dataset.version.pushed_again', 'model.champion.set'].map(
    (action) => copied('audit_leaf', ['id', 'entry_id'], `action = '${action}'`),
  ),
  copied('audit_leaf', ['id', 'entry_id'], `action = 'dataset.split.looked_at'`),
  copied('audit_leaf', ['id', 'entry_id'], `action = 'gate.decision.disclosed'`),
  `INSERT INTO lineage_node (project_id, kind, id, label) SELECT id, 'upload', 'nobody', '' FROM project LIMIT 1`,
  `WITH made AS (INSERT INTO lineage_node (project_id, kind, id, label)
       SELECT project_id, 'importedEvaluation', 'nobody', '' FROM model_version LIMIT 1 RETURNING project_id, no)
     INSERT INTO lineage_edge (project_id, from_no, to_no, relation)
     SELECT project_id, (SELECT max(no) FROM lineage_node n WHERE n.kind = 'modelVersion' AND n.project_id = made.project_id), no,
       'evaluated' FROM made`,
  `WITH made AS (INSERT INTO lineage_node (project_id, kind, id, label)
       SELECT project_id, 'source', 'nobody', '' FROM dataset_version LIMIT 1 RETURNING project_id, no)
     INSERT INTO lineage_edge (project_id, from_no, to_no, relation)
     SELECT project_id, no, (SELECT max(no) FROM lineage_node n WHERE n.kind = 'datasetVersion' AND n.project_id = made.project_id),
       'supplied' FROM made`,
  `UPDATE audit_leaf SET action = 'evaluation.imported' WHERE action = 'upload.created'`,
  `UPDATE audit_leaf SET action = 'dataset.checked' WHERE action = 'upload.created'`,
  `UPDATE audit_leaf SET action = 'contamination.counted' WHERE action = 'upload.created'`,
  `UPDATE audit_leaf SET action = 'source.revised' WHERE action = 'upload.created'`,
  `UPDATE audit_leaf SET action = 'subject.consent.withdrawn' WHERE action = 'upload.created'`,
  `UPDATE audit_leaf SET action = 'subject.erased' WHERE action = 'upload.created'`,
  `UPDATE audit_leaf SET action = 'sampling.plan.created' WHERE action = 'upload.created'`,
  `UPDATE audit_leaf SET action = 'sampling.sample.ended' WHERE action = 'upload.created'`,
  `UPDATE audit_leaf SET action = 'sampling.sample.taken' WHERE action = 'upload.created'`,
  `UPDATE audit_leaf SET action = 'sampling.rows.offered', body = '{"sample": 1, "rows": 1}' WHERE action = 'upload.created'`,
  `INSERT INTO outbox (project_id, topic, payload, sent_at)
     SELECT id, 'job.requested', '{"data": {"jobId": "nobody"}}', now() FROM project LIMIT 1`,
  `INSERT INTO audit_pending (leaf_id) SELECT id FROM audit_leaf LIMIT 1`,
  `INSERT INTO queue.job (queue, id, seq, name, state, added_at_ms) VALUES ('assay', 'x', 1, 'x', 'active', 0)`,
  // A row that says something else.
  `UPDATE job SET result = '{"other": true}'`,
  `UPDATE job SET state = 'running', finished_at = NULL, result = NULL`,
  `UPDATE job SET state = 'failed', result = NULL, error = '{}'`,
  `UPDATE idempotency SET status = 418`,
  `UPDATE idempotency SET response = '{"other": true}'`,
  `UPDATE api_key SET revoked_at = NULL`,
  `UPDATE api_key SET revoked_at = now()`,
  `UPDATE run SET status = 'running', ended_at = NULL`,
  `UPDATE dataset SET latest_version = latest_version + 1`,
  `UPDATE model SET last_version = last_version + 1`,
  `UPDATE dataset_split SET rows = rows + 1`,
  `UPDATE dataset_split SET file_id = 'other'`,
  `UPDATE dataset_split SET manifest_digest = repeat('0', 64)`,
  `UPDATE dataset_repeat SET in_split = in_split || 'x'`,
  `UPDATE model_version SET artifact_digest = repeat('0', 64)`,
  `UPDATE evaluation_split SET evidence_digest = repeat('0', 64)`,
  `UPDATE evaluation_split SET predictions_blob = repeat('0', 64)`,
  `UPDATE evaluation_split SET look = look + 1 WHERE sealed`,
  `UPDATE evaluation_split SET predictions_digest = repeat('0', 64)`,
  `UPDATE holdout_budget SET used = used + 1`,
  `UPDATE look SET evaluation_id = id`,
  `UPDATE gate_decision SET verdict = 'FAIL'`,
  `UPDATE gate_decision SET digest = repeat('0', 64)`,
  `UPDATE gate_decision SET policy_id = (SELECT id FROM gate_policy ORDER BY name LIMIT 1)`,
  `UPDATE gate_decision_staleness SET gate_decision_id = gen_random_uuid()`,
  `UPDATE promotion SET previous_model_version_id = model_version_id`,
  `UPDATE deployment SET state = 'superseded', until = now()`,
  `UPDATE champion SET model_version_id = (SELECT id FROM model_version ORDER BY version LIMIT 1)`,
  `UPDATE audit_leaf SET action = 'something.else' WHERE action = 'key.created'`,
  `UPDATE audit_leaf SET leaf_hash = sha256('x')`,
  `UPDATE audit_entry SET leaf_hash = sha256('x') WHERE entry_index = 1`,
  `UPDATE audit_leaf SET body = '{}' WHERE action = 'run.logged'`,
  `UPDATE audit_record SET n = 1000000 - n`,
  `UPDATE outbox SET sent_at = NULL`,
  `UPDATE outbox SET payload = '{}'`,
  `UPDATE lineage_edge SET relation = relation || 'x'`,
  `UPDATE blob_reference SET digest = reverse(digest)`,
];

/** The promises of a client who was told more than is there. */
export function exaggerate(ledger: Ledger): Ledger {
  const more = Object.assign(Object.create(null) as Ledger, ledger, {
    jobs: new Map(ledger.jobs),
    runs: new Map(ledger.runs),
  });
  for (const kind of ['dataset.ingest', 'evaluation.compute', 'evaluation.compare'])
    more.jobs.set(kind, { id: kind, kind, result: { datasetVersionId: 'x', evaluationId: 'x' } });
  more.runs.set('x', { ended: true });
  return more;
}

/** Insert a row again under new values of `unlike`. */
function copied(table: string, unlike: string[], where = 'true'): string {
  const fresh = unlike.map((column) => {
    if (column === 'hash') return `'hash', '\\x${'00'.repeat(32)}'`;
    if (column === 'predictions_digest') return `'predictions_digest', repeat('f', 64)`;
    if (['version', 'look'].includes(column) || (column === 'id' && ['audit_leaf', 'outbox'].includes(table)))
      return `'${column}', 999999`;
    return `'${column}', gen_random_uuid()`;
  });
  return `INSERT INTO ${table} OVERRIDING SYSTEM VALUE
     SELECT (jsonb_populate_record(t, jsonb_build_object(${fresh.join(', ')}))).* FROM ${table} t WHERE ${where} LIMIT 1`;
}
