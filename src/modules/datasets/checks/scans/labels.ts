import {
  fewOfClass,
  outcomeOf,
  skillOf,
  unequalRates,
  notDefined,
  type CheckedColumn,
  type CheckOutcome,
  type LabelledGroup,
} from '../../../../domain/quality/index.js';
import { literal } from '../../../../platform/duckdb/index.js';
import { addFindings, numberOf, type Scan } from '../load-rows.js';

const MAX_CLASSES = 1_000;
const percent = (share: number) => `${(100 * share).toFixed(2)}%`;
const named = (value: string | null) => (value === null ? 'no value' : value);

/** Classes that others outnumber. */
export async function scanImbalance(scan: Scan, label: string, maxRatio: number): Promise<CheckOutcome> {
  const counts = await valueCounts(scan, label, false);
  if (counts === null) return tooMany('classes', label);
  const few = fewOfClass(counts, maxRatio);
  await addFindings(
    scan,
    few.map(({ split, value, rows, ratio }) => ({
      split,
      rule: named(value),
      detail: `${rows} rows, one for ${ratio.toFixed(2)} of the largest class`,
    })),
  );
  return outcomeOf(
    'classes',
    { failing: few.length, total: counts.length },
    `are outnumbered more than ${maxRatio} to 1`,
    { counts },
  );
}

/** Groups of few rows. */
export async function scanRepresentation(
  scan: Scan,
  columns: readonly string[],
  minRows: number,
): Promise<CheckOutcome> {
  const facts: Record<string, unknown> = {};
  let [failing, total] = [0, 0];
  for (const column of columns) {
    const counts = await valueCounts(scan, column, true);
    if (counts === null) return tooMany('groups', column);
    facts[column] = counts;
    const few = counts.filter(({ rows }) => rows < minRows);
    failing += few.length;
    total += counts.length;
    await addFindings(
      scan,
      few.map(({ split, value, rows }) => ({
        split,
        rule: `${column}: ${named(value)}`,
        detail: `${rows} rows`,
      })),
    );
  }
  return outcomeOf('groups', { failing, total }, `have fewer than ${minRows} rows`, { counts: facts });
}

/** Groups whose labels are less often positive. */
export async function scanLabelRateParity(
  scan: Scan,
  columns: readonly string[],
  label: string,
  { positive, minRatio }: { positive: string; minRatio: number },
): Promise<CheckOutcome> {
  const { db, splits } = scan;
  const l = scan.column(label);
  const groups: LabelledGroup[] = [];
  for (const column of columns) {
    if ((await valueCounts(scan, column, true)) === null) return tooMany('groups', column);
    const found = await db.rows<{ split: number; value: string | null; rows: number; positives: number }>(
      `SELECT split, CAST(${scan.column(column)} AS VARCHAR) AS value, count(*)::DOUBLE AS rows,
         count(*) FILTER (WHERE CAST(${l} AS VARCHAR) = ${literal(positive)})::DOUBLE AS positives
       FROM rows WHERE ${l} IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2 NULLS LAST`,
    );
    groups.push(...found.map((group) => ({ ...group, column, split: splits[group.split]!.name })));
  }
  if (groups.every(({ positives }) => positives === 0))
    return notDefined('groups', `no label is ${JSON.stringify(positive.slice(0, 60))}`);
  const unequal = unequalRates(groups, minRatio);
  await addFindings(
    scan,
    unequal.map(({ split, column, value, rate, ratio }) => ({
      split,
      rule: `${column}: ${named(value)}`,
      detail: `${percent(rate)} positive, ${ratio.toFixed(4)} of the largest share`,
    })),
  );
  return outcomeOf(
    'groups',
    { failing: unequal.length, total: groups.length },
    `have positive labels less than ${minRatio} times as often as another`,
    { groups },
  );
}

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
  if ((await valueCounts(scan, label.name, false)) === null) return tooMany('columns', label.name);
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
  const numeric = type === 'int64' || type === 'double';
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

/** Rows of each value in each split; null beyond MAX_CLASSES of them. */
async function valueCounts(
  { db, splits, column }: Scan,
  name: string,
  nulls: boolean,
): Promise<{ split: string; value: string | null; rows: number }[] | null> {
  const c = column(name);
  const found = await db.rows<{ split: number; value: string | null; rows: number }>(
    `SELECT split, CAST(${c} AS VARCHAR) AS value, count(*)::DOUBLE AS rows FROM rows ${nulls ? '' : `WHERE ${c} IS NOT NULL`}
     GROUP BY 1, 2 ORDER BY 1, 2 NULLS LAST LIMIT ${MAX_CLASSES * splits.length + 1}`,
  );
  const most = splits.some((_, i) => found.filter(({ split }) => split === i).length > MAX_CLASSES);
  return most ? null : found.map((one) => ({ ...one, split: splits[one.split]!.name }));
}

const tooMany = (unit: 'classes' | 'groups' | 'columns', column: string): CheckOutcome =>
  notDefined(
    unit,
    `column ${column} has more than ${MAX_CLASSES} values: they are no ${unit === 'groups' ? 'groups' : 'classes'}`,
  );
