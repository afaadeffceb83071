import { noRows, type Invariant } from './invariant.js';

/** Kinds of nodes, and the table whose rows they stand for. */
const TABLES = {
  source: 'data_source_revision',
  datasetVersion: 'dataset_version',
  run: 'run',
  modelVersion: 'model_version',
  evaluation: 'evaluation',
  importedEvaluation: 'imported_evaluation',
  policy: 'gate_policy',
  gateDecision: 'gate_decision',
  promotion: 'promotion',
} as const;

/** The edges without which a thing has no story: they are drawn in the transaction that makes it. */
const NEEDED = [
  [
    'evaluation',
    'modelVersion',
    'evaluated',
    'SELECT model_version_id::text FROM evaluation WHERE id::text = t.id',
  ],
  [
    'evaluation',
    'datasetVersion',
    'evaluated_on',
    'SELECT dataset_version_id::text FROM evaluation WHERE id::text = t.id',
  ],
  [
    'datasetVersion',
    'source',
    'supplied',
    'SELECT source_revision_id::text FROM dataset_version_source WHERE dataset_version_id::text = t.id',
  ],
  [
    'importedEvaluation',
    'modelVersion',
    'evaluated',
    'SELECT model_version_id::text FROM imported_evaluation WHERE id::text = t.id',
  ],
  ['gateDecision', 'policy', 'decided_by', 'SELECT policy_id::text FROM gate_decision WHERE id::text = t.id'],
  [
    'promotion',
    'gateDecision',
    'promoted',
    'SELECT gate_decision_id::text FROM promotion_decision WHERE promotion_id::text = t.id',
  ],
  [
    'modelVersion',
    'datasetVersion',
    'trained_on',
    `SELECT dataset_version_id::text FROM model_version_dataset WHERE model_version_id::text = t.id AND origin = 'named'`,
  ],
  [
    'run',
    'datasetVersion',
    'trained_on',
    'SELECT dataset_version_id::text FROM run_input WHERE run_id::text = t.id',
  ],
] as const;

export const LINEAGE: Invariant[] = [
  ...Object.entries(TABLES).map(([kind, table]) =>
    noRows(
      `each row of ${table} is one node of the lineage, and each such node a row`,
      `SELECT t.id::text AS row, n.id AS node FROM ${table} t
         FULL JOIN (SELECT * FROM lineage_node WHERE kind = '${kind}') n ON n.id = t.id::text
        WHERE t.id IS NULL OR n.id IS NULL`,
    ),
  ),
  noRows(
    'each node of an upload stands for the files of a dataset version',
    `SELECT id FROM lineage_node n WHERE kind = 'upload' AND NOT EXISTS (SELECT FROM dataset_split s WHERE s.file_id = n.id)`,
  ),
  ...NEEDED.map(([to, from, relation, sources]) =>
    noRows(
      `each ${to} is drawn from what it came from by ${relation}, and from nothing else`,
      `SELECT t.id FROM lineage_node t WHERE t.kind = '${to}' AND
         (SELECT array_agg(f.id ORDER BY f.id) FROM lineage_edge e JOIN lineage_node f ON f.no = e.from_no
           WHERE e.to_no = t.no AND e.relation = '${relation}' AND f.kind = '${from}')
         IS DISTINCT FROM (SELECT array_agg(s.id ORDER BY s.id) FROM (${sources}) AS s(id))`,
    ),
  ),
];
