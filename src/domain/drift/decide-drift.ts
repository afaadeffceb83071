import { holm } from '../statistics/index.js';
import type { DriftMeasure } from './drift-measure.js';

export type DriftStatus = 'drifted' | 'not_drifted' | 'undefined';

/** What was measured of one column, and the effect from which it counts as drift. */
export interface ColumnToDecide {
  column: string;
  methodId: string;
  threshold: number;
  measure: DriftMeasure;
}

export interface ColumnDrift extends ColumnToDecide {
  status: DriftStatus;
  /** Holm's over all columns; null where nothing was measured. */
  adjustedP: number | null;
  /** What decided, in words. */
  reason: string;
}

export interface DriftTerms {
  /** Level of the p-values after Holm's correction. */
  alpha: number;
  /** The share of drifted columns from which the sample as a whole has drifted. */
  shareAtLeast: number;
}

/** Evidently's and NannyML's: p 0.05, half of the columns. */
export const DEFAULT_DRIFT_TERMS: DriftTerms = { alpha: 0.05, shareAtLeast: 0.5 };

export interface DriftDecision extends DriftTerms {
  columns: ColumnDrift[];
  /** The share of drifted columns: between all undefined ones having stayed and all having drifted. */
  share: [number, number] | null;
  status: DriftStatus;
  reason: string;
}

/**
 * A column has drifted when its effect reaches the threshold and Holm's p is at most alpha. It has not when its effect stays below.
 * An effect that reaches the threshold without a p-value to go with it, or none at all, is undefined: too few rows are
 * no evidence of either. An undefined column keeps its place in Holm's count with p = 1, and leaves the whole undefined where
 * its drift would change the answer.
 */
export function decideDrift(
  columns: readonly ColumnToDecide[],
  terms: DriftTerms = DEFAULT_DRIFT_TERMS,
): DriftDecision {
  if (!(terms.shareAtLeast > 0 && terms.shareAtLeast <= 1))
    throw new RangeError(`the share of drifted columns must lie in (0, 1], found ${terms.shareAtLeast}`);
  const adjusted = holm(columns.map(({ measure }) => (measure.defined ? measure.p : 1)));
  const decided = columns.map((column, i) => decideColumn(column, adjusted[i]!, terms.alpha));
  return { ...terms, columns: decided, ...decideShare(decided, terms.shareAtLeast) };
}

function decideColumn(column: ColumnToDecide, adjustedP: number, alpha: number): ColumnDrift {
  const { measure, threshold } = column;
  if (!measure.defined) return { ...column, status: 'undefined', adjustedP: null, reason: measure.reason };
  const [low, high] = measure.range;
  const sides = `${measure.n.reference} and ${measure.n.current} rows`;
  const decide = (status: DriftStatus, reason: string): ColumnDrift => ({
    ...column,
    status,
    adjustedP,
    reason,
  });
  if (high < threshold) return decide('not_drifted', 'the effect stays below the threshold');
  if (low < threshold)
    return decide(
      'undefined',
      'the threshold lies within the error of the sketches: larger ones would settle it',
    );
  if (adjustedP <= alpha) return decide('drifted', 'the effect reaches the threshold and is no chance');
  return decide(
    'undefined',
    `the effect reaches the threshold, but chance may do as much in ${sides}: more rows would settle it`,
  );
}

function decideShare(
  columns: readonly ColumnDrift[],
  atLeast: number,
): Pick<DriftDecision, 'share' | 'status' | 'reason'> {
  if (columns.length === 0) return { share: null, status: 'undefined', reason: 'no column was compared' };
  const count = (status: DriftStatus) => columns.filter((column) => column.status === status).length;
  const [drifted, unknown, all] = [count('drifted'), count('undefined'), columns.length];
  const share: [number, number] = [drifted / all, (drifted + unknown) / all];
  const found = `${drifted} of ${all} columns drifted`;
  if (share[0] >= atLeast) return { share, status: 'drifted', reason: found };
  if (share[1] < atLeast)
    return { share, status: 'not_drifted', reason: unknown ? `${found}, ${unknown} cannot be told` : found };
  return { share, status: 'undefined', reason: `${found}, and ${unknown} cannot be told: they would decide` };
}
