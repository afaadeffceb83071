import type { ColumnType } from '../../../domain/canonical/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import { findClass } from '../protocol.js';

/** Which columns of a predictions file are read. */
export interface PredictionColumns {
  key: string;
  prediction: string | null;
  /** Score of the positive class. */
  score: string | null;
  /** One column per class, in the order of the classes; where none is known, every `score_...`. Not together with `score`. */
  classScores: string[] | null;
  /** What is predicted are numbers, in this column, and nothing of the above but the key is read. Absent: classes. */
  number?: string;
}

export interface PredictedLabel {
  split: string;
  keyColumn: string;
  labelType: ColumnType;
  /** Classes that open splits show; binary: [negative, positive]. Empty where all labels are sealed. */
  classes: readonly string[];
  positive: string | null;
}

/** As `predictionColumns`, of a regression: key and `prediction`. Throws PREDICTIONS_COLUMNS. */
export function numberColumns(
  header: readonly string[],
  { split, keyColumn }: Pick<PredictedLabel, 'split' | 'keyColumn'>,
): PredictionColumns {
  const missing = [keyColumn, 'prediction'].filter((name) => !header.includes(name));
  if (missing.length > 0)
    throw new InvalidInputError(
      'PREDICTIONS_COLUMNS',
      `predictions for ${split} have no column ${missing.map((name) => JSON.stringify(name)).join(' and no column ')}; ${foundIn(header)}`,
      { remedy: `Send a table with ${JSON.stringify(keyColumn)} and "prediction" (number).` },
    );
  return { key: keyColumn, prediction: null, score: null, classScores: null, number: 'prediction' };
}

const foundIn = (header: readonly string[]): string =>
  `found ${header
    .slice(0, SHOWN)
    .map((name) => JSON.stringify(name))
    .join(', ')}${header.length > SHOWN ? ', ...' : ''}`;

const SCORE = 'score';
const PREFIX = 'score_';
const SHOWN = 20;

/**
 * Finds key, `prediction`, `score` and `score_<class>` in a header; other columns are ignored. Throws
 * PREDICTIONS_COLUMNS, naming what is there and what is missing. Class names of the label are not named: they may be sealed.
 */
export function predictionColumns(header: readonly string[], label: PredictedLabel): PredictionColumns {
  const { split, keyColumn, classes, positive } = label;
  const found = foundIn(header);
  const refuse = (what: string) =>
    new InvalidInputError('PREDICTIONS_COLUMNS', `predictions for ${split} ${what}; ${found}`, {
      remedy: `Send a table with ${JSON.stringify(keyColumn)}, "prediction" (class) and, where there is one, "score" (probability of the positive class) or "score_<class>" for each class.`,
    });

  if (!header.includes(keyColumn)) throw refuse(`have no key column ${JSON.stringify(keyColumn)}`);
  const prediction = header.includes('prediction') ? 'prediction' : null;
  if (classes.length === 0) {
    const score = header.includes(SCORE) ? SCORE : null;
    const named = header.filter((column) => column.startsWith(PREFIX));
    const classScores = score === null && named.length > 0 ? named : null;
    if (prediction === null && score === null && classScores === null)
      throw refuse('have neither "prediction" nor "score"');
    return { key: keyColumn, prediction, score, classScores };
  }
  const byClass = new Map<string, string>();
  for (const name of header.filter((column) => column.startsWith(PREFIX))) {
    const matched = findClass(name.slice(PREFIX.length), classes, label.labelType);
    if (matched !== null) byClass.set(matched, name);
  }
  if (positive !== null) {
    const score = header.includes(SCORE) ? SCORE : (byClass.get(positive) ?? null);
    if (prediction === null && score === null) throw refuse('have neither "prediction" nor "score"');
    return { key: keyColumn, prediction, score, classScores: null };
  }
  if (byClass.size > 0 && byClass.size < classes.length) {
    throw refuse(`have "score_<class>" for ${byClass.size} of the label's ${classes.length} classes`);
  }
  const classScores = byClass.size > 0 ? classes.map((name) => byClass.get(name)!) : null;
  if (prediction === null && classScores === null) {
    throw refuse('have neither "prediction" nor "score_<class>" for each class of the label');
  }
  return { key: keyColumn, prediction, score: null, classScores };
}
