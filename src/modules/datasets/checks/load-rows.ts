import { type DuckSession, identifier, literal } from '../../../platform/duckdb/index.js';

/** A split as it is scanned: its public Parquet, in which a sealed label does not stand. */
export interface ScannedSplit {
  name: string;
  /** SQL that reads it, for a FROM clause. */
  from: string;
  rows: number;
}

/** What scans read and write. */
export interface Scan {
  db: DuckSession;
  splits: readonly ScannedSplit[];
  /** The column of table `rows` that holds a column of the version. */
  column(name: string): string;
}

/**
 * Table `rows`: `split` (position in the question), `row` (of the split as it is downloaded, from 1), `key` (text, or null), and the
 * columns that the check reads as c0, c1, ... Table `finding`: what fails, empty.
 */
export async function loadRows(
  db: DuckSession,
  splits: readonly ScannedSplit[],
  key: string | null,
  reads: readonly string[],
): Promise<Scan> {
  const index = new Map(reads.map((name, i) => [name, `c${i}`]));
  const selected = [...index].map(([name, column]) => `, ${identifier(name)} AS ${column}`).join('');
  const keyText = key === null ? 'NULL::VARCHAR' : `CAST(${identifier(key)} AS VARCHAR)`;
  const each = splits.map(
    ({ from }, i) =>
      `SELECT ${i}::INTEGER AS split, row_number() OVER () AS row, ${keyText} AS key${selected} FROM ${from}`,
  );
  await db.run(`CREATE TABLE rows AS ${each.join(' UNION ALL ')}`);
  await db.run(
    `CREATE TABLE finding (split INTEGER, row BIGINT, key VARCHAR, other_split INTEGER, other_row BIGINT, other_key VARCHAR,
       rule VARCHAR, detail VARCHAR, severity VARCHAR)`,
  );
  return {
    db,
    splits,
    column: (name) => {
      const column = index.get(name);
      if (column === undefined)
        throw new RangeError(`the check does not read column ${JSON.stringify(name)}`);
      return column;
    },
  };
}

/** SHA-256 over values as a JSON list of texts, in which null and every text differ. */
export function fingerprint(columns: readonly string[]): string {
  const texts = columns.map((column) => `CAST(${column} AS VARCHAR)`);
  return `sha256(to_json([${texts.join(', ')}])::VARCHAR)`;
}

export async function numberOf(db: DuckSession, sql: string): Promise<number> {
  const [row] = await db.rows<{ n: number | null }>(sql);
  return row?.n ?? 0;
}

/** Rows of table `rows`; of one split where it is given. */
export const countRows = ({ db }: Scan, split?: number): Promise<number> =>
  numberOf(
    db,
    `SELECT count(*)::DOUBLE AS n FROM rows ${split === undefined ? '' : `WHERE split = ${split}`}`,
  );

/** Rows among the findings of a severity. */
export const failingRows = ({ db }: Scan, severity: 'error' | 'warning' = 'error'): Promise<number> =>
  numberOf(
    db,
    `SELECT count(*)::DOUBLE AS n FROM (SELECT DISTINCT split, row FROM finding WHERE severity = '${severity}')`,
  );

interface NamedFinding {
  split: string;
  rule: string;
  detail: string;
}

/** Findings that are no rows. */
export async function addFindings({ db, splits }: Scan, found: readonly NamedFinding[]): Promise<void> {
  for (const { split, rule, detail } of found) {
    const position = splits.findIndex(({ name }) => name === split);
    await db.run(
      `INSERT INTO finding VALUES (${position}, NULL, NULL, NULL, NULL, NULL, ${literal(withoutNul(rule))}, ${literal(withoutNul(detail))}, 'error')`,
    );
  }
}

const withoutNul = (text: string) => text.replaceAll('\0', '\uFFFD');
