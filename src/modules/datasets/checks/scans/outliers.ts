import { outcomeOf, type CheckOutcome } from '../../../../domain/quality/index.js';
import { literal } from '../../../../platform/duckdb/index.js';
import { countRows, failingRows, type Scan } from '../load-rows.js';

interface Fences {
  split: number;
  low: number | null;
  high: number | null;
}

/** Rows outside the fences of a column in their split. */
export async function scanOutliers(
  scan: Scan,
  columns: readonly string[],
  fence: number,
): Promise<CheckOutcome> {
  const { db, splits } = scan;
  const fences: { split: string; column: string; low: number; high: number }[] = [];
  const without: { split: string; column: string }[] = [];
  for (const name of columns) {
    const value = `CAST(${scan.column(name)} AS DOUBLE)`;
    const found = await db.rows<Fences>(
      `SELECT split, low, high FROM (
         SELECT split, quantile_cont(${value}, [0.25, 0.75]) AS q, q[1] - ${fence} * (q[2] - q[1]) AS low, q[2] + ${fence} * (q[2] - q[1]) AS high
         FROM rows WHERE isfinite(${value}) GROUP BY split) WHERE q[1] < q[2] ORDER BY split`,
    );
    for (const [position, { name: split }] of splits.entries()) {
      const of = found.find((each) => each.split === position);
      if (of) fences.push({ split, column: name, low: held(of.low!), high: held(of.high!) });
      else without.push({ split, column: name });
      const outside = of
        ? `OR ${value} < ${held(of.low!)}::DOUBLE OR ${value} > ${held(of.high!)}::DOUBLE`
        : '';
      await db.run(
        `INSERT INTO finding SELECT split, row, key, NULL, NULL, NULL, ${literal(name)}, CAST(${scan.column(name)} AS VARCHAR), 'error'
         FROM rows WHERE split = ${position} AND (NOT isfinite(${value}) ${outside})`,
      );
    }
  }
  return outcomeOf(
    'rows',
    { failing: await failingRows(scan), total: await countRows(scan) },
    `have a number outside the fences of its column`,
    { fences, withoutFences: without },
  );
}

/** A fence beyond every number stands at the last of them. */
const held = (fence: number) => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, fence));
