import { rocCurve, wilson, type RocCurve, type SortedScores } from '../statistics/index.js';
import type { SplitEvidence } from './evidence.js';
import { DISPLAY_CONFIDENCE } from './metric.js';

/** Bins of the histograms of scores. */
export const SCORE_BINS = 20;
/** Between two points of a sealed split's ROC curve lie so many rows: a point for each would tell the label of each. */
export const SEALED_ROWS_APART = 20;

/** How many rows of each class have scores in equal-width bins (lo, hi] of [0, 1]; 0 falls into the first. */
export interface ScoreHistogram {
  bins: number;
  positives: number[];
  negatives: number[];
}

/** What a chart of scores needs beyond the evidence. JSON-serialisable; as secret as the evidence. */
export interface ScoreCharts {
  roc: RocCurve;
  histogram: ScoreHistogram;
}

/** Of the scores of both classes, ascending; null without rows of both. */
export function scoreCharts(scores: SortedScores, { sealed }: { sealed: boolean }): ScoreCharts | null {
  const roc = rocCurve(scores, { rowsApart: sealed ? SEALED_ROWS_APART : 1 });
  if (!roc) return null;
  return {
    roc,
    histogram: {
      bins: SCORE_BINS,
      positives: countsOf(scores.positives),
      negatives: countsOf(scores.negatives),
    },
  };
}

function countsOf(ascending: Float64Array): number[] {
  const upTo = Array.from({ length: SCORE_BINS }, (_, bin) => notAbove(ascending, (bin + 1) / SCORE_BINS));
  return upTo.map((count, bin) => count - (upTo[bin - 1] ?? 0));
}

/** How many of the values are at most `bound`. */
function notAbove(ascending: Float64Array, bound: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One bin (from, to] of a reliability curve. */
export interface ReliabilityBin {
  from: number;
  to: number;
  n: number;
  /** Null in a bin without rows. */
  meanScore: number | null;
  /** Share of rows whose outcome is 1; null in a bin without rows. */
  observedRate: number | null;
  /** Wilson's 95% interval of that share. */
  ci: [low: number, high: number] | null;
}

/** The reliability curve behind the expected calibration error; null where no scores were sent. */
export function reliabilityCurve({ ece }: SplitEvidence): ReliabilityBin[] | null {
  if (!ece) return null;
  const { bins } = ece;
  return bins.map(({ n, sumConf, sumY }, bin) => {
    const range = { from: bin / bins.length, to: (bin + 1) / bins.length, n };
    if (n === 0) return { ...range, meanScore: null, observedRate: null, ci: null };
    const { low, high } = wilson(sumY, n, DISPLAY_CONFIDENCE);
    return { ...range, meanScore: sumConf / n, observedRate: sumY / n, ci: [low, high] };
  });
}
