import { EmpiricalBernstein, type EmpiricalBernsteinState } from './empirical-bernstein.js';
import { StreamPairing, type StreamPair, type StreamPairingState } from './stream-pairing.js';

/** One-sided error of either verdict. */
export interface CanaryLevels {
  /** Of each comparison's upper bound. */
  rollBack: number;
  /** Of each comparison's lower bound. */
  advance: number;
}

/**
 * Rolling back is a union (any comparison suffices): alpha is split over the metrics and slices compared, by Bonferroni. Advancing is an
 * intersection (all must clear): alpha each, without a split. STATISTICS, section 5.
 */
export function canaryLevels(alpha: number, comparisons: number): CanaryLevels {
  if (!(alpha > 0 && alpha < 1 && Number.isInteger(comparisons) && comparisons >= 1))
    throw new RangeError(`expected alpha in (0, 1) and 1 comparison or more, found ${alpha}, ${comparisons}`);
  return { rollBack: alpha / comparisons, advance: alpha };
}

/** JSON-serialisable. */
export interface CanaryComparisonState {
  pairing: StreamPairingState;
  below: EmpiricalBernsteinState;
  above: EmpiricalBernsteinState;
}

/** Bounds of D = mean of the canary - mean of the control that hold at every look. */
export interface CanaryBounds {
  /** Pairs. */
  n: number;
  lower: number;
  upper: number;
}

/**
 * One metric (in [0, 1], higher is better) of a canary against its control, value by value as they arrive: paired, X = (canary -
 * control + 1)/2 in an empirical-Bernstein sequence, D = 2X - 1. The levels are fixed from the start.
 */
export class CanaryComparison {
  private readonly pairing: StreamPairing;
  private readonly below: EmpiricalBernstein;
  private readonly above: EmpiricalBernstein;

  constructor(from: CanaryLevels | CanaryComparisonState) {
    const resumed = 'pairing' in from;
    this.pairing = resumed ? new StreamPairing(from.pairing) : new StreamPairing();
    this.below = new EmpiricalBernstein(resumed ? from.below : from.advance);
    this.above = new EmpiricalBernstein(resumed ? from.above : from.rollBack);
  }

  canary(value: number): void {
    this.take(this.pairing.canary(value));
  }

  control(value: number): void {
    this.take(this.pairing.control(value));
  }

  bounds(): CanaryBounds {
    return { n: this.below.n, lower: 2 * this.below.lower() - 1, upper: 2 * this.above.upper() - 1 };
  }

  state(): CanaryComparisonState {
    return { pairing: this.pairing.state(), below: this.below.state(), above: this.above.state() };
  }

  private take(pair: StreamPair | null): void {
    if (!pair) return;
    const x = (pair.canary - pair.control + 1) / 2;
    this.below.add(x);
    this.above.add(x);
  }
}
