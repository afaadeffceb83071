import { smirnovP, type SmirnovP } from '../statistics/index.js';

export interface KolmogorovSmirnov extends SmirnovP {
  /** The largest distance between the distribution functions, in [0, 1]. */
  d: number;
}

/** Two-sample Kolmogorov-Smirnov, two-sided; exact with ties for small samples. Both ascending, without NaN, one value or more. */
export function kolmogorovSmirnov(x: Float64Array, y: Float64Array): KolmogorovSmirnov {
  const [n, m] = [x.length, y.length];
  const groupEnds = new Uint8Array(n + m + 1);
  let largest = 0;
  for (let i = 0, j = 0; i < n || j < m;) {
    const at = j >= m || (i < n && x[i]! <= y[j]!) ? x[i]! : y[j]!;
    while (i < n && x[i] === at) i++;
    while (j < m && y[j] === at) j++;
    groupEnds[i + j] = 1;
    largest = Math.max(largest, Math.abs(i * m - j * n));
  }
  const d = largest / (n * m);
  return { d, ...smirnovP(d, n, m, groupEnds) };
}
