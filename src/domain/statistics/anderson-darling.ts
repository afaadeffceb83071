/** Scholz and Stephens 1987, table 2: critical values are b0 + b1/sqrt(m) + b2/m with m = samples - 1, at these levels. */
const LEVELS = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001];
const B0 = [0.675, 1.281, 1.645, 1.96, 2.326, 2.573, 3.085];
const B1 = [-0.245, 0.25, 0.678, 1.149, 1.822, 2.364, 3.615];
const B2 = [-0.105, -0.305, -0.362, -0.391, -0.396, -0.345, -0.154];

/** The k-sample Anderson-Darling test. */
export interface AndersonDarling {
  /** The standardised statistic: mean 0 and variance 1 when all samples come from one distribution. */
  statistic: number;
  /** P-value of one distribution, within [.001, .25]. */
  p: number;
  /** The p-value lies beyond the published table: it is at most .001, or at least .25. */
  beyond: 'below' | 'above' | null;
}

/**
 * The k-sample Anderson-Darling test of "all samples come from one distribution", with midranks for ties. `samples`: two or more, each
 * sorted ascending and not empty, five values or more together. Null when all values are equal. The p-value is interpolated in the
 * published critical values (a quadratic of ln p, as the authors propose). Scholz and Stephens 1987, equation 7.
 */
export function andersonDarling(samples: readonly Float64Array[]): AndersonDarling | null {
  const total = samples.reduce((sum, { length }) => sum + length, 0);
  if (samples.length < 2 || samples.some(({ length }) => length === 0) || total < 5)
    throw new RangeError('Anderson-Darling needs two samples or more, none empty, five values or more');
  const a2 = midrankStatistic(samples, total);
  if (a2 === null) return null;
  const m = samples.length - 1;
  const statistic = (a2 - m) / Math.sqrt(varianceOf(samples, total));
  const critical = B0.map((b, i) => b + B1[i]! / Math.sqrt(m) + B2[i]! / m);
  const p = Math.exp(quadraticAt(critical, LEVELS.map(Math.log), statistic));
  const beyond = statistic > critical.at(-1)! ? 'below' : statistic < critical[0]! ? 'above' : null;
  return { statistic, p: Math.min(0.25, Math.max(0.001, p)), beyond };
}

function midrankStatistic(samples: readonly Float64Array[], total: number): number | null {
  const at = samples.map(() => 0);
  const sums = samples.map(() => 0);
  let below = 0;
  while (below < total) {
    const value = Math.min(...samples.map((sample, k) => sample[at[k]!] ?? Infinity));
    const before = [...at];
    samples.forEach((sample, k) => {
      while (at[k]! < sample.length && !(sample[at[k]!]! > value)) at[k]!++;
    });
    const ties = at.reduce((sum, position, k) => sum + position - before[k]!, 0);
    if (ties === total) return null;
    const rank = below + ties / 2;
    const spread = rank * (total - rank) - (total * ties) / 4;
    samples.forEach(({ length }, k) => {
      const own = (before[k]! + at[k]!) / 2;
      sums[k]! += ((ties / total) * (total * own - rank * length) ** 2) / spread;
    });
    below += ties;
  }
  const a2 = sums.reduce((sum, part, k) => sum + part / samples[k]!.length, 0);
  return (a2 * (total - 1)) / total;
}

/** The variance of the statistic when all samples come from one distribution. Scholz and Stephens 1987, equation 4. */
function varianceOf(samples: readonly Float64Array[], n: number): number {
  const k = samples.length;
  const H = samples.reduce((sum, { length }) => sum + 1 / length, 0);
  let [harmonic, g] = [0, 0];
  for (let i = n - 1; i >= 2; i--) {
    harmonic += 1 / i;
    g += harmonic / (n - i + 1);
  }
  const h = harmonic + 1;
  const a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * H;
  const b = (2 * g - 4) * k * k + 8 * h * k + (2 * g - 14 * h - 4) * H - 8 * h + 4 * g - 6;
  const c = (6 * h + 2 * g - 2) * k * k + (4 * h - 4 * g + 6) * k + (2 * h - 6) * H + 4 * h;
  const d = (2 * h + 6) * k * k - 4 * h * k;
  return (a * n ** 3 + b * n ** 2 + c * n + d) / ((n - 1) * (n - 2) * (n - 3));
}

/** The least-squares quadratic through the points (xs, ys), at x: by orthogonal polynomials, which need no linear solver. */
function quadraticAt(xs: readonly number[], ys: readonly number[], x: number): number {
  const bases: ((t: number) => number)[] = [() => 1];
  const project = (f: (t: number) => number, onto: (t: number) => number) =>
    xs.reduce((sum, t) => sum + f(t) * onto(t), 0) / xs.reduce((sum, t) => sum + onto(t) ** 2, 0);
  for (const power of [1, 2]) {
    const raw = (t: number) => t ** power;
    const parts = bases.map((basis) => [project(raw, basis), basis] as const);
    bases.push((t) => raw(t) - parts.reduce((sum, [weight, basis]) => sum + weight * basis(t), 0));
  }
  return bases.reduce((sum, basis) => {
    const weight =
      xs.reduce((total, t, i) => total + ys[i]! * basis(t), 0) / xs.reduce((s, t) => s + basis(t) ** 2, 0);
    return sum + weight * basis(x);
  }, 0);
}
