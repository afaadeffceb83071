/** P(K >= x) for Kolmogorov's limiting distribution of sqrt(n) D, in [0, 1]. Kolmogorov 1933; both series of Feller 1948. */
export function kolmogorovUpperTail(x: number): number {
  if (Number.isNaN(x)) throw new RangeError('kolmogorovUpperTail needs a number, found NaN');
  if (x <= 0.04) return 1; // 1 - 1e-300 and nearer.
  if (x < 1) {
    let sum = 0;
    for (let k = 1; k < 40; k += 2) sum += Math.exp(-((k * Math.PI) ** 2) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  let sum = 0;
  for (let k = 1; k < 20; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return sum;
}

/** Products n m up to which Smirnov's p-value is exact; beyond, Kolmogorov's limit is used. */
const EXACT_UP_TO = 2_000_000;

export interface SmirnovP {
  p: number;
  method: 'smirnov-exact' | 'kolmogorov-limit';
}

/**
 * The two-sided p-value of a largest distance `d` in [0, 1] between the distribution functions of samples of `n` and `m`.
 *
 * Exact up to n m = 2,000,000: the share of all arrangements of the two samples that reach `d`, counted over lattice paths
 * (Smirnov 1939; Schröer and Trenkler 1995 with ties). `groupEnds[k] = 1` where the k smallest of both samples together end a
 * group of equal values; without it all values count as different, which with ties makes the p-value too large, never too small.
 * Beyond, Kolmogorov's limit: too large as well, for small samples and for ties.
 */
export function smirnovP(d: number, n: number, m: number, groupEnds?: Uint8Array): SmirnovP {
  if (!(Number.isInteger(n) && Number.isInteger(m) && n > 0 && m > 0))
    throw new RangeError(`smirnovP needs samples of one or more, found ${n} and ${m}`);
  if (!(d >= 0 && d <= 1)) throw new RangeError(`smirnovP needs d in [0, 1], found ${d}`);
  if (n * m <= EXACT_UP_TO) return { p: exact(d, n, m, groupEnds), method: 'smirnov-exact' };
  return { p: kolmogorovUpperTail(Math.sqrt((n / (n + m)) * m) * d), method: 'kolmogorov-limit' };
}

/** reached[j]: the probability that a path to (i, j), every arrangement of i and j being equally likely, has been at `d` or further. */
function exact(d: number, n: number, m: number, groupEnds?: Uint8Array): number {
  // In units of 1 / (n m) distances are integers, which `d` reaches within its rounding.
  const barrier = Math.ceil(d * n * m - 1e-6);
  const outside = (i: number, j: number): boolean =>
    Math.abs(i * m - j * n) >= barrier && (groupEnds === undefined || groupEnds[i + j] === 1);
  if (barrier <= 0) return 1;
  const reached = new Float64Array(m + 1);
  for (let j = 1; j <= m; j++) reached[j] = outside(0, j) ? 1 : reached[j - 1]!;
  for (let i = 1; i <= n; i++) {
    if (outside(i, 0)) reached[0] = 1;
    for (let j = 1; j <= m; j++) {
      reached[j] = outside(i, j) ? 1 : (i * reached[j]! + j * reached[j - 1]!) / (i + j);
    }
  }
  return reached[m]!;
}
