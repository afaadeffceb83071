import { notDefined, outcomeOf, type CheckOutcome } from '../../../../domain/quality/index.js';
import { countRows, failingRows, numberOf, type Scan } from '../load-rows.js';

/** Rows of the first split that are later than the earliest of the second. */
export async function scanTimeLeakage(scan: Scan, column: string): Promise<CheckOutcome> {
  const { db, splits } = scan;
  const c = scan.column(column);
  const [first, second] = splits;
  const without = (split: number) =>
    numberOf(db, `SELECT count(*)::DOUBLE AS n FROM rows WHERE split = ${split} AND ${c} IS NULL`);
  const facts = { withoutTime: { [first!.name]: await without(0), [second!.name]: await without(1) } };
  // Of a row without a time nobody knows whether it is later.
  if (facts.withoutTime[first!.name]! > 0 || facts.withoutTime[second!.name]! > 0)
    return notDefined(
      'rows',
      `${facts.withoutTime[first!.name]} rows of ${first!.name} and ${facts.withoutTime[second!.name]} of ${second!.name} have no ${column}`,
      facts,
    );
  await db.run(
    `INSERT INTO finding SELECT r.split, r.row, r.key, 1, e.row, e.key, NULL, NULL, 'error'
     FROM rows r, (SELECT row, key, ${c} AS at FROM rows WHERE split = 1 ORDER BY ${c}, row LIMIT 1) e
     WHERE r.split = 0 AND r.${c} > e.at`,
  );
  const [earliest] = await db.rows<{ at: string }>(
    `SELECT CAST(min(${c}) AS VARCHAR) AS at FROM rows WHERE split = 1`,
  );
  return outcomeOf(
    'rows',
    { failing: await failingRows(scan), total: await countRows(scan, 0) },
    `of ${first!.name} are later than the earliest of ${second!.name} (${earliest!.at})`,
    { ...facts, earliest: earliest!.at },
  );
}
