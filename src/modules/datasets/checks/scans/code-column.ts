import { isNumber } from '../../../../domain/canonical/index.js';
import type { CheckedColumn } from '../../../../domain/quality/index.js';
import type { Scan } from '../load-rows.js';
import { quantileBin } from './quantile-bin.js';

/** A column of a split as codes. */
export interface CodedColumn {
  /** Of each row, in order. */
  codes: Int32Array;
  /** What each code stands for: a value, a bin of numbers, or null for no value. */
  names: (string | null)[];
}

/** Values in their order; numbers of more than `bins` values as quantile bins. Rows with equal values have equal codes. */
export async function codeColumn(
  { db, column }: Scan,
  split: number,
  { name, type }: CheckedColumn,
  bins: number,
): Promise<CodedColumn> {
  const c = column(name);
  const rows = `(SELECT row, ${c} AS value FROM rows WHERE split = ${split})`;
  const [found] = await db.rows<{ n: number }>(`SELECT count(DISTINCT value)::DOUBLE AS n FROM ${rows}`);
  const binned = isNumber(type) && found!.n > bins;
  const bucket = binned
    ? `lpad(CAST(1 + (${quantileBin('value', bins)})::INTEGER AS VARCHAR), 3, '0')`
    : 'CAST(value AS VARCHAR)';
  await db.run(`CREATE OR REPLACE TEMP TABLE bucket AS SELECT row, ${bucket} AS bucket FROM ${rows}`);
  const named = await db.rows<{ bucket: string | null }>(
    'SELECT DISTINCT bucket FROM bucket ORDER BY bucket NULLS LAST',
  );
  const codes: number[] = [];
  for await (const chunk of db.columns(
    `SELECT (dense_rank() OVER (ORDER BY bucket NULLS LAST) - 1)::DOUBLE AS code FROM bucket ORDER BY row`,
  ))
    for (const code of chunk.doubles(0)) codes.push(code);
  return {
    codes: Int32Array.from(codes),
    names: named.map((one) =>
      one.bucket === null || !binned ? one.bucket : `bin ${Number(one.bucket)} of ${bins}`,
    ),
  };
}
