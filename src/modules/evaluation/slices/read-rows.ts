import { identifier, rowsOfParts, type DuckSession } from '../../../platform/duckdb/index.js';
import type { EvaluationInput } from '../../datasets/index.js';
import { labelRows, type SplitFiles, type SplitRange } from '../predictions/load-split.js';

/** Which rows of a split, and how they are named; all of them without a range. */
export type RowsToRead = Pick<EvaluationInput, 'rows' | 'keyColumn'> & {
  range?: Pick<SplitRange, 'from' | 'to'>;
};

/** SQL: the public columns of a split, as `p`. */
export function publicRows({ publicParquet }: Pick<SplitFiles, 'publicParquet'>): string {
  return `${rowsOfParts(publicParquet)} p`;
}

/**
 * Whole numbers computed of each row's public columns, by SQL expressions over `p`: one array of shape (rows) for each expression, in
 * key order. The files are read once.
 */
export async function readRows(
  db: DuckSession,
  files: SplitFiles,
  { rows: all, keyColumn, range }: RowsToRead,
  expressions: readonly string[],
): Promise<Int32Array[]> {
  const { from, to } = range ?? { from: 0, to: all };
  const rows = to - from;
  const columns = expressions.map(() => new Int32Array(rows));
  const select = expressions.map((expression) => `(${expression})::INTEGER`);
  const chunks = db.columns(
    `SELECT ${['l.file_row_number::DOUBLE', `(p.${identifier(keyColumn)} IS DISTINCT FROM l.key)::INTEGER`, ...select].join(', ')}
     FROM ${labelRows(files.labelParquet, range)} l POSITIONAL JOIN ${rowsOfParts(files.publicParquet, range)} p`,
  );
  let read = 0;
  for await (const chunk of chunks) {
    const [positions, apart] = [chunk.doubles(0), chunk.doubles(1)];
    if (apart.some((one) => one !== 0))
      throw new Error('labels and columns of a split are not in the same order');
    columns.forEach((column, i) => {
      const values = chunk.doubles(2 + i);
      for (let row = 0; row < values.length; row++) column[positions[row]! - from] = values[row]!;
    });
    read += chunk.rowCount;
  }
  if (read !== rows) throw new Error(`found the columns of ${read} rows of a split of ${rows}`);
  return columns;
}
