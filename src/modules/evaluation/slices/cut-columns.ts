import { isNumber } from '../../../domain/canonical/index.js';
import {
  type SliceCut,
  type SliceExpression,
  type SliceLiteral,
  type SliceOperand,
} from '../../../domain/slices/index.js';
import { identifier, type DuckSession } from '../../../platform/duckdb/index.js';
import type { DatasetColumn, EvaluationInput } from '../../datasets/index.js';
import type { SplitFiles } from '../predictions/load-split.js';
import type { Protocol } from '../protocol.js';
import { publicRows } from './read-rows.js';
import { searchColumns } from './search-columns.js';

/** A column of texts with more values than these makes no slices of its own. */
const MAX_LEVELS = 20;
/** Longer texts would make expressions that nobody can declare. */
const MAX_VALUE = 200;

type LeftOut = { column: string; reason: string };

/** The columns of a split that are searched, and those of which no slices can be made. */
export interface SearchCuts {
  cuts: SliceCut[];
  leftOut: LeftOut[];
}

/**
 * Texts and true or false are cut by value, numbers by their quartiles over all rows of the split, each written as an expression that
 * a protocol can declare; empty cells are a level of their own.
 */
export async function cutColumns(
  db: DuckSession,
  files: Pick<SplitFiles, 'publicParquet'>,
  input: Pick<EvaluationInput, 'columns'>,
  { columns }: NonNullable<Protocol['search']>,
): Promise<SearchCuts> {
  const all: (SliceCut | LeftOut)[] = [];
  for (const column of searchColumns(input, columns)) all.push(await cut(db, files, column));
  return {
    cuts: all.flatMap((each) => ('levels' in each ? each : [])),
    leftOut: all.flatMap((each) => ('reason' in each ? each : [])),
  };
}

async function cut(
  db: DuckSession,
  files: Pick<SplitFiles, 'publicParquet'>,
  { name, type }: DatasetColumn,
): Promise<SliceCut | LeftOut> {
  const operand: SliceOperand = { kind: 'column', name };
  const empty: SliceExpression = { kind: 'isNull', operand };
  const column = `p.${identifier(name)}`;
  if (isNumber(type)) {
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
  files: Pick<SplitFiles, 'publicParquet'>,
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
