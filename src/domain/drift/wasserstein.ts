/**
 * Wasserstein's 1-distance between two samples, in the column's units: the area between their distribution functions.
 * Both ascending, finite, one value or more. Vallender 1974.
 */
export function wasserstein(x: Float64Array, y: Float64Array): number {
  const [n, m] = [x.length, y.length];
  let area = 0;
  let i = 0;
  let j = 0;
  let at = Math.min(x[0]!, y[0]!);
  while (i < n || j < m) {
    const next = j >= m || (i < n && x[i]! <= y[j]!) ? x[i]! : y[j]!;
    area += (Math.abs(i * m - j * n) / (n * m)) * (next - at);
    at = next;
    while (i < n && x[i] === at) i++;
    while (j < m && y[j] === at) j++;
  }
  return area;
}

/** The population standard deviation (divisor n); 0 only where all values are equal. */
export function standardDeviation(values: Float64Array): number {
  const origin = values[0] ?? 0;
  if (values.every((value) => value === origin)) return 0;
  const mean = values.reduce((sum, value) => sum + (value - origin), 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - origin - mean) ** 2, 0);
  return Math.sqrt(squares / values.length);
}
