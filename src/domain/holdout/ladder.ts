import { normalQuantile } from '../statistics/normal.js';

/** The chance that any of the looks moves a ladder without a better model. */
const LADDER_ALPHA = 0.05;

/** How far above what is released an estimate must lie, in standard errors: z at .05/L for L looks. STATISTICS, section 4. */
export function ladderQuantile(looks: number): number {
  if (!(Number.isInteger(looks) && looks >= 1))
    throw new RangeError(`expected 1 look or more, found ${looks}`);
  return -normalQuantile(LADDER_ALPHA / looks);
}

/** Variance of an accuracy on n rows whose true value is the baseline R0. */
export function accuracyVariance(baseline: number, n: number): number {
  return (baseline * (1 - baseline)) / n;
}

/** Variance of the AUC of scores that know nothing (baseline .5), without ties; ties make it smaller. Mann and Whitney 1947. */
export function chanceAucVariance(positives: number, negatives: number): number {
  return (positives + negatives + 1) / (12 * positives * negatives);
}

/** A ladder of fixed steps: which values it may ever release. JSON-serialisable; belongs to a dataset version, split and project. */
export interface Ladder {
  /** R0: what needs no data, on a metric in [0, 1] where higher is better. */
  baseline: number;
  /** Height of a step. */
  eta: number;
  /** Steps between the baseline and 1. */
  cells: number;
}

/**
 * The ladder with eta = z_{1 - .05/L} sqrt(v/n), v/n being the variance of one estimate at the baseline. Throws RangeError where nothing
 * lies above the baseline, or nothing varies. Blum and Hardt 2015 (arXiv 1502.04585).
 */
export function ladderOf(baseline: number, variance: number, looks: number): Ladder {
  if (!(baseline >= 0 && baseline < 1 && variance > 0 && variance < Infinity))
    throw new RangeError(`expected a baseline in [0, 1) and a variance > 0, found ${baseline}, ${variance}`);
  const eta = ladderQuantile(looks) * Math.sqrt(variance);
  return { baseline, eta, cells: Math.floor((1 - baseline) / eta) };
}

/** How many steps up the released value is; 0 at first. */
export type LadderStep = number;

/** What is shown at a step: R0 + eta step. */
export function released({ baseline, eta }: Ladder, step: LadderStep): number {
  return baseline + eta * step;
}

/**
 * The step after a look at a model whose estimate is `value`: higher where it reaches R + eta, otherwise the same. Never falls, and never
 * releases more than was estimated. A value that is undefined (NaN) changes nothing.
 */
export function climb(ladder: Ladder, step: LadderStep, value: number): LadderStep {
  if (!(value >= released(ladder, step + 1))) return step;
  const reached = Math.max(step + 1, Math.floor((value - ladder.baseline) / ladder.eta));
  // The quotient may round to the other side of a step that the value has just reached.
  if (released(ladder, reached) > value) return reached - 1;
  return released(ladder, reached + 1) <= value ? reached + 1 : reached;
}
