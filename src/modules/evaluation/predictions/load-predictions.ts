import { type DuckSession, identifier } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import { type EvaluationInput, type PredictionsFile, unreadable, valueOf } from '../../datasets/index.js';
import type { ScoreThreshold } from '../protocol.js';
import type { PredictionColumns } from './prediction-columns.js';
import { isPositive, scoreCut, type ScoreCut } from './score-cut.js';
import { loadWords, type Words } from './words.js';

/** The columns `score0`, `score1`, ... that `loadPredictions` makes; of a regression one, what is predicted. */
export function scoreNames({ score, classScores, number }: PredictionColumns): string[] {
  if (number !== undefined) return ['score0'];
  if (classScores) return classScores.map((_, i) => `score${i}`);
  return score === null ? [] : ['score0'];
}

/**
 * Table `predictions`: line, the key as given and as a value, the prediction as given, the index of its word, and per score
 * `text0`, ..., null where it is empty, and its value `score0`, ... Table `words`: name, word. Answers the words; what they mean is not asked here.
 */
export async function loadPredictions(
  db: DuckSession,
  file: PredictionsFile,
  columns: PredictionColumns,
  input: EvaluationInput,
  { threshold, openClasses }: { threshold: ScoreThreshold; openClasses: readonly string[] },
): Promise<Words> {
  try {
    await db.run(`CREATE TEMP TABLE given AS ${givenRows(file, columns, input)}`);
  } catch (error) {
    throw unreadable(error, input.split);
  }
  await sameRows(db, file, input.split);
  await loadNames(db, input);
  const words = await loadWords(db, columns, input, openClasses);
  await viewPredictions(db, columns, await scoreCut(db, columns, threshold, input.split));
  return words;
}

/** SQL of the rows of table `given`, in the file's order. */
export function givenRows(
  file: Pick<PredictionsFile, 'from' | 'line' | 'text' | 'value'>,
  columns: PredictionColumns,
  input: EvaluationInput,
): string {
  const sources = [columns.number ?? columns.score, ...(columns.classScores ?? [])].filter(
    (name) => name !== null,
  );
  const texts = sources.map((name, i) => `CASE WHEN ${identifier(name)} IS NOT NULL THEN '' END AS text${i}`);
  // -0 is 0, so that equal scores have equal bytes.
  const scores = sources.map((name, i) => `${file.value('double', name)} AS score${i}`);
  const given = columns.prediction === null ? 'NULL::VARCHAR' : file.text(columns.prediction);
  const { key } = columns;
  return `SELECT ${file.line} AS line, ${file.text(key)} AS given_key, ${file.value(input.keyType, key)} AS key,
    ${[`${given} AS given`, ...texts, ...scores].join(', ')} FROM ${file.from}`;
}

/** Table `given_names`: each prediction as given, and as the name of a class. Few texts stand for few classes: each is read once. */
export async function loadNames(db: DuckSession, input: EvaluationInput): Promise<void> {
  await db.run(
    `CREATE TEMP TABLE given_names AS SELECT given, CAST(${valueOf(input.labelType, 'given')} AS VARCHAR) AS name
     FROM (SELECT DISTINCT given FROM given)`,
  );
}

/** View `predictions` of the tables `given`, `given_names` and `words`. */
export async function viewPredictions(
  db: DuckSession,
  columns: PredictionColumns,
  cut: ScoreCut,
): Promise<void> {
  await db.run(
    columns.prediction === null
      ? `CREATE TEMP VIEW predictions AS SELECT *, ${wordOfScores(columns, cut)} AS word FROM given`
      : `CREATE TEMP VIEW predictions AS SELECT given.*, w.word FROM given
         LEFT JOIN given_names n ON n.given = given.given LEFT JOIN words w ON w.name = n.name`,
  );
}

/** DuckDB drops, in silence, what follows a quote that is never closed: a file that two readers read differently is refused. */
export async function sameRows(db: DuckSession, { rows }: PredictionsFile, split: string): Promise<void> {
  if (rows === null) return;
  const counted = await rows;
  const [given] = await db.rows<{ rows: number }>('SELECT count(*)::DOUBLE AS rows FROM given');
  if (given?.rows === counted) return;
  throw new InvalidInputError(
    'CSV_MALFORMED',
    `predictions for ${split}: quotes or line breaks read as ${counted} rows or as ${given?.rows}, depending on the reader`,
    {
      remedy:
        'Write the file with a CSV writer as RFC 4180 describes it: no space before a quote, one kind of line break.',
      split,
    },
  );
}

function wordOfScores({ classScores, number }: PredictionColumns, cut: ScoreCut): string {
  if (number !== undefined) return '0';
  if (classScores === null) return `CASE WHEN ${isPositive(cut)} THEN 1 ELSE 0 END`;
  const scores = classScores.map((_, i) => `score${i}`);
  // The first of equal scores.
  return `(list_position([${scores.join(', ')}], greatest(${scores.join(', ')})) - 1)::INTEGER`;
}
