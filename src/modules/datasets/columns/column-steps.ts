import type { Transaction } from '../../../platform/database/index.js';
import type { DatasetSchema } from '../dataset-version.js';
import { type EdgeOrigin, IDENTITY, type Transformation } from './column-edge.js';

/** A column of a version of Assay. */
export interface VersionColumn {
  versionId: string;
  column: string;
}

/** One step of a walk. `from.versionId` null: outside. */
export interface ColumnStep {
  from: { versionId: string | null; namespace: string | null; name: string | null; column: string };
  to: VersionColumn;
  wholeVersion: boolean;
  origin: EdgeOrigin;
  transformations: Transformation[];
}

export type Direction = 'upstream' | 'downstream';

interface StatedRow {
  id: string;
  column: string | null;
  versionId: string | null;
  namespace: string | null;
  name: string | null;
  from: string;
  transformations: Transformation[];
}

interface DerivedRow {
  id: string;
  parentId: string;
  schema: DatasetSchema;
  parentSchema: DatasetSchema;
  erasure: boolean;
  /** Columns of which the push said something. */
  stated: string[];
}

/** All steps from these columns in one direction: two statements, each by an index. */
export async function stepsFrom(
  tx: Transaction,
  columns: readonly VersionColumn[],
  direction: Direction,
): Promise<ColumnStep[]> {
  const asked = new Map<string, Set<string>>();
  for (const { versionId, column } of columns) {
    const of = asked.get(versionId) ?? new Set<string>();
    asked.set(versionId, of.add(column));
  }
  const ids = [...asked.keys()];
  const up = direction === 'upstream';
  const stated = await tx.query<StatedRow>(
    `SELECT dataset_version_id AS id, output_column AS "column", from_version_id AS "versionId", from_namespace AS namespace,
       from_name AS name, from_column AS "from", transformations
     FROM column_edge WHERE ${
       up
         ? 'dataset_version_id = ANY($1::uuid[]) AND (output_column IS NULL OR output_column = ANY($2::text[]))'
         : 'from_version_id = ANY($1::uuid[]) AND from_column = ANY($2::text[])'
     } ORDER BY dataset_version_id, position`,
    [ids, [...new Set(columns.map(({ column }) => column))]],
  );
  // No uploaded file stands behind a version that Assay made by leaving rows out: its splits go by their own roots.
  const derived = await tx.query<DerivedRow>(
    `SELECT v.id, v.parent_id AS "parentId", v.schema, p.schema AS "parentSchema",
       NOT EXISTS (SELECT FROM dataset_split s WHERE s.dataset_version_id = v.id AND s.file_id IS DISTINCT FROM s.root) AS erasure,
       coalesce((SELECT array_agg(DISTINCT e.output_column) FROM column_edge e
                 WHERE e.dataset_version_id = v.id AND e.output_column IS NOT NULL), '{}') AS stated
     FROM dataset_version v JOIN dataset_version p ON p.id = v.parent_id
     WHERE v.${up ? 'id' : 'parent_id'} = ANY($1::uuid[]) ORDER BY v.id`,
    [ids],
  );
  // What is stated of all columns is a step from each that is asked for; downstream, to each that the version has.
  const schemas = up ? new Map<string, string[]>() : await columnsOf(tx, stated);
  const steps = [
    ...stated.flatMap((row) =>
      outputsOf(row, up ? [...asked.get(row.id)!] : schemas.get(row.id)).map((c) => toStep(row, c)),
    ),
    ...derived.flatMap(keptColumns),
  ];
  return steps.filter(({ from, to }) =>
    up
      ? asked.get(to.versionId)!.has(to.column)
      : from.versionId !== null && asked.get(from.versionId)!.has(from.column),
  );
}

const outputsOf = ({ column }: StatedRow, all: string[] = []): string[] => (column === null ? all : [column]);

function toStep(
  { id, column, versionId, namespace, name, from, transformations }: StatedRow,
  to: string,
): ColumnStep {
  return {
    from: { versionId, namespace, name, column: from },
    to: { versionId: id, column: to },
    wholeVersion: column === null,
    origin: 'stated',
    transformations,
  };
}

/** Columns that a version has of its parent, under one name and as one type, where its push said nothing of them. */
function keptColumns({ id, parentId, schema, parentSchema, erasure, stated }: DerivedRow): ColumnStep[] {
  const types = new Map(parentSchema.columns.map(({ name, type }) => [name, type]));
  return schema.columns
    .filter(({ name, type }) => types.get(name) === type && !stated.includes(name))
    .map(({ name }) => ({
      from: { versionId: parentId, namespace: null, name: null, column: name },
      to: { versionId: id, column: name },
      wholeVersion: false,
      origin: erasure ? ('erasure' as const) : ('parent' as const),
      transformations: [IDENTITY],
    }));
}

async function columnsOf(tx: Transaction, stated: readonly StatedRow[]): Promise<Map<string, string[]>> {
  const ids = [...new Set(stated.flatMap(({ id, column }) => (column === null ? id : [])))];
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ id: string; schema: DatasetSchema }>(
    'SELECT id, schema FROM dataset_version WHERE id = ANY($1::uuid[])',
    [ids],
  );
  return new Map(rows.map(({ id, schema }) => [id, schema.columns.map(({ name }) => name)]));
}
