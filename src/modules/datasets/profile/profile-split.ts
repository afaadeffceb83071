import {
  emptyRegisters,
  finiteMoments,
  PROFILE_CATEGORIES,
  QuantileSketch,
  type CategoricalPart,
  type NumericPart,
  type StoredColumn,
  type StoredProfile,
} from '../../../domain/drift/index.js';
import { type DuckSession, identifier } from '../../../platform/duckdb/index.js';

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
  const profiled: StoredColumn[] = [];
  for (const [i, { name, type }] of columns.entries()) {
    await progress(i / columns.length, `profiling ${name}`);
    const isNumeric = NUMERIC.includes(type);
    const column = identifier(name);
    profiled.push({
      column: name,
      type,
      kind: isNumeric ? 'numeric' : 'categorical',
      rows,
      missing: await count(db, `SELECT count(*)::DOUBLE AS n FROM ${source} WHERE ${column} IS NULL`),
      distinct: { registers: await registers(db, source, column), hash },
      numeric: isNumeric ? await numbers(db, source, column) : null,
      categorical: isNumeric ? null : await categories(db, source, column),
    });
  }
  return { version: 1, rows, columns: profiled };
}

/** DuckDB's hash is not promised to stay: registers of another version do not merge. */
async function hashName(db: DuckSession): Promise<string> {
  const [row] = await db.rows<{ version: string }>('SELECT version() AS version');
  return `duckdb ${row!.version}`;
}

async function count(db: DuckSession, sql: string): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql);
  return row!.n;
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

async function numbers(db: DuckSession, source: string, column: string): Promise<NumericPart> {
  const value = `CAST(${column} AS DOUBLE)`;
  const sketch = new QuantileSketch();
  let [n, mean, m2, min, max, notFinite] = [0, 0, 0, Infinity, -Infinity, 0];
  for await (const chunk of db.columns(`SELECT ${value} FROM ${source} WHERE ${column} IS NOT NULL`)) {
    for (const x of chunk.doubles(0)) {
      if (!Number.isFinite(x)) {
        notFinite++;
        continue;
      }
      sketch.add(x);
      // Welford 1962.
      n++;
      const off = x - mean;
      mean += off / n;
      m2 += off * (x - mean);
      if (x < min) min = x;
      if (x > max) max = x;
    }
  }
  const extremes = n > 0 ? { min: min + 0, max: max + 0 } : { min: null, max: null };
  return { sketch: sketch.toJSON(), moments: finiteMoments({ n, mean, m2 }), ...extremes, notFinite };
}

async function categories(db: DuckSession, source: string, column: string): Promise<CategoricalPart> {
  const value = `CAST(${column} AS VARCHAR)`;
  const counted = await db.rows<{ value: string; count: number }>(
    `SELECT ${value} AS value, count(*)::DOUBLE AS count FROM ${source}
     WHERE ${column} IS NOT NULL AND length(${value}) <= ${LONGEST_CATEGORY}
     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${PROFILE_CATEGORIES}`,
  );
  const [all] = await db.rows<{ n: number; least: number | null; most: number | null; sum: number | null }>(
    `SELECT count(*)::DOUBLE AS n, min(length(${value}))::DOUBLE AS least, max(length(${value}))::DOUBLE AS most,
       sum(length(${value}))::DOUBLE AS sum FROM ${source} WHERE ${column} IS NOT NULL`,
  );
  const { n, least, most, sum } = all!;
  return {
    counts: counted.map(({ value: name, count: rows }) => [name, rows] as const),
    others: n - counted.reduce((total, { count: rows }) => total + rows, 0),
    lengths: n > 0 ? { min: least!, max: most!, sum: sum! } : null,
  };
}
