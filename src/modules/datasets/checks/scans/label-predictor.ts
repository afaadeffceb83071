import { isNumber } from '../../../../domain/canonical/index.js';
import {
  notDefined,
  outcomeOf,
  skillOf,
  type CheckedColumn,
  type CheckOutcome,
} from '../../../../domain/quality/index.js';
import { addFindings, numberOf, type Scan } from '../load-rows.js';
import { tooManyValues, valueCounts } from './value-counts.js';

const HALVES = 2;
const BINS = 50;

/** Columns whose values tell the label of rows that they were not learned on. */
export async function scanLabelPredictor(
  scan: Scan,
  columns: readonly CheckedColumn[],
  maxSkill: number,
): Promise<CheckOutcome> {
  const { db, splits } = scan;
  const label = columns.find(({ role }) => role === 'label')!;
  const l = scan.column(label.name);
  if ((await valueCounts(scan, label.name, false)) === null) return tooManyValues('columns', label.name);
  const others = columns.filter(({ role }) => role !== 'label');
  const skills: { split: string; column: string; skill: number }[] = [];
  for (const [position, { name: split }] of splits.entries()) {
    const rows = `(SELECT * FROM rows WHERE split = ${position} AND ${l} IS NOT NULL)`;
    const [of] = await db.rows<{ n: number; most: number }>(
      `SELECT coalesce(sum(n), 0)::DOUBLE AS n, coalesce(max(n), 0)::DOUBLE AS most FROM (SELECT count(*) AS n FROM ${rows} GROUP BY ${l})`,
    );
    for (const column of others) {
      const right = await numberOf(db, rightBy(rows, scan.column(column.name), l, column));
      const skill = skillOf(right, of!.most, of!.n);
      if (skill === null) return notDefined('columns', `every label of ${split} is the same`);
      skills.push({ split, column: column.name, skill });
    }
  }
  const telling = skills.filter(({ skill }) => skill > maxSkill);
  await addFindings(
    scan,
    telling.map(({ split, column, skill }) => ({ split, rule: column, detail: `skill ${skill.toFixed(4)}` })),
  );
  return outcomeOf(
    'columns',
    { failing: telling.length, total: skills.length },
    `predict ${label.name} alone with a skill above ${maxSkill}`,
    { skills },
  );
}

/** How many rows the majority label of their value, among the rows of the other half, is right of. Unseen values take the majority of all. */
function rightBy(rows: string, column: string, label: string, { type, role }: CheckedColumn): string {
  const numeric = isNumber(type);
  // Each key stands once: what it may tell is where its row stands.
  const bucket =
    role === 'key'
      ? `CAST(floor((row - 1) * ${BINS}.0 / count(*) OVER ()) AS VARCHAR)`
      : numeric
        ? `CASE WHEN (SELECT count(DISTINCT ${column}) FROM ${rows}) <= ${BINS} THEN CAST(${column} AS VARCHAR)
             ELSE CAST(percent_rank_bin AS VARCHAR) END`
        : `CAST(${column} AS VARCHAR)`;
  const source =
    numeric && role !== 'key'
      ? `(SELECT *, floor(${BINS} * percent_rank() OVER (ORDER BY ${column})) AS percent_rank_bin FROM ${rows})`
      : rows;
  return `WITH b AS (SELECT row % ${HALVES} AS half, ${bucket} AS bucket, ${label} AS label FROM ${source}),
    counted AS (SELECT half, bucket, label, count(*) AS n FROM b GROUP BY ALL),
    best AS (SELECT half, bucket, label FROM counted QUALIFY row_number() OVER (PARTITION BY half, bucket ORDER BY n DESC, label) = 1),
    most AS (SELECT half, label FROM (SELECT half, label, sum(n) AS n FROM counted GROUP BY half, label)
             QUALIFY row_number() OVER (PARTITION BY half ORDER BY n DESC, label) = 1)
    SELECT coalesce(sum(c.n) FILTER (WHERE c.label = coalesce(best.label, most.label)), 0)::DOUBLE AS n FROM counted c
      LEFT JOIN best ON best.half <> c.half AND best.bucket IS NOT DISTINCT FROM c.bucket
      LEFT JOIN most ON most.half <> c.half`;
}
