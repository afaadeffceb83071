import { outcomeOf, type CheckOutcome } from '../../../../domain/quality/index.js';
import { countRows, failingRows, fingerprint, numberOf, type Scan } from '../load-rows.js';

/** Copies beyond the first within each split. */
export async function scanDuplicates(scan: Scan, compared: readonly string[]): Promise<CheckOutcome> {
  const { db } = scan;
  await print(scan, compared);
  await db.run(
    `INSERT INTO finding SELECT p.split, p.row, p.key, p.split, f.row, f.key, NULL, NULL, 'error'
     FROM print p JOIN (SELECT split, print, min(row) AS row, arg_min(key, row) AS key FROM print GROUP BY split, print) f
       ON f.split = p.split AND f.print = p.print
     WHERE p.row <> f.row`,
  );
  return outcomeOf(
    'rows',
    { failing: await failingRows(scan), total: await countRows(scan) },
    'stand before in the same split',
    { comparedColumns: compared.length },
  );
}

/** Rows of the second split that stand in the first. */
export async function scanLeakage(scan: Scan, compared: readonly string[]): Promise<CheckOutcome> {
  const [from, into] = scan.splits;
  await print(scan, compared);
  await shared(scan);
  return outcomeOf(
    'rows',
    { failing: await failingRows(scan), total: await countRows(scan, 1) },
    `of ${into!.name} stand in ${from!.name}`,
    { comparedColumns: compared.length },
  );
}

/** Rows of the second split whose value of a column stands in the first. */
export async function scanEntityLeakage(scan: Scan, column: string): Promise<CheckOutcome> {
  const { db, splits } = scan;
  const c = scan.column(column);
  await db.run(
    `CREATE TABLE print AS SELECT split, row, key, CAST(${c} AS VARCHAR) AS print FROM rows WHERE ${c} IS NOT NULL`,
  );
  await shared(scan);
  const entities = await numberOf(
    db,
    `SELECT count(DISTINCT print)::DOUBLE AS n FROM print SEMI JOIN finding USING (split, row)`,
  );
  return outcomeOf(
    'rows',
    { failing: await failingRows(scan), total: await countRows(scan, 1) },
    `of ${splits[1]!.name} are of an entity that stands in ${splits[0]!.name}`,
    {
      entities,
      withoutEntity: await numberOf(db, `SELECT count(*)::DOUBLE AS n FROM rows WHERE ${c} IS NULL`),
    },
  );
}

/** Rows that differ in the label alone. */
export async function scanConflictingLabels(
  scan: Scan,
  compared: readonly string[],
  label: string,
): Promise<CheckOutcome> {
  const { db } = scan;
  const columns = compared.map((name) => scan.column(name));
  // Rows in the order of the question: the earliest with another label is named.
  await db.run(
    `CREATE TABLE print AS SELECT split, row, key, ${fingerprint(columns)} AS print, CAST(${scan.column(label)} AS VARCHAR) AS label,
       split::BIGINT * 1099511627776 + row AS place FROM rows WHERE ${scan.column(label)} IS NOT NULL`,
  );
  await db.run(
    `INSERT INTO finding
     WITH first AS (SELECT print, label, min(place) AS place, arg_min({split: split, row: row, key: key}, place) AS at FROM print GROUP BY print, label)
     SELECT p.split, p.row, p.key, o.at.split, o.at.row, o.at.key, NULL, NULL, 'error'
     FROM print p JOIN LATERAL (
       SELECT arg_min(f.at, f.place) AS at FROM first f WHERE f.print = p.print AND f.label <> p.label) o ON o.at IS NOT NULL`,
  );
  const groups = await numberOf(
    db,
    `SELECT count(*)::DOUBLE AS n FROM (SELECT print FROM print GROUP BY print HAVING count(DISTINCT label) > 1)`,
  );
  return outcomeOf(
    'rows',
    { failing: await failingRows(scan), total: await countRows(scan) },
    `have another label than a row that is otherwise the same`,
    { groups, comparedColumns: compared.length },
  );
}

/** Table `print`: split, row, key, and one text for each different row. */
async function print(scan: Scan, compared: readonly string[]): Promise<void> {
  const columns = compared.map((name) => scan.column(name));
  await scan.db.run(
    `CREATE TABLE print AS SELECT split, row, key, ${fingerprint(columns)} AS print FROM rows`,
  );
}

/** Prints of the second split that the first has. */
async function shared({ db }: Scan): Promise<void> {
  await db.run(
    `INSERT INTO finding SELECT 1, p.row, p.key, 0, f.row, f.key, NULL, NULL, 'error'
     FROM print p JOIN (SELECT print, min(row) AS row, arg_min(key, row) AS key FROM print WHERE split = 0 GROUP BY print) f
       ON f.print = p.print
     WHERE p.split = 1`,
  );
}
