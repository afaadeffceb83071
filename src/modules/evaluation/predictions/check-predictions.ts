import type { DuckSession } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
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

const KEYS: readonly Check[] = [
  {
    code: 'PREDICTIONS_KEY_EMPTY',
    offenders: `SELECT 'line ' || (line + 1) AS key, line AS place FROM predictions WHERE given_key IS NULL`,
    says: (count) => `have ${rows(count)} without a key`,
    remedy: 'Give every row the key of the row it predicts.',
  },
  {
    code: 'PREDICTIONS_KEY_DUPLICATED',
    offenders:
      'SELECT any_value(given_key) AS key, min(line) AS place FROM predictions WHERE key IS NOT NULL GROUP BY predictions.key HAVING count(*) > 1',
    says: (count) => `have ${count} ${count === 1 ? 'key' : 'keys'} more than once`,
    remedy: 'Send one row for each key.',
  },
  {
    code: 'PREDICTIONS_KEY_UNKNOWN',
    offenders:
      'SELECT given_key AS key, line AS place FROM predictions p WHERE NOT EXISTS (SELECT 1 FROM labels l WHERE l.key = p.key)',
    says: (count) => `have ${rows(count)} whose key is not in the split`,
    remedy: 'Predict the rows of this split only, with their keys unchanged.',
  },
  {
    code: 'PREDICTIONS_MISSING',
    offenders:
      'SELECT key, position AS place FROM labels l WHERE NOT EXISTS (SELECT 1 FROM predictions p WHERE p.key = l.key)',
    says: (count) => `leave out ${rows(count)} of the split`,
    remedy: 'Predict every row of the split: numbers over a part of it would not compare.',
  },
];

const CLASSES: readonly Check[] = [
  {
    code: 'PREDICTION_EMPTY',
    offenders: 'SELECT given_key AS key, line AS place FROM predictions WHERE given IS NULL',
    says: (count) => `have ${rows(count)} with an empty prediction`,
    remedy: 'Predict a class in every row.',
  },
  {
    code: 'PREDICTION_CLASS_UNKNOWN',
    offenders: 'SELECT given_key AS key, line AS place FROM predictions WHERE class IS NULL',
    says: (count) => `have ${rows(count)} whose prediction is no class of the label`,
    remedy: 'Write classes as they stand in the label column.',
  },
];

function scoreChecks(count: number): Check[] {
  const columns = Array.from({ length: count }, (_, i) => ({ text: `text${i}`, value: `score${i}` }));
  const any = (condition: (column: { text: string; value: string }) => string) =>
    `SELECT given_key AS key, line AS place FROM predictions WHERE ${columns.map((column) => `(${condition(column)})`).join(' OR ')}`;
  const remedy = 'Send probabilities: numbers from 0 to 1.';
  return [
    {
      code: 'SCORE_EMPTY',
      offenders: any(({ text }) => `${text} IS NULL`),
      says: (n) => `have ${rows(n)} with an empty score`,
      remedy: 'Give every row a score, or leave the column out.',
    },
    {
      code: 'SCORE_NOT_NUMERIC',
      offenders: any(({ value }) => `${value} IS NULL`),
      says: (n) => `have ${rows(n)} whose score is not a number`,
      remedy,
    },
    {
      code: 'SCORE_NAN',
      offenders: any(({ value }) => `isnan(${value})`),
      says: (n) => `have ${rows(n)} whose score is NaN`,
      remedy: 'Find out why the model gave no number; NaN is never taken as one.',
    },
    {
      code: 'SCORE_OUT_OF_RANGE',
      offenders: any(({ value }) => `${value} < 0 OR ${value} > 1`),
      says: (n) => `have ${rows(n)} whose score lies outside [0, 1]`,
      remedy,
    },
    ...(count > 1
      ? [
          {
            code: 'SCORES_NOT_A_DISTRIBUTION',
            offenders: `SELECT given_key AS key, line AS place FROM predictions
              WHERE abs(${columns.map(({ value }) => value).join(' + ')} - 1) > ${SUM_TOLERANCE}`,
            says: (n: number) => `have ${rows(n)} whose scores do not add up to 1`,
            remedy: 'Send the probability of each class.',
          },
        ]
      : []),
  ];
}

/**
 * Every row of the split is predicted once, by a class of the label and by scores in [0, 1]. Throws the first check that fails, with
 * its count and first keys; never a label.
 */
export async function checkPredictions(
  db: DuckSession,
  split: string,
  columns: PredictionColumns,
): Promise<void> {
  const scores = columns.classScores?.length ?? (columns.score === null ? 0 : 1);
  const checks = [
    ...KEYS,
    ...(scores > 0 ? scoreChecks(scores) : []),
    ...(columns.prediction === null ? [] : CLASSES),
  ];
  for (const check of checks) {
    const found = await db.rows<{ count: number; key: string }>(
      `SELECT key, (count(*) OVER ())::DOUBLE AS count FROM (${check.offenders}) ORDER BY place LIMIT ${SHOWN}`,
    );
    const [first] = found;
    if (!first) continue;
    const keys = found.map(({ key }) => String(key).slice(0, 100));
    const shown = keys.map((key) => JSON.stringify(key)).join(', ');
    throw new InvalidInputError(
      check.code,
      `predictions for ${split} ${check.says(first.count)}; the first: ${shown}`,
      { remedy: check.remedy, split, count: first.count, keys },
    );
  }
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}
