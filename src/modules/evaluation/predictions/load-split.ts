import {
  type DuckSession,
  identifier,
  literal,
  type ParquetPart,
  rowsOfParts,
} from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { EvaluationInput } from '../../datasets/index.js';

/** More cells of protected attributes than this are no groups but people. */
export const MAX_CELLS = 1_000;
/** Stands for an empty protected attribute: a group of its own. */
export const MISSING_ATTRIBUTE = '(missing)';

/** Where the parts of a split lie on disk. */
export interface SplitFiles {
  labelParquet: string;
  publicParquet: readonly ParquetPart[];
}

export type Cells = readonly { attributes: Record<string, string> }[];

/** Rows of a split by their positions in key order, from 0: from `from` up to, not including, `to`; with the cells of the whole split. */
export interface SplitRange {
  from: number;
  to: number;
  cells: Cells;
}

/**
 * Tables `classes` (name, class) and `labels`: position in key order, key, class index, cell index; of some rows where a range is
 * given. Classes null: column `number` instead, of a label of numbers, and no cells. Answers the cells, the full cross of the protected attributes; none without any. Throws LABEL_EMPTY, TOO_MANY_GROUPS.
 */
export async function loadSplit(
  db: DuckSession,
  input: EvaluationInput,
  files: SplitFiles,
  classes: readonly string[] | null,
  range?: SplitRange,
): Promise<Cells> {
  if (classes === null) {
    await loadNumbers(db, input, files, range);
    return [];
  }
  const values = classes.map((name, index) => `(${literal(name)}, ${index})`);
  await db.run('CREATE TEMP TABLE classes (name VARCHAR, class INTEGER)');
  await db.run(`INSERT INTO classes VALUES ${values.join(', ')}`);
  const names = [...input.protected].sort();
  const columns = names.map((_, i) => `a${i}`);
  await loadRows(db, input, files, names, range);
  const cells =
    columns.length === 0 ? [] : await loadCells(db, input, names, range ? range.cells : 'split_rows');
  const cell = columns.length === 0 ? '0 AS cell' : 'cells.cell';
  const join = columns.length === 0 ? '' : `JOIN cells USING (${columns.join(', ')})`;
  await db.run(
    `CREATE TEMP TABLE labels AS SELECT position, key, c.class, ${cell}
     FROM split_rows LEFT JOIN classes c ON c.name = split_rows.label ${join}`,
  );
  await refuseEmptyLabels(db, input);
  return cells;
}

async function loadNumbers(
  db: DuckSession,
  input: EvaluationInput,
  files: SplitFiles,
  range?: SplitRange,
): Promise<void> {
  await loadRows(db, input, files, [], range);
  await db.run(
    `CREATE TEMP TABLE labels AS SELECT position, key, CASE WHEN label IS NOT NULL THEN 0 END AS class, 0 AS cell,
       CAST(label AS DOUBLE) AS number FROM split_rows`,
  );
  await refuseEmptyLabels(db, input);
  await refuseInfiniteLabels(db, input);
}

/** Throws LABEL_NOT_FINITE where labels of a split are NaN or infinite. */
export async function refuseInfiniteLabels(
  db: DuckSession,
  { split }: EvaluationInput,
  from = 'labels',
): Promise<void> {
  const [found] = await db.rows<{ count: number }>(
    `SELECT count(*) FILTER (WHERE NOT isfinite(number))::DOUBLE AS count FROM ${from}`,
  );
  if (!found || found.count === 0) return;
  throw new InvalidInputError(
    'LABEL_NOT_FINITE',
    `split ${split} has ${found.count} rows whose label is NaN or infinite`,
    { remedy: 'Push a dataset version whose split has a number in every row.', split, count: found.count },
  );
}

/** SQL: the labels of a split, with `file_row_number`; in key order, of a range where one is given. */
export function labelRows(path: string, range?: Pick<SplitRange, 'from' | 'to'>): string {
  const file = `read_parquet(${literal(path)}, file_row_number = true)`;
  if (!range) return file;
  return `(SELECT * FROM ${file} WHERE file_row_number >= ${range.from} AND file_row_number < ${range.to})`;
}

/** Table `split_rows`: position, key, label and attributes as texts. Both files are in key order, so they are laid side by side. */
async function loadRows(
  db: DuckSession,
  { keyColumn, split }: EvaluationInput,
  { labelParquet, publicParquet }: SplitFiles,
  names: readonly string[],
  range?: SplitRange,
): Promise<void> {
  const labels = `${labelRows(labelParquet, range)} l`;
  const row = 'l.file_row_number AS position, l.key, CAST(l.label AS VARCHAR) AS label';
  if (names.length === 0) {
    await db.run(`CREATE TEMP TABLE split_rows AS SELECT ${row} FROM ${labels}`);
    return;
  }
  const attributes = attributesOf(names, 'p.');
  await db.run(
    `CREATE TEMP TABLE split_rows AS SELECT ${row}, p.${identifier(keyColumn)} IS DISTINCT FROM l.key AS apart, ${attributes.join(', ')}
     FROM ${labels} POSITIONAL JOIN ${rowsOfParts(publicParquet, range)} p`,
  );
  const [found] = await db.rows<{ apart: number }>(
    'SELECT count(*) FILTER (WHERE apart)::DOUBLE AS apart FROM split_rows',
  );
  if (found?.apart !== 0) throw new Error(`labels and columns of split ${split} are not in the same order`);
}

const attributesOf = (names: readonly string[], of: string): string[] =>
  names.map(
    (name, i) =>
      `coalesce(CAST(${of}${identifier(name)} AS VARCHAR), ${literal(MISSING_ATTRIBUTE)}) AS a${i}`,
  );

/** The cells of a split from the file of its public columns alone; none without protected attributes. Throws TOO_MANY_GROUPS. */
export async function cellsOfSplit(
  db: DuckSession,
  input: EvaluationInput,
  publicParquet: readonly ParquetPart[],
): Promise<Cells> {
  const names = [...input.protected].sort();
  if (names.length === 0) return [];
  const rows = `(SELECT ${attributesOf(names, '').join(', ')} FROM ${rowsOfParts(publicParquet)})`;
  return loadCells(db, input, names, rows);
}

/** Table `cells`: the cells that are given, or those of some rows, in the order of their attributes. */
async function loadCells(
  db: DuckSession,
  { split }: EvaluationInput,
  names: readonly string[],
  source: string | Cells,
): Promise<Cells> {
  const columns = names.map((_, i) => `a${i}`);
  const list = columns.join(', ');
  if (typeof source !== 'string') {
    const rows = source.map(
      ({ attributes }, cell) => `(${[cell, ...names.map((name) => literal(attributes[name]!))].join(', ')})`,
    );
    await db.run(`CREATE TEMP TABLE cells AS SELECT * FROM (VALUES ${rows.join(', ')}) t(cell, ${list})`);
    return source;
  }
  await db.run(
    `CREATE TEMP TABLE cells AS SELECT (row_number() OVER (ORDER BY ${list}) - 1)::INTEGER AS cell, *
     FROM (SELECT DISTINCT ${list} FROM ${source})`,
  );
  const found = await db.rows<Record<string, string>>(
    `SELECT ${list} FROM cells ORDER BY cell LIMIT ${MAX_CELLS + 1}`,
  );
  if (found.length > MAX_CELLS) {
    throw new InvalidInputError(
      'TOO_MANY_GROUPS',
      `the protected attributes ${names.join(', ')} of split ${split} make more than ${MAX_CELLS} groups`,
      { remedy: 'Push a dataset version whose protected attributes are categories (age in bands, say).' },
    );
  }
  return found.map((row) => ({
    attributes: Object.fromEntries(names.map((name, i) => [name, row[`a${i}`]!])),
  }));
}

/** Throws LABEL_EMPTY where rows of a split have no class. */
export async function refuseEmptyLabels(
  db: DuckSession,
  { split }: EvaluationInput,
  from = 'labels',
): Promise<void> {
  const [empty] = await db.rows<{ count: number }>(
    `SELECT count(*) FILTER (WHERE class IS NULL)::DOUBLE AS count FROM ${from}`,
  );
  if (!empty || empty.count === 0) return;
  throw new InvalidInputError('LABEL_EMPTY', `split ${split} has ${empty.count} rows without a label`, {
    remedy: 'Push a dataset version whose split has a label in every row.',
    split,
    count: empty.count,
  });
}
