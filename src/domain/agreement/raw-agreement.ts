import { NO_PAIRS, votesOf, type Agreement, type RatedUnit, type Scale } from './ratings.js';

/**
 * The share of agreeing pairs of labels, averaged over the units with two or more, in [0, 1]. Shown beside every coefficient: two
 * tables with the same 85 % may have a kappa of .32 and of .70.
 */
export function rawAgreement(units: readonly RatedUnit[], { categories }: Scale): Agreement {
  let agreeing = 0;
  let counted = 0;
  for (const unit of units) {
    const votes = votesOf(unit, categories.length);
    const n = votes.reduce((sum, count) => sum + count, 0);
    if (n < 2 || unit.weight === 0) continue;
    agreeing += (unit.weight * votes.reduce((sum, count) => sum + count * (count - 1), 0)) / (n * (n - 1));
    counted += unit.weight;
  }
  return counted === 0 ? NO_PAIRS : agreeing / counted;
}
