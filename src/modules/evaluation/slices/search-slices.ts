import {
  countSlices,
  SEARCH_FORMULA,
  worstOfCounts,
  type SliceCounts,
  type SliceExpression,
  type SliceSearch,
} from '../../../domain/slices/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import type { DatasetColumn, EvaluationInput } from '../../datasets/index.js';
import type { SplitFiles } from '../predictions/load-split.js';
import type { Protocol } from '../protocol.js';
import { cutColumns, type SearchCuts } from './cut-columns.js';
import { readRows, type RowsToRead } from './read-rows.js';
import { sliceSql } from '../../datasets/index.js';

/** The slices of a split on which errors are most frequent, of those that `cutColumns` makes. `wrong`: shape (rows), 1 for an error. */
export async function searchSlices(
  db: DuckSession,
  files: SplitFiles,
  input: Pick<EvaluationInput, 'rows' | 'keyColumn' | 'columns'>,
  search: NonNullable<Protocol['search']>,
  wrong: Uint8Array,
): Promise<SliceSearch> {
  const cuts = await cutColumns(db, files, input, search);
  return rankedSlices(cuts, await countRows(db, files, input, cuts, wrong), search);
}

/** Counts of the rows that are read, of which there are as many as in `wrong`. Those of all shards add up to those of the split. */
export async function countRows(
  db: DuckSession,
  files: SplitFiles,
  input: RowsToRead & Pick<EvaluationInput, 'columns'>,
  { cuts }: SearchCuts,
  wrong: Uint8Array,
): Promise<SliceCounts> {
  const levels = cuts.map((cut) => levelSql(cut.levels, input.columns));
  const levelOf = await readRows(db, files, input, levels);
  return countSlices(
    cuts.map((cut, i) => ({ ...cut, levelOf: levelOf[i]! })),
    wrong,
  );
}

export function rankedSlices(
  { cuts, leftOut }: SearchCuts,
  counts: SliceCounts,
  { minimumRows }: NonNullable<Protocol['search']>,
): SliceSearch {
  return { formulaId: SEARCH_FORMULA, minimumRows, ...worstOfCounts(cuts, counts, minimumRows), leftOut };
}

/** What is of no other level is of the last. */
function levelSql(levels: readonly SliceExpression[], columns: readonly DatasetColumn[]): string {
  const cases = levels.slice(0, -1).map((level, i) => `WHEN ${sliceSql(level, columns, 'p')} THEN ${i}`);
  return cases.length === 0 ? '0' : `CASE ${cases.join(' ')} ELSE ${levels.length - 1} END`;
}
