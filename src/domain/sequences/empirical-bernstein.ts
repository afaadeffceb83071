/** All that the sequence needs of its past. JSON-serialisable. */
export interface EmpiricalBernsteinState {
  tail: number;
  n: number;
  sum: number;
  /** 1/4 + sum of (x_i - mu_i)^2. */
  squares: number;
  weights: number;
  weighted: number;
  penaltyBelow: number;
  penaltyAbove: number;
}

/**
 * The empirical-Bernstein confidence sequence of the mean of values in [0, 1]: either bound misses the mean at any time ever with a
 * probability of at most `tail`, so that one may look as often as one likes. A two-sided 95 % sequence has tail .025. The values need not
 * be independent, only their conditional mean the same. Waudby-Smith and Ramdas 2024 (arXiv 2010.09686), no running intersection;
 * STATISTICS, section 5.
 */
export class EmpiricalBernstein {
  private readonly past: EmpiricalBernsteinState;
  private readonly log: number;

  constructor(from: number | EmpiricalBernsteinState) {
    const fresh = { n: 0, sum: 0, squares: 0.25, weights: 0, weighted: 0, penaltyBelow: 0, penaltyAbove: 0 };
    this.past = typeof from === 'number' ? { tail: from, ...fresh } : { ...from };
    const { tail } = this.past;
    if (!(tail > 0 && tail < 1)) throw new RangeError(`tail must lie in (0, 1), found ${tail}`);
    this.log = Math.log(1 / tail);
  }

  /** The next value, in [0, 1]; RangeError otherwise. */
  add(x: number): void {
    if (!(x >= 0 && x <= 1)) throw new RangeError(`expected a value in [0, 1], found ${x}`);
    const { past } = this;
    const t = past.n + 1;
    const variance = past.squares / t;
    const lambda = Math.min(0.5, Math.sqrt((2 * this.log) / (t * Math.log(1 + t) * variance)));
    const psi = -Math.log1p(-lambda) - lambda;
    // The plain mean so far, 0 at first; of 1 - x likewise.
    const mean = past.n === 0 ? 0 : past.sum / past.n;
    const mirrored = past.n === 0 ? 0 : 1 - mean;
    past.weights += lambda;
    past.weighted += lambda * x;
    past.penaltyBelow += psi * (x - mean) ** 2;
    past.penaltyAbove += psi * (1 - x - mirrored) ** 2;
    past.n = t;
    past.sum += x;
    past.squares += (x - (0.5 + past.sum) / (t + 1)) ** 2;
  }

  get n(): number {
    return this.past.n;
  }

  /** The mean of the values; NaN without any. */
  get mean(): number {
    return this.past.sum / this.past.n;
  }

  /** At least 0; 0 without values. */
  lower(): number {
    const { n, weighted, weights, penaltyBelow } = this.past;
    return n === 0 ? 0 : Math.max(0, (weighted - this.log - penaltyBelow) / weights);
  }

  /** At most 1; 1 without values. */
  upper(): number {
    const { n, weighted, weights, penaltyAbove } = this.past;
    return n === 0 ? 1 : Math.min(1, 1 - (weights - weighted - this.log - penaltyAbove) / weights);
  }

  state(): EmpiricalBernsteinState {
    return { ...this.past };
  }
}
