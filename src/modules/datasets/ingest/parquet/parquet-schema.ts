import { type DuckSession, literal } from '../../../../platform/duckdb/index.js';

/** A column of the top level, as the footer describes it. */
export interface SchemaRow {
  name: string;
  physical: string | null;
  children: number | null;
  repetition: string | null;
  logical: string | null;
}

/** How many columns of the top level a file says it has, and these columns. Throws what DuckDB says of a broken footer. */
export async function parquetSchema(
  db: DuckSession,
  path: string,
): Promise<{ width: number; top: SchemaRow[] }> {
  const schema = await db.rows<SchemaRow>(
    `SELECT name, type AS physical, num_children::DOUBLE AS children, repetition_type AS repetition, logical_type AS logical
     FROM parquet_schema(${literal(path)})`,
  );
  return { width: schema[0]?.children ?? 0, top: topLevel(schema) };
}

/** Names of types that DuckDB (1.5.6) reads as others without a word, and what they hold with them; undefined for all others. */
export function misread({ physical, logical }: SchemaRow): string | undefined {
  if (physical === 'INT96') return 'INT96';
  if (logical === null) return undefined;
  // Nulls of no type, which it takes for integers.
  if (logical === 'NullType()') return 'NULL';
  // Cut off at microseconds.
  if (/^TimestampType\(isAdjustedToUTC=1.*NANOS=NanoSeconds/.test(logical))
    return 'TIMESTAMP_NS WITH TIME ZONE';
  // Beyond 38 digits it gives doubles that are other numbers.
  const [, scale, precision] = /^DecimalType\(scale=(\d+), precision=(\d+)\)/.exec(logical) ?? [];
  return Number(precision) > 38
    ? `DECIMAL of ${precision} digits, ${scale} of them behind the point`
    : undefined;
}

/** Rows of the schema without what lies inside others; the first is the root. */
function topLevel(schema: readonly SchemaRow[]): SchemaRow[] {
  const behind = (at: number): number => {
    let next = at + 1;
    for (let left = schema[at]?.children ?? 0; left > 0; left--) next = behind(next);
    return next;
  };
  const top: SchemaRow[] = [];
  for (let at = 1; at < schema.length; at = behind(at)) top.push(schema[at]!);
  return top;
}
