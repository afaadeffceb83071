import type { RowClusters } from '../../../domain/metrics/index.js';
import { identifier, type DuckSession } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { EvaluationInput } from '../../datasets/index.js';
import type { SplitFiles } from '../predictions/load-split.js';
import type { Protocol } from '../protocol.js';
import { publicRows, readRows } from '../slices/read-rows.js';

/**
 * The cluster of each row in key order: rows of equal values in the protocol's column, numbered in the order of those values as texts.
 * Null where the protocol names no column. Throws CLUSTER_EMPTY.
 */
export async function rowClusters(
  db: DuckSession,
  files: SplitFiles,
  input: EvaluationInput,
  { cluster: column }: Protocol,
): Promise<RowClusters | null> {
  if (column === undefined) return null;
  const value = `CAST(p.${identifier(column)} AS VARCHAR)`;
  await refuseEmpty(db, files, input, column, value);
  await db.run(
    `CREATE TEMP TABLE clusters AS SELECT (row_number() OVER (ORDER BY value) - 1)::INTEGER AS cluster, value
     FROM (SELECT DISTINCT ${value} AS value FROM ${publicRows(files)})`,
  );
  const [found] = await db.rows<{ count: number }>('SELECT count(*)::DOUBLE AS count FROM clusters');
  const [of] = await readRows(db, files, input, [
    `SELECT c.cluster FROM clusters c WHERE c.value = ${value}`,
  ]);
  return { column, of: Uint32Array.from(of!), count: found!.count };
}

/** Whose row it is, nobody knows: as a cluster of its own, or of all such rows, it would be a guess. */
async function refuseEmpty(
  db: DuckSession,
  files: SplitFiles,
  { split }: EvaluationInput,
  column: string,
  value: string,
): Promise<void> {
  const [found] = await db.rows<{ empty: number }>(
    `SELECT count(*) FILTER (WHERE coalesce(${value}, '') = '')::DOUBLE AS empty FROM ${publicRows(files)}`,
  );
  const empty = found!.empty;
  if (empty === 0) return;
  throw new InvalidInputError(
    'CLUSTER_EMPTY',
    `the cluster column ${JSON.stringify(column)} of split ${split} is empty in ${empty} ${empty === 1 ? 'row' : 'rows'}`,
    {
      remedy:
        'Push a dataset version whose rows all say which cluster they belong to, or name another column as protocol.cluster.',
      split,
      count: empty,
    },
  );
}
