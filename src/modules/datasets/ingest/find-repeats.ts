import { join } from 'node:path';
import { type DuckSession, literal } from '../../../platform/duckdb/index.js';
import type { ColumnType } from '../../../domain/canonical/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import type { RoleColumns } from './check-rows.js';
import { columnAt, type RowsFile } from './rows-file.js';

/** A split's values of their types: `from` reads them, for a FROM clause, in columns `row`, `c0`, `c1`, ... */
export type OrderedRows = RowsFile;

/** On which columns rows were compared; never on the key, and never on a sealed split's label. */
export type ComparedOn = 'features' | 'featuresAndLabel';

/**
 * Rows of one split that stand again in the same split (`inSplit` = `foundIn`: duplicates, copies beyond the first) or in
 * another (leakage).
 */
export interface Repeats {
  inSplit: string;
  foundIn: string;
  /** Rows of `inSplit`. */
  total: number;
  comparedOn: ComparedOn;
  /** The count that `comparedOn` gives. */
  rows: number;
  ignoringLabel: number;
  /** Null without a label. Where a split is sealed, for auditors alone. */
  withLabel: number | null;
  /** JSON lines {row, key, otherRow, otherKey}, one per counted row; null where there are none. */
  findings: string | null;
}

interface Counted {
  in_split: number;
  found_in: number;
  rows: number;
}

/** Every exact repetition within and between splits. Empty when the data has no column but key and label to compare. */
export async function findRepeats(
  db: DuckSession,
  files: readonly OrderedRows[],
  columns: readonly DatasetColumn[],
  { key, label }: RoleColumns,
): Promise<Repeats[]> {
  const features = columns
    .map((column, index) => ({ ...column, index }))
    .filter(({ role }) => role !== 'key' && role !== 'label');
  if (features.length === 0) return [];
  await db.run(
    'CREATE TABLE fingerprint (split SMALLINT, row BIGINT, key VARCHAR, features VARCHAR, whole VARCHAR)',
  );
  await tableCandidates(db, files, features);
  for (const [position, { from }] of files.entries()) {
    const print = sum(features.map(({ type, index }) => textOf(type, columnAt(index))));
    const whole = label ? sum(['f.features', textOf(label.type, `f.${columnAt(label.index)}`)]) : 'NULL';
    await db.run(
      `INSERT INTO fingerprint SELECT ${position}, row, ${key ? textOf(key.type, columnAt(key.index)) : 'NULL'}, features, ${whole}
       FROM (SELECT *, ${print} AS features FROM ${from} SEMI JOIN (SELECT row FROM candidate WHERE split = ${position}) USING (row)) AS f`,
    );
  }
  const ignoringLabel = await counts(db, 'features');
  const withLabel = label ? await counts(db, 'whole') : null;

  const repeats: Repeats[] = [];
  for (const [i, inSplit] of files.entries()) {
    for (const [j, foundIn] of files.entries()) {
      const sealed = inSplit.split.sealed || foundIn.split.sealed;
      const comparedOn: ComparedOn = label && !sealed ? 'featuresAndLabel' : 'features';
      const counted = { ignoringLabel: ignoringLabel(i, j), withLabel: withLabel?.(i, j) ?? null };
      const rows = comparedOn === 'features' ? counted.ignoringLabel : (counted.withLabel ?? 0);
      const findings = rows === 0 ? null : await writeFindings(db, i, j, comparedOn);
      repeats.push({
        inSplit: inSplit.split.name,
        foundIn: foundIn.split.name,
        total: inSplit.rows,
        comparedOn,
        rows,
        ...counted,
        findings,
      });
    }
  }
  await db.run('DROP TABLE fingerprint; DROP TABLE candidate');
  return repeats;
}

/** Table `candidate` (split, row): no other row is like another one. Of few rows more is asked than a hash of 64 bits can say. */
async function tableCandidates(
  db: DuckSession,
  files: readonly OrderedRows[],
  features: readonly { index: number }[],
): Promise<void> {
  const list = features.map(({ index }) => columnAt(index)).join(', ');
  const each = files.map(
    ({ from }, i) => `SELECT ${i}::SMALLINT AS split, row, hash(${list}) AS sketch FROM ${from}`,
  );
  await db.run(`CREATE TABLE sketched AS ${each.join(' UNION ALL ')}`);
  await db.run(
    `CREATE TABLE candidate AS SELECT split, row FROM sketched
     SEMI JOIN (SELECT sketch FROM sketched GROUP BY sketch HAVING count(*) > 1) USING (sketch)`,
  );
  await db.run('DROP TABLE sketched');
}

/** One text per value: equal where the values are equal. Null stays null. */
const textOf = (type: ColumnType, column: string): string =>
  type === 'text' ? column : `CAST(${column} AS VARCHAR)`;

/** SHA-256 over the texts as a JSON list, in which null and every text differ. */
function sum(texts: readonly string[]): string {
  return `sha256(to_json([${texts.join(', ')}])::VARCHAR)`;
}

async function counts(
  db: DuckSession,
  print: 'features' | 'whole',
): Promise<(inSplit: number, foundIn: number) => number> {
  const found = await db.rows<Counted>(
    `WITH present AS (SELECT DISTINCT split, ${print} AS print FROM fingerprint)
     SELECT f.split::DOUBLE AS in_split, p.split::DOUBLE AS found_in, count(*)::DOUBLE AS rows
     FROM fingerprint f JOIN present p ON p.print = f.${print} AND p.split <> f.split GROUP BY ALL
     UNION ALL
     SELECT split, split, (count(*) - count(DISTINCT ${print}))::DOUBLE FROM fingerprint GROUP BY split`,
  );
  const byPair = new Map(found.map(({ in_split, found_in, rows }) => [`${in_split}:${found_in}`, rows]));
  return (inSplit, foundIn) => byPair.get(`${inSplit}:${foundIn}`) ?? 0;
}

async function writeFindings(
  db: DuckSession,
  inSplit: number,
  foundIn: number,
  comparedOn: ComparedOn,
): Promise<string> {
  const print = comparedOn === 'features' ? 'features' : 'whole';
  const path = join(db.scratch, `repeats-${inSplit}-${foundIn}.jsonl`);
  await db.run(
    `COPY (
       SELECT f.row, f.key, other.row AS "otherRow", other.key AS "otherKey" FROM fingerprint f
       JOIN (SELECT ${print} AS print, min(row) AS row, arg_min(key, row) AS key FROM fingerprint WHERE split = ${foundIn} GROUP BY print) AS other
         ON other.print = f.${print}
       WHERE f.split = ${inSplit} ${inSplit === foundIn ? 'AND f.row <> other.row' : ''} ORDER BY f.row
     ) TO ${literal(path)} (FORMAT json)`,
  );
  return path;
}
