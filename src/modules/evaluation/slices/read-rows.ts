import { identifier, literal, type DuckSession } from '../../../platform/duckdb/index.js';
import type { EvaluationInput } from '../../datasets/index.js';
import type { SplitFiles } from '../predictions/load-split.js';

/** SQL: the public columns of a split, as `p`. */
export function publicRows({ publicParquet }: SplitFiles): string {
  return `read_parquet(${literal(publicParquet)}) p`;
}

/**
 * Whole numbers computed of each row's public columns, by SQL expressions over `p`: one array of shape (rows) for each expression, in
 * key order. The files are read once.
 */
export async function readRows(
  db: DuckSession,
  files: SplitFiles,
  { rows, keyColumn }: Pick<EvaluationInput, 'rows' | 'keyColumn'>,
  expressions: readonly string[],
): Promise<Int32Array[]> {
  const columns = expressions.map(() => new Int32Array(rows));
  const select = expressions.map((expression) => `(${expression})::INTEGER`);
  const chunks = db.columns(
    `SELECT ${['l.file_row_number::DOUBLE', `(p.${identifier(keyColumn)} IS DISTINCT FROM l.key)::INTEGER`, ...select].join(', ')}
     FROM read_parquet(${literal(files.labelParquet)}, file_row_number = true) l POSITIONAL JOIN ${publicRows(files)}`,
  );
  let read = 0;
  for await (const chunk of chunks) {
    const [positions, apart] = [chunk.doubles(0), chunk.doubles(1)];
    if (apart.some((one) => one !== 0))
      throw new Error('labels and columns of a split are not in the same order');
    columns.forEach((column, i) => {
      const values = chunk.doubles(2 + i);
      for (let row = 0; row < values.length; row++) column[positions[row]!] = values[row]!;
    });
    read += chunk.rowCount;
  }
  if (read !== rows) throw new Error(`found the columns of ${read} rows of a split of ${rows}`);
  return columns;
}
