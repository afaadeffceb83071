import {
  mcnemarExact,
  pairedAuc,
  type MeanStatistic,
  type PairedAuc,
} from '../../domain/statistics/index.js';

/** How often two models are right on the same rows. */
export interface PairedCounts {
  n: number;
  /** Only the candidate is right. */
  b: number;
  /** Only the baseline is right. */
  c: number;
  candidate: number;
  baseline: number;
  /** Exact two-sided p of equal accuracy: reported, never decides. */
  mcnemarP: number;
}

/** Two models on the same rows: sufficient for every paired decision. JSON-serialisable. */
export interface PairedStatistics {
  /** Null of a regression. */
  accuracy: PairedCounts | null;
  /** A is the candidate, B the baseline. Null without scores of both, with more than two classes, or with under two rows of a class. */
  auc: PairedAuc | null;
  /** Sizes of errors, the candidate's less the baseline's; absent of classes, null where numbers are too large. */
  mae?: { n: number; difference: MeanStatistic; candidate: number; baseline: number } | null;
  /** Random, of sealed splits: keeps the digest of these counts from being guessed. */
  salt?: string;
}

/** Those of classes. */
export type PairedClasses = PairedStatistics & { accuracy: PairedCounts };

/** Columns of the same rows in the same order, shape (n). */
export interface PairedColumns {
  /** 1 where the label is the positive class. */
  positive: Uint8Array;
  candidateRight: Uint8Array;
  baselineRight: Uint8Array;
  scores: { candidate: Float64Array; baseline: Float64Array } | null;
}

export function pairedStatistics({
  positive,
  candidateRight,
  baselineRight,
  scores,
}: PairedColumns): PairedClasses {
  const n = positive.length;
  let [b, c, both] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    if (candidateRight[i] === 1 && baselineRight[i] === 1) both++;
    else if (candidateRight[i] === 1) b++;
    else if (baselineRight[i] === 1) c++;
  }
  return {
    accuracy: { n, b, c, candidate: (both + b) / n, baseline: (both + c) / n, mcnemarP: mcnemarExact(b, c) },
    auc: scores && pairedAuc(scores.candidate, scores.baseline, positive),
  };
}
