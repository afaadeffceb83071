import {
  SEARCH_FORMULA,
  worstSlices,
  type SliceExpression,
  type SliceLiteral,
  type SliceOperand,
  type SliceSearch,
} from '../../../domain/slices/index.js';
import { identifier, type DuckSession } from '../../../platform/duckdb/index.js';
import type { DatasetColumn, EvaluationInput } from '../../datasets/index.js';
import type { SplitFiles } from '../predictions/load-split.js';
import type { Protocol } from '../protocol.js';
import { publicRows, readRows } from './read-rows.js';
import { searchColumns } from './search-columns.js';
import { sliceSql } from './slice-sql.js';

/** A column of texts with more values than these makes no slices of its own. */
const MAX_LEVELS = 20;
/** Longer texts would make expressions that nobody can declare. */
const MAX_VALUE = 200;

type Cut = { column: string; levels: SliceExpression[] } | { column: string; reason: string };

/**
 * The slices of a split on which errors are most frequent. Texts and true or false are cut by value, numbers by their quartiles, each
 * written as an expression that a protocol can declare; empty cells are a level of their own.
 */
export async function searchSlices(
  db: DuckSession,
  files: SplitFiles,
  input: Pick<EvaluationInput, 'rows' | 'keyColumn' | 'columns'>,
  { minimumRows, columns }: NonNullable<Protocol['search']>,
  wrong: Uint8Array,
): Promise<SliceSearch> {
  const cuts: Cut[] = [];
  for (const column of searchColumns(input, columns)) cuts.push(await cut(db, files, column));
  const cutUp = cuts.flatMap((each) => ('levels' in each ? each : []));
  const levelOf = await readRows(
    db,
    files,
    input,
    cutUp.map(({ levels }) => levelSql(levels, input.columns)),
  );
  const factors = cutUp.map((each, i) => ({ ...each, levelOf: levelOf[i]! }));
  return {
    formulaId: SEARCH_FORMULA,
    minimumRows,
    ...worstSlices(factors, wrong, minimumRows),
    leftOut: cuts.flatMap((each) => ('reason' in each ? each : [])),
  };
}

/** What is of no other level is of the last. */
function levelSql(levels: readonly SliceExpression[], columns: readonly DatasetColumn[]): string {
  const cases = levels.slice(0, -1).map((level, i) => `WHEN ${sliceSql(level, columns, 'p')} THEN ${i}`);
  return cases.length === 0 ? '0' : `CASE ${cases.join(' ')} ELSE ${levels.length - 1} END`;
}

async function cut(db: DuckSession, files: SplitFiles, { name, type }: DatasetColumn): Promise<Cut> {
  const operand: SliceOperand = { kind: 'column', name };
  const empty: SliceExpression = { kind: 'isNull', operand };
  const column = `p.${identifier(name)}`;
  if (type === 'int64' || type === 'double') {
    const edges = await quartiles(db, files, column, type);
    return edges.length === 0
      ? { column: name, reason: 'it has no numbers' }
      : { column: name, levels: [...bins(operand, edges), empty] };
  }
  const found = await db.rows<{ value: string }>(
    `SELECT DISTINCT CAST(${column} AS VARCHAR) AS value FROM ${publicRows(files)} WHERE ${column} IS NOT NULL
     ORDER BY value LIMIT ${MAX_LEVELS + 1}`,
  );
  if (found.length === 0) return { column: name, reason: 'it is empty' };
  if (found.length > MAX_LEVELS) return { column: name, reason: `it has more than ${MAX_LEVELS} values` };
  if (found.some(({ value }) => value.length > MAX_VALUE || value.includes('\0')))
    return { column: name, reason: 'it has values that are too long to name' };
  const values = found.map(({ value }): SliceLiteral =>
    type === 'boolean' ? { kind: 'boolean', value: value === 'true' } : { kind: 'text', value },
  );
  const levels = values.map((right): SliceExpression => ({
    kind: 'compare',
    operator: '=',
    left: operand,
    right,
  }));
  return { column: name, levels: [...levels, empty] };
}

/** Different quartiles of the numbers, ascending, as literals. */
async function quartiles(
  db: DuckSession,
  files: SplitFiles,
  column: string,
  type: 'int64' | 'double',
): Promise<SliceLiteral[]> {
  const kept = type === 'double' ? `isfinite(${column})` : `${column} IS NOT NULL`;
  const [row] = await db.rows<{ edges: (bigint | number)[] | null }>(
    `SELECT quantile_disc(${column}, [0.25, 0.5, 0.75]) FILTER (WHERE ${kept}) AS edges FROM ${publicRows(files)}`,
  );
  const texts = (row?.edges ?? []).map((edge) => String(Object.is(edge, -0) ? 0 : edge));
  return [...new Set(texts)].map((value) => ({ kind: 'number', value }));
}

/** Up to the first edge, from each to the next, and beyond the last. */
function bins(left: SliceOperand, edges: readonly SliceLiteral[]): SliceExpression[] {
  const side = (operator: '<=' | '>', right: SliceLiteral): SliceExpression => ({
    kind: 'compare',
    operator,
    left,
    right,
  });
  return [
    side('<=', edges[0]!),
    ...edges
      .slice(1)
      .map((edge, i): SliceExpression => ({ kind: 'and', parts: [side('>', edges[i]!), side('<=', edge)] })),
    side('>', edges.at(-1)!),
  ];
}
