import { type DuckSession, identifier, literal } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { EvaluationInput } from '../../datasets/index.js';
import { comparableText } from './comparable-sql.js';
import type { PredictionColumns } from './prediction-columns.js';
import { unreadable, type PredictionsFile } from './read-predictions.js';

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
 * Table `labels`: position (key order), key, class index. Table `classes`: name, index. Table `cells` and `row_cells`: the full
 * cross of the protected attributes. Throws LABEL_EMPTY, TOO_MANY_GROUPS.
 */
export async function loadSplit(
  db: DuckSession,
  input: EvaluationInput,
  files: SplitFiles,
  classes: readonly string[],
): Promise<{ attributes: Record<string, string> }[]> {
  await db.run('CREATE TEMP TABLE classes (name VARCHAR, class INTEGER)');
  const values = classes.map((name, index) => `(${literal(name)}, ${index})`);
  await db.run(`INSERT INTO classes VALUES ${values.join(', ')}`);
  await db.run(
    `CREATE TEMP TABLE labels AS SELECT t.position, t.key, c.class FROM (
       SELECT file_row_number AS position, CAST(key AS VARCHAR) AS key, CAST(label AS VARCHAR) AS label
       FROM read_parquet(${literal(files.labelParquet)}, file_row_number = true)) t
     LEFT JOIN classes c ON c.name = t.label`,
  );
  const [empty] = await db.rows<{ count: number }>(
    'SELECT count(*)::DOUBLE AS count FROM labels WHERE class IS NULL',
  );
  if (empty && empty.count > 0) {
    throw new InvalidInputError(
      'LABEL_EMPTY',
      `split ${input.split} has ${empty.count} rows without a label`,
      {
        remedy: 'Push a dataset version whose split has a label in every row.',
        split: input.split,
        count: empty.count,
      },
    );
  }
  return input.protected.length === 0 ? [] : loadCells(db, input, files);
}

async function loadCells(
  db: DuckSession,
  input: EvaluationInput,
  { publicParquet }: SplitFiles,
): Promise<{ attributes: Record<string, string> }[]> {
  const names = [...input.protected].sort();
  const columns = names.map((_, i) => `a${i}`);
  const values = names.map(
    (name, i) => `coalesce(CAST(${identifier(name)} AS VARCHAR), ${literal(MISSING_ATTRIBUTE)}) AS a${i}`,
  );
  await db.run(
    `CREATE TEMP TABLE attributes AS SELECT CAST(${identifier(input.keyColumn)} AS VARCHAR) AS key, ${values.join(', ')}
     FROM read_parquet(${literal(publicParquet)})`,
  );
  await db.run(
    `CREATE TEMP TABLE cells AS SELECT (row_number() OVER (ORDER BY ${columns.join(', ')}) - 1)::INTEGER AS cell, *
     FROM (SELECT DISTINCT ${columns.join(', ')} FROM attributes)`,
  );
  const found = await db.rows<Record<string, string>>(
    `SELECT ${columns.join(', ')} FROM cells ORDER BY cell LIMIT ${MAX_CELLS + 1}`,
  );
  if (found.length > MAX_CELLS) {
    throw new InvalidInputError(
      'TOO_MANY_GROUPS',
      `the protected attributes ${names.join(', ')} of split ${input.split} make more than ${MAX_CELLS} groups`,
      { remedy: 'Push a dataset version whose protected attributes are categories (age in bands, say).' },
    );
  }
  await db.run(
    `CREATE TEMP TABLE row_cells AS SELECT key, cell FROM attributes JOIN cells USING (${columns.join(', ')})`,
  );
  return found.map((row) => ({
    attributes: Object.fromEntries(names.map((name, i) => [name, row[`a${i}`]!])),
  }));
}

/**
 * Table `predictions`: line, the key as given and as compared, the prediction as given, class index, score texts and values
 * `score` (or `score0`, `score1`, ... per class).
 */
export async function loadPredictions(
  db: DuckSession,
  file: PredictionsFile,
  columns: PredictionColumns,
  input: EvaluationInput,
  threshold: number,
): Promise<void> {
  const texts = [columns.score, ...(columns.classScores ?? [])].filter((name) => name !== null);
  const scores = texts.map((name, i) => `${identifier(name)} AS text${i}`);
  const prediction = columns.prediction === null ? 'NULL::VARCHAR' : identifier(columns.prediction);
  try {
    await db.run(
      `CREATE TEMP TABLE given AS SELECT row_number() OVER () AS line, ${identifier(columns.key)} AS given_key,
         ${[`${prediction} AS given`, ...scores].join(', ')} FROM ${file.from}`,
    );
  } catch (error) {
    throw unreadable(error, input.split);
  }
  const values = texts.map((_, i) => `${scoreValue(`text${i}`)} AS score${i}`);
  await db.run(
    `CREATE TEMP TABLE valued AS SELECT *, ${comparableText(input.keyType, 'given_key')} AS key,
       ${[`${comparableText(input.labelType, 'given')} AS predicted`, ...values].join(', ')} FROM given`,
  );
  await db.run(`CREATE TEMP TABLE predictions AS SELECT v.*, ${classOf(columns, threshold)} AS class
    FROM valued v LEFT JOIN classes c ON c.name = v.predicted`);
}

/** -0 is 0, so that equal scores have equal bytes. */
function scoreValue(column: string): string {
  const value = `TRY_CAST(${column} AS DOUBLE)`;
  return `CASE WHEN ${value} = 0 THEN 0::DOUBLE ELSE ${value} END`;
}

function classOf({ prediction, classScores }: PredictionColumns, threshold: number): string {
  if (prediction !== null) return 'c.class';
  if (classScores === null) return `CASE WHEN v.score0 >= ${threshold} THEN 1 ELSE 0 END`;
  const scores = classScores.map((_, i) => `v.score${i}`);
  // The first of equal scores.
  return `(list_position([${scores.join(', ')}], greatest(${scores.join(', ')})) - 1)::INTEGER`;
}
