import { join } from 'node:path';
import type { CheckFinding } from '../../../domain/quality/index.js';
import { literal } from '../../../platform/duckdb/index.js';
import { numberOf, type Scan } from './load-rows.js';

const FIRST = 5;

/** Table `finding` as JSON lines, in the order of splits and rows: the path, null where there is none, and the first of them. */
export async function writeFindings({
  db,
  splits,
}: Scan): Promise<{ path: string | null; first: CheckFinding[] }> {
  if ((await numberOf(db, 'SELECT count(*)::DOUBLE AS n FROM finding')) === 0)
    return { path: null, first: [] };
  const name = (column: string) =>
    `CASE ${column} ${splits.map((split, i) => `WHEN ${i} THEN ${literal(split.name)}`).join(' ')} END`;
  const ordered = `SELECT ${name('split')} AS split, row, key, ${name('other_split')} AS "otherSplit", other_row AS "otherRow",
      other_key AS "otherKey", rule, detail, severity FROM (FROM finding ORDER BY finding.split, finding.row, finding.rule)`;
  const path = join(db.scratch, 'findings.jsonl');
  await db.run(`COPY (${ordered}) TO ${literal(path)} (FORMAT json)`);
  // Errors first: the sentence of a gate names what made it fail.
  const first = await db.rows<CheckFinding>(
    `SELECT * REPLACE (row::DOUBLE AS row, "otherRow"::DOUBLE AS "otherRow")
     FROM (SELECT *, row_number() OVER () AS place FROM (${ordered})) ORDER BY severity, place LIMIT ${FIRST}`,
  );
  return {
    path,
    first: first.map(({ split, row, key, otherSplit, otherRow, otherKey, rule, detail, severity }) => ({
      split,
      row,
      key,
      otherSplit,
      otherRow,
      otherKey,
      rule,
      detail,
      severity,
    })),
  };
}
