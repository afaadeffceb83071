/** A query of thousands of columns takes longer to plan than to run. */
const COLUMNS_AT_ONCE = 100;

/** Columns in groups, each of which one query asks about. */
export function inQueries<T>(columns: readonly T[]): T[][] {
  const groups: T[][] = [];
  for (let start = 0; start < columns.length; start += COLUMNS_AT_ONCE)
    groups.push(columns.slice(start, start + COLUMNS_AT_ONCE));
  return groups;
}
