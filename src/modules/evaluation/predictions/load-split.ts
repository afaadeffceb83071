import { type DuckSession, identifier, literal } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { EvaluationInput } from '../../datasets/index.js';

/** More cells of protected attributes than this are no groups but people. */
export const MAX_CELLS = 1_000;
/** Stands for an empty protected attribute: a group of its own. */
export const MISSING_ATTRIBUTE = '(missing)';

/** Where the parts of a split lie on disk. */
export interface SplitFiles {
  labelParquet: string;
  publicParquet: string;
}

/**
 * Tables `classes` (name, class) and `labels`: position in key order, key, class index, cell index. Answers the cells, the full
 * cross of the protected attributes; none without any. Throws LABEL_EMPTY, TOO_MANY_GROUPS.
 */
export async function loadSplit(
  db: DuckSession,
  input: EvaluationInput,
  files: SplitFiles,
  classes: readonly string[],
): Promise<{ attributes: Record<string, string> }[]> {
  const values = classes.map((name, index) => `(${literal(name)}, ${index})`);
  await db.run('CREATE TEMP TABLE classes (name VARCHAR, class INTEGER)');
  await db.run(`INSERT INTO classes VALUES ${values.join(', ')}`);
  const names = [...input.protected].sort();
  const columns = names.map((_, i) => `a${i}`);
  await loadRows(db, input, files, names);
  const cells = columns.length === 0 ? [] : await loadCells(db, input, names, columns);
  const cell = columns.length === 0 ? '0 AS cell' : 'cells.cell';
  const join = columns.length === 0 ? '' : `JOIN cells USING (${columns.join(', ')})`;
  await db.run(
    `CREATE TEMP TABLE labels AS SELECT position, key, c.class, ${cell}
     FROM split_rows LEFT JOIN classes c ON c.name = split_rows.label ${join}`,
  );
  await refuseEmptyLabels(db, input);
  return cells;
}

/** Table `split_rows`: position, key, label and attributes as texts. Both files are in key order, so they are laid side by side. */
async function loadRows(
  db: DuckSession,
  { keyColumn, split }: EvaluationInput,
  { labelParquet, publicParquet }: SplitFiles,
  names: readonly string[],
): Promise<void> {
  const labels = `read_parquet(${literal(labelParquet)}, file_row_number = true) l`;
  const row = 'l.file_row_number AS position, l.key, CAST(l.label AS VARCHAR) AS label';
  if (names.length === 0) {
    await db.run(`CREATE TEMP TABLE split_rows AS SELECT ${row} FROM ${labels}`);
    return;
  }
  const attributes = names.map(
    (name, i) => `coalesce(CAST(p.${identifier(name)} AS VARCHAR), ${literal(MISSING_ATTRIBUTE)}) AS a${i}`,
  );
  await db.run(
    `CREATE TEMP TABLE split_rows AS SELECT ${row}, p.${identifier(keyColumn)} IS DISTINCT FROM l.key AS apart, ${attributes.join(', ')}
     FROM ${labels} POSITIONAL JOIN read_parquet(${literal(publicParquet)}) p`,
  );
  const [found] = await db.rows<{ apart: number }>(
    'SELECT count(*) FILTER (WHERE apart)::DOUBLE AS apart FROM split_rows',
  );
  if (found?.apart !== 0) throw new Error(`labels and columns of split ${split} are not in the same order`);
}

async function loadCells(
  db: DuckSession,
  { split }: EvaluationInput,
  names: readonly string[],
  columns: readonly string[],
): Promise<{ attributes: Record<string, string> }[]> {
  const list = columns.join(', ');
  await db.run(
    `CREATE TEMP TABLE cells AS SELECT (row_number() OVER (ORDER BY ${list}) - 1)::INTEGER AS cell, *
     FROM (SELECT DISTINCT ${list} FROM split_rows)`,
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

async function refuseEmptyLabels(db: DuckSession, { split }: EvaluationInput): Promise<void> {
  const [empty] = await db.rows<{ count: number }>(
    'SELECT count(*) FILTER (WHERE class IS NULL)::DOUBLE AS count FROM labels',
  );
  if (!empty || empty.count === 0) return;
  throw new InvalidInputError('LABEL_EMPTY', `split ${split} has ${empty.count} rows without a label`, {
    remedy: 'Push a dataset version whose split has a label in every row.',
    split,
    count: empty.count,
  });
}
