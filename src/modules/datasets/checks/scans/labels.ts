import {
  fewOfClass,
  outcomeOf,
  unequalRates,
  notDefined,
  type CheckOutcome,
  type LabelledGroup,
} from '../../../../domain/quality/index.js';
import { literal } from '../../../../platform/duckdb/index.js';
import { addFindings, type Scan } from '../load-rows.js';
import { tooManyValues, valueCounts } from './value-counts.js';

const percent = (share: number) => `${(100 * share).toFixed(2)}%`;
const named = (value: string | null) => (value === null ? 'no value' : value);

/** Classes that others outnumber. */
export async function scanImbalance(scan: Scan, label: string, maxRatio: number): Promise<CheckOutcome> {
  const counts = await valueCounts(scan, label, false);
  if (counts === null) return tooManyValues('classes', label);
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
    if (counts === null) return tooManyValues('groups', column);
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
    if ((await valueCounts(scan, column, true)) === null) return tooManyValues('groups', column);
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
