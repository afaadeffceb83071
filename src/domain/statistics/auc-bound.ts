import type { AucStatistic } from './auc.js';
import { normalCdf, normalQuantile } from './normal.js';
import { bisect } from './root.js';
import { levelOf, rareEventMargin } from './score-margin.js';

/** One-sided 1 - alpha bounds of a true AUC. */
export interface AucBound {
  lower: number;
  upper: number;
  /** Too few rows near a perfect (or inverted) ranking for the normal approximation: bounds are the wider of two. */
  smallSample: boolean;
  method: 'logit-delong' | 'logit-delong+hanley-mcneil' | 'hanley-mcneil' | 'perfect-ranking';
}

/** Below this many rows on the wrong side of the ranking, min(positives, negatives) (1 - A), the coverage is not claimed. */
export const AUC_CLAIMED_FROM = 10;

/** The variance of an AUC whose true value is `theta`, by the exponential model. Hanley and McNeil 1982. */
export function hanleyMcNeilVariance(theta: number, positives: number, negatives: number): number {
  const q1 = theta / (2 - theta);
  const q2 = (2 * theta * theta) / (1 + theta);
  const square = theta * theta;
  return (
    (theta * (1 - theta) + (positives - 1) * (q1 - square) + (negatives - 1) * (q2 - square)) /
    (positives * negatives)
  );
}

function mirrored(stat: AucStatistic): AucStatistic {
  return { auc: 1 - stat.auc, se: stat.se, positives: stat.negatives, negatives: stat.positives };
}

function isShort(stat: AucStatistic, wrongShare: number): boolean {
  return Math.min(stat.positives, stat.negatives) * wrongShare < AUC_CLAIMED_FROM;
}

/** Whether the bounds of this statistic carry the small-sample mark. */
export function aucIsSmallSample(stat: AucStatistic): boolean {
  return stat.se === null || isShort(stat, Math.min(stat.auc, 1 - stat.auc));
}

const logit = (p: number): number => Math.log(p / (1 - p));
const expit = (l: number): number => 1 / (1 + Math.exp(-l));

/** The root in theta of (A - theta) / sqrt(HM(theta)) = z below A. */
function hanleyMcNeilLower({ auc, positives, negatives }: AucStatistic, z: number): number {
  const score = (theta: number) =>
    auc - theta - z * Math.sqrt(hanleyMcNeilVariance(theta, positives, negatives));
  return bisect(score, 0, auc);
}

function lowerBound(stat: AucStatistic, alpha: number): number {
  const { auc, se } = stat;
  const z = -normalQuantile(alpha);
  if (auc === 0) return 0;
  if (auc === 1) return alpha ** (1 / Math.min(stat.positives, stat.negatives));
  if (!se) return hanleyMcNeilLower(stat, z);
  const byLogit = expit(logit(auc) - (z * se) / (auc * (1 - auc)));
  return isShort(stat, 1 - auc) ? Math.min(byLogit, hanleyMcNeilLower(stat, z)) : byLogit;
}

function methodOf(stat: AucStatistic): AucBound['method'] {
  if (stat.auc === 1 || stat.auc === 0) return 'perfect-ranking';
  if (!stat.se) return 'hanley-mcneil';
  return aucIsSmallSample(stat) ? 'logit-delong+hanley-mcneil' : 'logit-delong';
}

/**
 * One-sided 1 - alpha bounds each, by logit-DeLong: expit(logit A -+ z se/(A(1-A))). With min(positives, negatives)(1 - A) < 10 the
 * lower bound is the lesser of that and the Hanley-McNeil score root; A = 1 gives alpha^(1/min(positives, negatives)); A near 0 mirrors.
 * Without a standard error (a class of one row, or no variation) the score root alone. STATISTICS, section 3.
 */
export function aucBound(stat: AucStatistic, alpha: number): AucBound {
  return {
    lower: lowerBound(stat, alpha),
    upper: 1 - lowerBound(mirrored(stat), alpha),
    smallSample: aucIsSmallSample(stat),
    method: methodOf(stat),
  };
}

/**
 * How far the truth may lie below an AUC at least: rows of the rarer class that rank last, A below the rest, may not be among those seen,
 * so the variance rises by A / rarer for each unit of distance (`pairedAucZ` has the like).
 */
function margin({ auc, se, positives, negatives }: AucStatistic): (alpha: number) => number {
  if (auc === 0 || auc === 1) return () => 0;
  const rise = auc / Math.min(positives, negatives);
  return (alpha) => rareEventMargin(-normalQuantile(alpha), alpha, (se ?? 0) ** 2, rise);
}

/**
 * The bounds that decide: those of `aucBound`, and `margin` where it is wider.
 * The formulas read the spread from rows that may be seldom seen: with 33 positives and an AUC of .97 they pass 17 % of violated
 * requirements at alpha .05, with 300 of which one in a hundred ranks last and the others alike 15 %, though that many are claimed.
 */
export function aucDecisionBound(stat: AucStatistic, alpha: number): AucBound {
  const bound = aucBound(stat, alpha);
  const below = (one: AucStatistic, published: number) =>
    Math.max(0, Math.min(published, one.auc - margin(one)(alpha)));
  return {
    ...bound,
    lower: below(stat, bound.lower),
    upper: 1 - below(mirrored(stat), 1 - bound.upper),
  };
}

/** The p-value against "the true AUC is at most `threshold`" that agrees with `aucDecisionBound`. */
export function aucDecisionPAbove(stat: AucStatistic, threshold: number): number {
  const published = aucPValueAbove(stat, threshold);
  return published >= 0.5 ? published : Math.max(published, levelOf(margin(stat), stat.auc - threshold));
}

/** The p-value against "the true AUC is at least `threshold`" that agrees with `aucDecisionBound`. */
export function aucDecisionPBelow(stat: AucStatistic, threshold: number): number {
  return aucDecisionPAbove(mirrored(stat), 1 - threshold);
}

/**
 * The p-value against "the true AUC is at least `threshold`": small when A falls short. It is at most alpha exactly when the
 * upper 1 - alpha bound of `aucBound` is at most the threshold.
 */
export function aucPValueBelow(stat: AucStatistic, threshold: number): number {
  return aucPValueAbove(mirrored(stat), 1 - threshold);
}

/** The p-value against "the true AUC is at most `threshold`": small when A exceeds it. */
export function aucPValueAbove(stat: AucStatistic, threshold: number): number {
  const { auc, se, positives, negatives } = stat;
  if (threshold >= 1 || auc === 0) return 1;
  if (threshold < 0) return 0;
  if (auc === 1) return threshold ** Math.min(positives, negatives);
  const byScore = () => {
    const variance = hanleyMcNeilVariance(threshold, positives, negatives);
    return variance > 0 ? normalCdf((threshold - auc) / Math.sqrt(variance)) : 0;
  };
  if (!se) return byScore();
  const byLogit = threshold === 0 ? 0 : normalCdf(((logit(threshold) - logit(auc)) * auc * (1 - auc)) / se);
  return isShort(stat, 1 - auc) ? Math.max(byLogit, byScore()) : byLogit;
}
