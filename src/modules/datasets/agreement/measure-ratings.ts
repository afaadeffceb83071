import { agreementOf, coefficientsFor, type RatedUnit } from '../../../domain/agreement/index.js';
import type { Metric } from '../../../domain/metrics/metric.js';
import { type DuckSession, identifier, literal } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { PlannedSample } from '../drift/drift-plan.js';
import type { AgreementPlan } from './agreement-plan.js';

/** Of more different rows of ratings the bootstrap is not drawn: they are texts and no categories. */
const MOST_PATTERNS = 5_000;
const SHOWN = 5;

export interface AgreementReport {
  sample: PlannedSample;
  ratings: string[];
  level: AgreementPlan['level'];
  categories: readonly string[];
  seed: number;
  /** Rows with two ratings or more, and those with fewer, which say nothing. */
  pairable: number;
  alone: number;
  /** Raw agreement first: a coefficient alone hides how often raters agreed. */
  coefficients: { id: string; version: number; label: string; metric: Metric }[];
  /** By column: how often each category was given, and how many rows were not rated. */
  raters: { column: string; counts: number[]; missing: number }[];
}

/** Reads ratings as texts, each number as its shortest one. Throws AGREEMENT_CATEGORY_UNKNOWN, AGREEMENT_TOO_VARIED. */
export async function measureRatings(
  db: DuckSession,
  from: string,
  plan: AgreementPlan,
  progress: (fraction: number, message: string) => Promise<void>,
): Promise<AgreementReport> {
  const { sample, ratings, level, scale, seed } = plan;
  await countPatterns(db, from, plan);
  const units = await ratedRows(db, plan);
  const coefficients = [];
  const asked = coefficientsFor(level, ratings.length);
  for (const [i, coefficient] of asked.entries()) {
    await progress(i / asked.length, `measuring ${coefficient.label}`);
    const { id, version, label } = coefficient;
    coefficients.push({ id, version, label, metric: agreementOf(coefficient, units, scale, { seed }) });
  }
  const rows = (kept: (labels: RatedUnit['labels']) => boolean) =>
    units.reduce((sum, { labels, weight }) => (kept(labels) ? sum + weight : sum), 0);
  const pairable = rows((labels) => labels.filter((label) => label !== null).length >= 2);
  return {
    sample,
    ratings,
    level,
    categories: scale.categories,
    seed,
    pairable,
    alone: sample.rows - pairable,
    coefficients,
    raters: ratings.map((column, r) => ({
      column,
      counts: scale.categories.map((_, category) => rows((labels) => labels[r] === category)),
      missing: rows((labels) => labels[r] === null),
    })),
  };
}

/** Table `patterns`: the place of each rater's label (0 to n - 1, -1 where it is none of them, null where there is none), and how many rows have these. */
async function countPatterns(
  db: DuckSession,
  from: string,
  { ratings, scale, sample }: AgreementPlan,
): Promise<void> {
  const categories = `[${scale.categories.map(literal).join(', ')}]`;
  const text = (column: string) => `CAST(${identifier(column)} AS VARCHAR)`;
  const numbers = scale.values ? `[${scale.values.map((value) => `${value}::DOUBLE`).join(', ')}]` : null;
  const place = (column: string) =>
    numbers === null
      ? `coalesce(list_position(${categories}, ${text(column)}), 0) - 1`
      : `coalesce(list_position(${numbers}, TRY_CAST(${identifier(column)} AS DOUBLE)), 0) - 1`;
  const places = ratings.map(
    (column, r) =>
      `CASE WHEN coalesce(${text(column)}, '') = '' THEN NULL ELSE ${place(column)} END AS r${r}`,
  );
  for (const [r, column] of ratings.entries()) {
    const unknown = await db.rows<{ value: string; count: number }>(
      `SELECT ${text(column)} AS value, (sum(count(*)) OVER ())::DOUBLE AS count
       FROM (SELECT *, ${places[r]} FROM ${from}) WHERE r${r} = -1 GROUP BY 1 ORDER BY 1 LIMIT ${SHOWN}`,
    );
    if (unknown.length === 0) continue;
    const { count } = unknown[0]!;
    throw new InvalidInputError(
      'AGREEMENT_CATEGORY_UNKNOWN',
      `column ${JSON.stringify(column)} of split ${sample.split} has ${count} ${count === 1 ? 'rating' : 'ratings'} that are none of the categories; the first: ${unknown.map(({ value }) => JSON.stringify(value.slice(0, 100))).join(', ')}`,
      { remedy: 'Name every category of the guideline, as its ratings are written.' },
    );
  }
  await db.run(
    `CREATE TEMP TABLE patterns AS SELECT ${ratings.map((_, r) => `r${r}`).join(', ')}, count(*)::DOUBLE AS weight
     FROM (SELECT ${places.join(', ')} FROM ${from}) GROUP BY ALL`,
  );
}

async function ratedRows(db: DuckSession, { ratings, sample }: AgreementPlan): Promise<RatedUnit[]> {
  const names = ratings.map((_, r) => `r${r}`).join(', ');
  const rows = await db.rows<Record<string, number | null>>(
    `SELECT ${names}, weight FROM patterns ORDER BY ALL LIMIT ${MOST_PATTERNS + 1}`,
  );
  if (rows.length > MOST_PATTERNS)
    throw new InvalidInputError(
      'AGREEMENT_TOO_VARIED',
      `the ratings of split ${sample.split} come in more than ${MOST_PATTERNS} combinations`,
      { remedy: 'Name fewer columns, or ratings of fewer categories.' },
    );
  return rows.map((row) => ({ labels: ratings.map((_, r) => row[`r${r}`] ?? null), weight: row.weight! }));
}
