import { levelOf, rareEventMargin } from './score-margin.js';
import { studentQuantile } from './student.js';

/** How far an estimate of clustered rows may lie from the truth, when clusters that are seldom and quite different may not be among them. */
export interface UnseenClusters {
  /** Of the estimate, as seen. */
  variance: number;
  /**
   * By how much that variance rises for each unit by which unseen clusters move the estimate: what a whole one moves it by, over how many
   * clusters there are.
   */
  rise: number;
  /** Of Student's t, above 0. */
  df: number;
}

/**
 * The least distance of a one-sided 1 - alpha bound, alpha at most .5. A share -ln(alpha)/G of all clusters is, with a probability of alpha,
 * not among G drawn ones, however many rows each has: 25 clusters of 50 rows of which one row is wrong look like independent rows, and do
 * not show that no cluster in ten is wrong as a whole. A mean over clusters of a loss in [0, 1], as `meanBound` bounds it.
 */
export function unseenClustersMargin({ variance, rise, df }: UnseenClusters, alpha: number): number {
  return rareEventMargin(-studentQuantile(alpha, df), alpha, variance, rise);
}

/** The p-value that agrees with `unseenClustersMargin`: of a distance from the estimate, in [1e-12, .5]. */
export function unseenClustersP(unseen: UnseenClusters, distance: number): number {
  return levelOf((alpha) => unseenClustersMargin(unseen, alpha), distance);
}
