import { type CheckedColumn, type ColumnFacts, MOST_VALUES } from '../../../../domain/quality/index.js';
import { type DuckSession, identifier } from '../../../../platform/duckdb/index.js';
import type { ScannedSplit } from '../load-rows.js';

interface Row {
  rows: number;
  missing: number;
  distinct: number;
  low: number | string | null;
  high: number | string | null;
}

/** Facts of columns over all splits together; each column is read by itself. */
export async function measureColumns(
  db: DuckSession,
  splits: readonly ScannedSplit[],
  columns: readonly CheckedColumn[],
  progress: (fraction: number, message: string) => Promise<void>,
): Promise<ColumnFacts[]> {
  const facts: ColumnFacts[] = [];
  for (const [i, column] of columns.entries()) {
    await progress(i / columns.length, `reading ${column.name}`);
    facts.push(await measureColumn(db, splits, column));
  }
  return facts;
}

async function measureColumn(
  db: DuckSession,
  splits: readonly ScannedSplit[],
  column: CheckedColumn,
): Promise<ColumnFacts> {
  const each = splits.map(
    ({ from }, i) => `SELECT ${i} AS split, ${identifier(column.name)} AS value FROM ${from}`,
  );
  await db.run(`CREATE OR REPLACE TEMP TABLE measured AS ${each.join(' UNION ALL ')}`);
  const [low, high] = boundsOf(column);
  const [row] = await db.rows<Row>(
    `SELECT count(*)::DOUBLE AS rows, (count(*) FILTER (WHERE value IS NULL))::DOUBLE AS missing,
       count(DISTINCT value)::DOUBLE AS distinct, ${low} AS low, ${high} AS high FROM measured`,
  );
  const [once] = await db.rows<{ unique: boolean }>(
    `SELECT bool_and(held = kinds) AS unique FROM (
       SELECT count(value) AS held, count(DISTINCT value) AS kinds FROM measured GROUP BY split)`,
  );
  const { rows, missing, distinct } = row!;
  const values =
    column.type === 'text' && distinct <= MOST_VALUES
      ? await db.rows<{ value: string }>(
          'SELECT DISTINCT value FROM measured WHERE value IS NOT NULL ORDER BY value',
        )
      : null;
  return {
    ...column,
    rows,
    missing,
    distinct,
    unique: once?.unique ?? false,
    min: row!.low,
    max: row!.high,
    values: values?.map(({ value }) => value) ?? null,
  };
}

/** SQL of the least and largest value as a rule writes them; null where it cannot. */
function boundsOf({ type }: CheckedColumn): [string, string] {
  const both = (of: (bound: string) => string): [string, string] => [of('min(value)'), of('max(value)')];
  switch (type) {
    case 'int64':
      // Beyond 2^53 a number of JSON is another.
      return both(
        (bound) => `CASE WHEN abs(${bound}::HUGEINT) <= 9007199254740991 THEN ${bound}::DOUBLE END`,
      );
    case 'double':
      return both((bound) => `CASE WHEN bool_and(isfinite(value)) THEN ${bound} END`);
    case 'date':
      return both((bound) => `CAST(${bound} AS VARCHAR)`);
    case 'timestamp':
      return both((bound) => `strftime(${bound} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')`);
    case 'timestamp_naive':
      return both((bound) => `strftime(${bound}, '%Y-%m-%dT%H:%M:%S.%f')`);
    default:
      return ['NULL::VARCHAR', 'NULL::VARCHAR'];
  }
}
