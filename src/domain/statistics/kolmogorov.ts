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

/** The largest distance between two empirical distribution functions and its p-value. */
export interface KolmogorovSmirnov {
  /** In [0, 1]. */
  distance: number;
  /** Two-sided p of equal distributions; with ties conservative. */
  p: number;
  method: 'exact' | 'asymptotic';
}

/** Two-sample Kolmogorov-Smirnov from samples sorted ascending, each of one value or more. Smirnov 1939; exact by paths, Hodges 1958. */
export function kolmogorovSmirnov(a: Float64Array, b: Float64Array): KolmogorovSmirnov {
  if (a.length === 0 || b.length === 0)
    throw new RangeError('Kolmogorov-Smirnov needs values in both samples');
  const steps = largestStep(a, b);
  const pairs = a.length * b.length;
  const distance = steps / pairs;
  if (pairs <= EXACT_UP_TO) return { distance, p: chanceToReach(steps, a.length, b.length), method: 'exact' };
  const p = kolmogorovUpper(distance * Math.sqrt(pairs / (a.length + b.length)));
  return { distance, p, method: 'asymptotic' };
}

/** max |n i - m j| over the values, i and j counting those at or below: the distance times m n, an integer. */
function largestStep(a: Float64Array, b: Float64Array): number {
  let [i, j, largest] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    largest = Math.max(largest, Math.abs(b.length * i - a.length * j));
  }
  return largest;
}

/**
 * The share of lattice paths from (0, 0) to (m, n) that come to |n i - m j| >= steps. A path to (i, j) came from the left with
 * probability i/(i + j), so the shares are mixtures: small ones keep their digits.
 */
function chanceToReach(steps: number, m: number, n: number): number {
  const reached = new Float64Array(n + 1);
  for (let i = 0; i <= m; i++) {
    for (let j = 0; j <= n; j++) {
      const left = i > 0 ? i * reached[j]! : 0;
      const below = j > 0 ? j * reached[j - 1]! : 0;
      const outside = Math.abs(n * i - m * j) >= steps;
      reached[j] = outside ? 1 : i + j === 0 ? 0 : (left + below) / (i + j);
    }
  }
  return reached[n]!;
}
