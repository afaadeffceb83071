import type { Transaction } from '../../platform/database/index.js';
import { type DatasetDigest, mlflowDigestOf } from './digests/dataset-digest.js';
import type { SplitRecord } from './split-by.js';
import type {
  DatasetSchema,
  DatasetSplitView,
  DatasetVersionView,
  VersionSource,
} from './dataset-version.js';

interface VersionRow {
  id: string;
  dataset_id: string;
  dataset: string;
  version: number;
  content_id: string;
  encoding_version: number;
  schema: DatasetSchema;
  parent_id: string | null;
  message: string | null;
  source: string | null;
  split_by: SplitRecord | null;
  sources: VersionSource[] | null;
  subject_column: string | null;
  digests: DatasetDigest[] | null;
  endorsed: boolean;
  created_at: Date;
  created_by: string;
  splits: DatasetSplitView[];
}

const SELECT = `
  SELECT v.id, v.dataset_id, d.name AS dataset, v.version, v.content_id, v.encoding_version, v.schema, v.parent_id,
         v.message, v.source, v.split_by, v.created_at, v.created_by, s.splits, f.sources, g.digests,
         (SELECT i.subject_column FROM subject_index i WHERE i.dataset_version_id = v.id) AS subject_column,
         EXISTS (SELECT FROM dataset_endorsement e WHERE e.dataset_version_id = v.id) AS endorsed
  FROM dataset_version v
  JOIN dataset d ON d.id = v.dataset_id
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object(
             'id', s.id, 'name', s.name, 'role', s.role, 'domain', s.domain, 'rows', s.rows, 'sealed', s.sealed, 'root', s.root,
             'erased', coalesce((SELECT sum(e.rows) FROM erased_rows e WHERE e.dataset_version_id = s.dataset_version_id AND e.split = s.name), 0),
             'looks', CASE WHEN s.sealed THEN json_build_object('budget', b.budget, 'used', b.used) END) ORDER BY s.position) AS splits
    FROM dataset_split s
    LEFT JOIN holdout_budget b ON s.sealed AND b.project_id = s.project_id AND b.split_root = s.root
    WHERE s.dataset_version_id = v.id
  ) s
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('id', r.id, 'name', n.name, 'revision', r.revision, 'byColumn', f.by_column, 'rows', f.rows)
             ORDER BY lower(n.name), r.revision) AS sources
    FROM dataset_version_source f JOIN data_source_revision r ON r.id = f.source_revision_id JOIN data_source n ON n.id = r.source_id
    WHERE f.dataset_version_id = v.id
  ) f
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('system', g.system, 'namespace', nullif(g.namespace, ''), 'name', nullif(g.name, ''),
             'split', nullif(g.split, ''), 'digest', g.digest, 'origin', g.origin)
             ORDER BY g.system, g.namespace, g.name, g.split, g.digest) AS digests
    FROM dataset_digest g WHERE g.dataset_version_id = v.id
  ) g`;

/** Versions with splits and budgets, in one statement. `rest` follows the FROM clause: v is the version, d its dataset. */
export async function selectVersions(
  tx: Transaction,
  rest: string,
  parameters: unknown[],
): Promise<DatasetVersionView[]> {
  const rows = await tx.query<VersionRow>(`${SELECT} ${rest}`, parameters);
  return rows.map((row) => ({
    id: row.id,
    datasetId: row.dataset_id,
    dataset: row.dataset,
    version: row.version,
    contentId: row.content_id,
    encodingVersion: row.encoding_version,
    schema: row.schema,
    splits: row.splits,
    parentId: row.parent_id,
    message: row.message,
    source: row.source,
    splitBy: row.split_by,
    sources: row.sources ?? [],
    subjectColumn: row.subject_column,
    digests: row.digests ?? [],
    mlflowDigest: mlflowDigestOf(row.content_id),
    endorsed: row.endorsed,
    createdAt: row.created_at,
    createdBy: row.created_by,
  }));
}
