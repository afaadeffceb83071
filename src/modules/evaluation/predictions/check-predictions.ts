import type { DuckSession } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import { scoreNames } from './load-predictions.js';
import type { PredictionColumns } from './prediction-columns.js';

const SHOWN = 5;
/** Scores of all classes may miss 1 by their rounding. */
const SUM_TOLERANCE = 1e-3;

/** One thing that may be wrong with predictions: which keys are affected, and what to say. */
interface Check {
  code: string;
  /** SQL giving `key` and an ordering `place`. */
  offenders: string;
  /** After "predictions for SPLIT ": "have N rows ...". */
  says(count: number): string;
  remedy: string;
}

/** A check of each row by itself. */
type RowCheck = Omit<Check, 'offenders'> & { where: string };

const KEYS: readonly Check[] = [
  {
    code: 'PREDICTIONS_KEY_EMPTY',
    offenders: `SELECT 'line ' || (line + 1) AS key, line AS place FROM given WHERE given_key IS NULL`,
    says: (count) => `have ${rows(count)} without a key`,
    remedy: 'Give every row the key of the row it predicts.',
  },
  {
    code: 'PREDICTIONS_KEY_DUPLICATED',
    offenders: `SELECT any_value(given_key) AS key, min(line) AS place FROM given
      WHERE key IS NOT NULL GROUP BY given.key HAVING count(*) > 1`,
    says: (count) => `have ${count} ${count === 1 ? 'key' : 'keys'} more than once`,
    remedy: 'Send one row for each key.',
  },
  {
    code: 'PREDICTIONS_KEY_UNKNOWN',
    offenders: `SELECT given_key AS key, line AS place FROM given p
      WHERE NOT EXISTS (SELECT 1 FROM labels l WHERE l.key = p.key)`,
    says: (count) => `have ${rows(count)} whose key is not in the split`,
    remedy: 'Predict the rows of this split only, with their keys unchanged.',
  },
  {
    code: 'PREDICTIONS_MISSING',
    offenders: `SELECT CAST(key AS VARCHAR) AS key, position AS place FROM labels l
      WHERE NOT EXISTS (SELECT 1 FROM given p WHERE p.key = l.key)`,
    says: (count) => `leave out ${rows(count)} of the split`,
    remedy: 'Predict every row of the split: numbers over a part of it would not compare.',
  },
];

const CLASSES: readonly RowCheck[] = [
  {
    code: 'PREDICTION_EMPTY',
    where: 'given IS NULL',
    says: (count) => `have ${rows(count)} with an empty prediction`,
    remedy: 'Predict a class in every row.',
  },
  {
    code: 'PREDICTION_CLASS_UNKNOWN',
    where: 'word IS NULL',
    says: (count) => `have ${rows(count)} whose prediction is no class of the label`,
    remedy:
      'Write classes as they stand in the label column of open splits: what stands in sealed splits alone cannot be named.',
  },
];

const NUMBERS: readonly RowCheck[] = [
  {
    code: 'PREDICTION_EMPTY',
    where: 'text0 IS NULL',
    says: (count) => `have ${rows(count)} with an empty prediction`,
    remedy: 'Predict a number in every row.',
  },
  {
    code: 'PREDICTION_NOT_NUMERIC',
    where: 'score0 IS NULL',
    says: (count) => `have ${rows(count)} whose prediction is not a number`,
    remedy: 'Write numbers with a decimal point and without separators of thousands.',
  },
  {
    code: 'PREDICTION_NOT_FINITE',
    where: 'NOT isfinite(score0)',
    says: (count) => `have ${rows(count)} whose prediction is NaN or infinite`,
    remedy: 'Find out why the model gave no number; neither is ever taken as one.',
  },
];

function scoreChecks(names: readonly string[]): RowCheck[] {
  if (names.length === 0) return [];
  const any = (condition: (name: string) => string) =>
    names.map((name) => `(${condition(name)})`).join(' OR ');
  const remedy = 'Send probabilities: numbers from 0 to 1.';
  const checks: RowCheck[] = [
    {
      code: 'SCORE_EMPTY',
      where: any((name) => `${name.replace('score', 'text')} IS NULL`),
      says: (count) => `have ${rows(count)} with an empty score`,
      remedy: 'Give every row a score, or leave the column out.',
    },
    {
      code: 'SCORE_NOT_NUMERIC',
      where: any((name) => `${name} IS NULL`),
      says: (count) => `have ${rows(count)} whose score is not a number`,
      remedy,
    },
    {
      code: 'SCORE_NAN',
      where: any((name) => `isnan(${name})`),
      says: (count) => `have ${rows(count)} whose score is NaN`,
      remedy: 'Find out why the model gave no number; NaN is never taken as one.',
    },
    {
      code: 'SCORE_OUT_OF_RANGE',
      where: any((name) => `${name} < 0 OR ${name} > 1`),
      says: (count) => `have ${rows(count)} whose score lies outside [0, 1]`,
      remedy,
    },
  ];
  if (names.length === 1) return checks;
  return [
    ...checks,
    {
      code: 'SCORES_NOT_A_DISTRIBUTION',
      // A list: a sum of a thousand terms is deeper than DuckDB lets expressions be.
      where: `abs(list_sum([${names.join(', ')}]) - 1) > ${SUM_TOLERANCE}`,
      says: (count) => `have ${rows(count)} whose scores do not add up to 1`,
      remedy: 'Send the probability of each class.',
    },
  ];
}

/** What one check found in some rows: how many, and the first of them in the file's or the split's order. */
export interface Problem {
  /** Index of the check among those of the file's columns. */
  check: number;
  count: number;
  first: { key: string; place: number }[];
}

/**
 * Every row of the split is predicted once, by a class of the label and by scores in [0, 1], or by a number. Throws the first check that fails, with
 * its count and first keys; never a label.
 */
export async function checkPredictions(
  db: DuckSession,
  split: string,
  splitRows: number,
  columns: PredictionColumns,
): Promise<void> {
  refuseProblems(split, columns, [await problemsOf(db, splitRows, columns)]);
}

/** What the checks find in the tables of `loadSplit` and `loadPredictions`, which hold `splitRows` rows of the split. */
export async function problemsOf(
  db: DuckSession,
  splitRows: number,
  columns: PredictionColumns,
): Promise<Problem[]> {
  const rowChecks = rowChecksOf(columns);
  // One scan tells that all is well; only what is wrong is looked for by name.
  const [wrong] = await db.rows<{ wrong: boolean }>(
    `SELECT coalesce(bool_or(${rowChecks.map(({ where }) => `coalesce(${where}, false)`).join(' OR ')}), false) AS wrong FROM predictions`,
  );
  const problems: Problem[] = [];
  const look = async (check: number, offenders: string) => {
    const problem = await findProblem(db, check, offenders);
    if (problem) problems.push(problem);
  };
  if (!(await keysMatch(db, splitRows)))
    for (const [check, { offenders }] of KEYS.entries()) await look(check, offenders);
  if (wrong?.wrong === false) return problems;
  for (const [i, { where }] of rowChecks.entries())
    await look(KEYS.length + i, `SELECT given_key AS key, line AS place FROM predictions WHERE ${where}`);
  return problems;
}

/**
 * Throws for the first check that any of the shards found wrong: their counts added up, and the first keys of all of them. No row
 * and no key may be in two shards.
 */
export function refuseProblems(
  split: string,
  columns: PredictionColumns,
  shards: readonly (readonly Problem[])[],
): void {
  const problems = shards.flat();
  const failed = Math.min(...problems.map(({ check }) => check));
  const check: Omit<Check, 'offenders'> | undefined = [...KEYS, ...rowChecksOf(columns)][failed];
  if (!check) return;
  const found = problems.filter((problem) => problem.check === failed);
  const count = found.reduce((sum, problem) => sum + problem.count, 0);
  const keys = found
    .flatMap(({ first }) => first)
    .sort((a, b) => a.place - b.place)
    .slice(0, SHOWN)
    .map(({ key }) => key.slice(0, 100));
  const shown = keys.map((key) => JSON.stringify(key)).join(', ');
  throw new InvalidInputError(
    check.code,
    `predictions for ${split} ${check.says(count)}; the first: ${shown}`,
    { remedy: check.remedy, split, count, keys },
  );
}

const rowChecksOf = (columns: PredictionColumns): readonly RowCheck[] =>
  columns.number === undefined
    ? [...scoreChecks(scoreNames(columns)), ...(columns.prediction === null ? [] : CLASSES)]
    : NUMBERS;

/** Whether the predictions' keys are those of the split, each once. */
async function keysMatch(db: DuckSession, splitRows: number): Promise<boolean> {
  const [found] = await db.rows<{ given: number; joined: number; reached: number }>(
    `SELECT (SELECT count(*) FROM given)::DOUBLE AS given, count(*)::DOUBLE AS joined,
       count(DISTINCT l.position)::DOUBLE AS reached FROM labels l JOIN given p ON p.key = l.key`,
  );
  return (
    found !== undefined && [found.given, found.joined, found.reached].every((count) => count === splitRows)
  );
}

async function findProblem(db: DuckSession, check: number, offenders: string): Promise<Problem | undefined> {
  const found = await db.rows<{ count: number; key: string; place: number }>(
    `SELECT key, place::DOUBLE AS place, (count(*) OVER ())::DOUBLE AS count FROM (${offenders}) ORDER BY place LIMIT ${SHOWN}`,
  );
  const [first] = found;
  if (!first) return undefined;
  return { check, count: first.count, first: found.map(({ key, place }) => ({ key: String(key), place })) };
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}
