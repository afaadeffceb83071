import {
  emptyRegisters,
  PROFILE_CATEGORIES,
  type CategoricalPart,
  type StoredColumn,
  type StoredProfile,
} from '../../../domain/drift/index.js';
import { type DuckSession, identifier, inQueries } from '../../../platform/duckdb/index.js';
import { sketches } from './sketch-numbers.js';

/** A column of the file, with its type in the schema. */
export interface ProfiledColumn {
  name: string;
  type: string;
}

/** Longer values are no categories, and a profile is no place for them. */
const LONGEST_CATEGORY = 200;
const NUMERIC = ['int64', 'double'];

/** Summarises every column of a split's public rows, `rows` of them, which `source` reads in a FROM clause. */
export async function profileSplit(
  db: DuckSession,
  source: string,
  rows: number,
  columns: readonly ProfiledColumn[],
  progress: (fraction: number, message: string) => Promise<void>,
): Promise<StoredProfile> {
  const hash = await hashName(db);
  const side = await db.beside();
  const numeric = columns.filter(({ type }) => isNumber(type)).map(({ name }) => name);
  // Sketches are JavaScript, all else is DuckDB: neither waits for the other.
  const [sketched, scanned] = await settled(
    sketches(db, source, numeric),
    (async () => {
      const facts = await columnFacts(side, source, columns);
      const found = [];
      for (const [i, { name, type }] of columns.entries()) {
        await progress(i / columns.length, `profiling ${name}`);
        const column = identifier(name);
        found.push({
          ...facts[i]!,
          registers: await registers(side, source, column),
          categorical: isNumber(type) ? null : await categories(side, source, column, facts[i]!),
        });
      }
      return found;
    })(),
  );
  return {
    version: 1,
    rows,
    columns: columns.map(({ name, type }, i): StoredColumn => {
      const { present, missing, registers: found, categorical } = scanned[i]!;
      const numbers = sketched.get(name);
      return {
        column: name,
        type,
        kind: isNumber(type) ? 'numeric' : 'categorical',
        rows,
        missing,
        distinct: { registers: found, hash },
        numeric: numbers ? { ...numbers.part(), notFinite: present - numbers.finite } : null,
        categorical,
      };
    }),
  };
}

interface ColumnFacts {
  present: number;
  missing: number;
  /** Of the texts of what is not missing; null for numbers, and where all are missing. */
  lengths: CategoricalPart['lengths'];
}

/** What takes no more than a look at each value, of many columns in one scan. */
async function columnFacts(
  db: DuckSession,
  source: string,
  columns: readonly ProfiledColumn[],
): Promise<ColumnFacts[]> {
  const found: ColumnFacts[] = [];
  for (const some of inQueries(columns)) {
    const list = some.flatMap(({ name, type }, i) => {
      const column = identifier(name);
      const counted = [
        `count(${column})::DOUBLE AS present${i}`,
        `(count(*) - count(${column}))::DOUBLE AS missing${i}`,
      ];
      if (isNumber(type)) return counted;
      const length = `length(CAST(${column} AS VARCHAR))::BIGINT`;
      return [
        ...counted,
        `min(${length})::DOUBLE AS least${i}`,
        `max(${length})::DOUBLE AS most${i}`,
        `sum(${length})::DOUBLE AS sum${i}`,
      ];
    });
    const [row] = await db.rows<Record<string, number | null>>(`SELECT ${list.join(', ')} FROM ${source}`);
    some.forEach((_, i) => {
      const [min, max, sum] = [row![`least${i}`] ?? null, row![`most${i}`] ?? null, row![`sum${i}`] ?? null];
      const lengths = min === null || max === null || sum === null ? null : { min, max, sum };
      found.push({ present: row![`present${i}`]!, missing: row![`missing${i}`]!, lengths });
    });
  }
  return found;
}

const isNumber = (type: string): boolean => NUMERIC.includes(type);

/** All, or the error of one once none runs any more. */
async function settled<T extends readonly unknown[]>(...all: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(all);
  return (await Promise.all(all)) as unknown as T;
}

/** DuckDB's hash is not promised to stay: registers of another version do not merge. */
async function hashName(db: DuckSession): Promise<string> {
  const [row] = await db.rows<{ version: string }>('SELECT version() AS version');
  return `duckdb ${row!.version}`;
}

/** The register is named by the first 12 bits of a hash; the fewest leading zeros stand before the smallest of the rest. */
async function registers(db: DuckSession, source: string, column: string): Promise<string> {
  const found = emptyRegisters();
  const rows = await db.rows<{ register: number; least: number }>(
    `SELECT (h >> 52)::INTEGER AS register, min(h & 4503599627370495)::DOUBLE AS least
     FROM (SELECT hash(${column}) AS h FROM ${source} WHERE ${column} IS NOT NULL) GROUP BY 1`,
  );
  for (const { register, least } of rows) found[register] = 53 - bitLength(least);
  return Buffer.from(found).toString('base64');
}

/** Bits of a whole number below 2^52. */
function bitLength(value: number): number {
  const high = Math.floor(value / 2 ** 32);
  return high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(value);
}

async function categories(
  db: DuckSession,
  source: string,
  column: string,
  { present, lengths }: ColumnFacts,
): Promise<CategoricalPart> {
  // Values are counted as they are and become texts behind that: few of them are left.
  const counted = await db.rows<{ value: string; count: number }>(
    `SELECT CAST(value AS VARCHAR) AS value, count FROM (
       SELECT ${column} AS value, count(*)::DOUBLE AS count FROM ${source}
       WHERE ${column} IS NOT NULL ${lengths && lengths.max > LONGEST_CATEGORY ? `AND length(CAST(${column} AS VARCHAR)) <= ${LONGEST_CATEGORY}` : ''}
       GROUP BY 1)
     ORDER BY 2 DESC, 1 LIMIT ${PROFILE_CATEGORIES}`,
  );
  return {
    counts: counted.map(({ value: name, count: n }) => [name, n] as const),
    others: present - counted.reduce((total, { count: n }) => total + n, 0),
    lengths,
  };
}
