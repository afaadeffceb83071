import { type DuckSession, literal } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import { type EvaluationInput, valueOf } from '../../datasets/index.js';
import { findClass, type KnownLabels } from '../protocol.js';
import type { PredictionColumns } from './prediction-columns.js';

/** What a score says where nobody but Assay knows the name of the class. May be predicted by name as well. */
const SIDES = ['(negative)', '(positive)'] as const;
/** Different predictions of one file: as many as a label has classes. */
const MAX_WORDS = 1_000;

/** What a file can say and says, by name. */
export interface Words {
  /** What is predicted. */
  said: readonly string[];
  /** What the columns of `classScores` are scores of, in their order. */
  scored: readonly string[];
}

/**
 * Table `words` (name, word) and the names by index: what the predictions of a file say. Where open splits show classes, those;
 * where all labels are sealed, whatever the file says. Labels are not asked, so nothing can be learned of them here: neither an
 * error nor the digest of predictions depends on which classes there are. Throws PREDICTION_CLASSES_TOO_MANY.
 */
export async function loadWords(
  db: DuckSession,
  columns: PredictionColumns,
  input: Pick<EvaluationInput, 'split' | 'labelType'>,
  openClasses: readonly string[],
): Promise<Words> {
  if (columns.number !== undefined) {
    await tableWords(db, []);
    return { said: [], scored: [] };
  }
  const isOpen = openClasses.length > 0;
  if ((columns.classScores?.length ?? 0) > MAX_WORDS) throw tooMany(input.split);
  const scored = isOpen ? openClasses : await namesOfScores(db, columns, input);
  const said = isOpen ? openClasses : await wordsOfFile(db, columns, input, scored);
  await tableWords(db, said);
  return { said, scored };
}

/** Table `words`. */
export async function tableWords(db: DuckSession, said: readonly string[]): Promise<void> {
  await db.run('CREATE TEMP TABLE words (name VARCHAR, word INTEGER)');
  if (said.length > 0)
    await db.run(`INSERT INTO words VALUES ${said.map((name, i) => `(${literal(name)}, ${i})`).join(', ')}`);
}

async function namesOfScores(
  db: DuckSession,
  { classScores }: PredictionColumns,
  { labelType }: Pick<EvaluationInput, 'labelType'>,
): Promise<string[]> {
  if (classScores === null) return [];
  const names = classScores.map((column, i) => `(${i}, ${literal(column.slice('score_'.length))})`);
  const read = await db.rows<{ name: string }>(
    `SELECT coalesce(CAST(${valueOf(labelType, 'given')} AS VARCHAR), given) AS name
     FROM (VALUES ${names.join(', ')}) t(i, given) ORDER BY i`,
  );
  return read.map(({ name }) => name);
}

async function wordsOfFile(
  db: DuckSession,
  { prediction, classScores }: PredictionColumns,
  { split }: Pick<EvaluationInput, 'split' | 'labelType'>,
  scored: readonly string[],
): Promise<readonly string[]> {
  if (prediction === null) return classScores === null ? [...SIDES] : scored;
  const found = await db.rows<{ name: string }>(
    `SELECT DISTINCT name FROM given_names WHERE name IS NOT NULL ORDER BY name LIMIT ${MAX_WORDS + 1}`,
  );
  if (found.length > MAX_WORDS) throw tooMany(split);
  return found.map(({ name }) => name);
}

const tooMany = (split: string) =>
  new InvalidInputError(
    'PREDICTION_CLASSES_TOO_MANY',
    `predictions for ${split} name more than ${MAX_WORDS} different classes`,
    { remedy: 'Only classes are judged: send predictions of a label with at most 1,000 of them.', split },
  );

/** The class that each word means, as its index in the evidence's order; -1 for none. */
export function classesOfWords(
  words: readonly string[],
  ordered: readonly string[],
  { positive }: KnownLabels,
  type: EvaluationInput['labelType'],
): number[] {
  return words.map((word) => {
    const found = findClass(word, ordered, type);
    if (found !== null) return ordered.indexOf(found);
    return positive === null ? -1 : SIDES.indexOf(word as (typeof SIDES)[number]);
  });
}

/** SQL: a stored prediction as the class that it means. */
export function meantBy(column: string, classes: readonly string[], positive: string | null): string {
  if (positive === null) return column;
  const negative = classes.find((name) => name !== positive);
  if (negative === undefined) return column;
  const [no, yes] = SIDES.map((side) => literal(side));
  return `CASE ${column} WHEN ${no} THEN ${literal(negative)} WHEN ${yes} THEN ${literal(positive)} ELSE ${column} END`;
}
