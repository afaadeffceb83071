/** Beyond so many lattice points the limit stands for the exact distribution: it is off by less than .01 there. */
const EXACT_UP_TO = 1_000_000;

/** P(K >= x) of Kolmogorov's distribution, the limit of sqrt(n) D; 1 for x <= 0. Kolmogorov 1933. */
export function kolmogorovUpper(x: number): number {
  if (x <= 0) return 1;
  let sum = 0;
  if (x < 1.18) {
    // Jacobi's other form of the same series, which converges fast here.
    for (let k = 1; k < 20; k += 2) sum += Math.exp(-(k * k * Math.PI * Math.PI) / (8 * x * x));
    return Math.min(1, Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / x) * sum));
  }
  for (let k = 20; k >= 1; k--) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return sum;
}

/** A two-sided p-value of equal distributions, and how it was computed. */
export interface SmirnovP {
  p: number;
  method: 'exact' | 'asymptotic';
}

/** The largest distance between two empirical distribution functions and its p-value. */
export interface KolmogorovSmirnov extends SmirnovP {
  /** In [0, 1]. */
  distance: number;
}

/**
 * Two-sample Kolmogorov-Smirnov from samples sorted ascending, each of one value or more. Smirnov 1939; exact by paths, Hodges 1958,
 * and with ties over the arrangements that differ, Schröer and Trenkler 1995. Beyond 1,000,000 pairs the limit, with ties conservative.
 */
export function kolmogorovSmirnov(a: Float64Array, b: Float64Array): KolmogorovSmirnov {
  const [n, m] = [a.length, b.length];
  if (n === 0 || m === 0) throw new RangeError('Kolmogorov-Smirnov needs values in both samples');
  const groupEnds = new Uint8Array(n + m + 1);
  let largest = 0;
  for (let i = 0, j = 0; i < n || j < m;) {
    const value = j >= m || (i < n && a[i]! <= b[j]!) ? a[i]! : b[j]!;
    while (i < n && a[i] === value) i++;
    while (j < m && b[j] === value) j++;
    groupEnds[i + j] = 1;
    largest = Math.max(largest, Math.abs(i * m - j * n));
  }
  const distance = largest / (n * m);
  return { distance, ...smirnovP(distance, n, m, groupEnds) };
}

/**
 * The p-value of a largest distance in [0, 1] between the distribution functions of samples of `n` and `m`. `groupEnds[k] = 1` where
 * the k smallest of both together end a group of equal values; without it all values count as different, which with ties makes the
 * p-value too large, never too small.
 */
export function smirnovP(distance: number, n: number, m: number, groupEnds?: Uint8Array): SmirnovP {
  if (!(Number.isInteger(n) && Number.isInteger(m) && n > 0 && m > 0))
    throw new RangeError(`smirnovP needs samples of one value or more, found ${n} and ${m}`);
  if (!(distance >= 0 && distance <= 1))
    throw new RangeError(`smirnovP needs a distance in [0, 1], found ${distance}`);
  if (n * m <= EXACT_UP_TO) return { p: chanceToReach(distance, n, m, groupEnds), method: 'exact' };
  return { p: kolmogorovUpper(distance * Math.sqrt((n / (n + m)) * m)), method: 'asymptotic' };
}

/**
 * The share of lattice paths from (0, 0) to (n, m) that come as far as `distance` where a group of equal values ends. A path to (i, j)
 * came from the left with probability i/(i + j), so the shares are mixtures: small ones keep their digits.
 */
function chanceToReach(distance: number, n: number, m: number, groupEnds?: Uint8Array): number {
  // In units of 1 / (n m) distances are integers, which `distance` meets within its rounding.
  const steps = Math.ceil(distance * n * m - 1e-6);
  if (steps <= 0) return 1;
  const reached = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      const left = i > 0 ? i * reached[j]! : 0;
      const below = j > 0 ? j * reached[j - 1]! : 0;
      const outside = Math.abs(i * m - j * n) >= steps && (!groupEnds || groupEnds[i + j] === 1);
      reached[j] = outside ? 1 : i + j === 0 ? 0 : (left + below) / (i + j);
    }
  }
  return reached[m]!;
}
