import {
  outcomeOf,
  type CheckOutcome,
  type ReferentialParameters,
} from '../../../../domain/quality/index.js';
import { identifier, literal } from '../../../../platform/duckdb/index.js';
import { countRows, failingRows, numberOf, type Scan } from '../load-rows.js';
import { namedOther, type ScannedVersion } from '../other-version.js';

/** Rows whose value does not stand in the column of the other version. */
export async function scanReferential(
  scan: Scan,
  other: ScannedVersion,
  { column, inColumn, inSplits }: ReferentialParameters,
): Promise<CheckOutcome> {
  const { db } = scan;
  const c = scan.column(column);
  const read = other.splits.filter(({ name }) => inSplits?.includes(name) ?? true);
  const values = read.map(({ from }) => `SELECT ${identifier(inColumn!)} AS value FROM ${from}`);
  await db.run(
    `CREATE TABLE referred AS SELECT DISTINCT value FROM (${values.join(' UNION ALL ')}) WHERE value IS NOT NULL`,
  );
  await db.run(
    `INSERT INTO finding SELECT split, row, key, NULL, NULL, NULL, ${literal(column)}, NULL, 'error'
     FROM rows ANTI JOIN referred ON rows.${c} = referred.value WHERE rows.${c} IS NOT NULL`,
  );
  return outcomeOf(
    'rows',
    { failing: await failingRows(scan), total: await countRows(scan) },
    `have a ${column} that does not stand in ${inColumn} of ${other.ref}`,
    {
      other: namedOther(other),
      otherSplits: read.map(({ name }) => name),
      values: await numberOf(db, 'SELECT count(*)::DOUBLE AS n FROM referred'),
      without: await numberOf(db, `SELECT count(*)::DOUBLE AS n FROM rows WHERE ${c} IS NULL`),
    },
  );
}
