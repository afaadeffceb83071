/** SQL of the quantile bin of a value among the rows of a query, from 0; null has none. Equal values are in one bin. */
export function quantileBin(value: string, bins: number): string {
  const rank = `percent_rank() OVER (PARTITION BY ${value} IS NULL ORDER BY ${value})`;
  return `CASE WHEN ${value} IS NOT NULL THEN least(${bins - 1}, floor(${bins} * ${rank})) END`;
}
