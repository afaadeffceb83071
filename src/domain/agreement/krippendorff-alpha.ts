import { CONSTANT, NO_PAIRS, votesOf, type Agreement, type RatedUnit, type Scale } from './ratings.js';

export type Level = 'nominal' | 'ordinal' | 'interval' | 'ratio';

/** The squared difference of two categories. `totals[c]`: labels of category c among the pairable ones. */
type Difference = (c: number, k: number) => number;

function differenceOf(level: Level, totals: readonly number[], { values }: Scale): Difference {
  if (level === 'nominal') return (c, k) => (c === k ? 0 : 1);
  if (level === 'ordinal') {
    // Labels up to and with half of a category: ranks.
    let below = 0;
    const ranks = totals.map((count) => {
      below += count;
      return below - count / 2;
    });
    return (c, k) => (ranks[c]! - ranks[k]!) ** 2;
  }
  if (!values || values.length !== totals.length)
    throw new RangeError(`${level} alpha needs a number for each category`);
  if (level === 'interval') return (c, k) => (values[c]! - values[k]!) ** 2;
  if (values.some((value) => value < 0)) throw new RangeError('ratio alpha needs values of zero or more');
  return (c, k) => (c === k ? 0 : ((values[c]! - values[k]!) / (values[c]! + values[k]!)) ** 2);
}

/**
 * Krippendorff's alpha: 1 less observed over expected disagreement, at most 1; 0 is chance. Any number of raters, missing labels
 * allowed; units with fewer than two labels are left out. Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability".
 */
export function krippendorffAlpha(units: readonly RatedUnit[], scale: Scale, level: Level): Agreement {
  const size = scale.categories.length;
  const pairable = units
    .map((unit) => ({ votes: votesOf(unit, size), weight: unit.weight }))
    .map(({ votes, weight }) => ({ votes, weight, n: votes.reduce((sum, count) => sum + count, 0) }))
    .filter(({ n, weight }) => n >= 2 && weight > 0);
  const totals = new Array<number>(size).fill(0);
  for (const { votes, weight } of pairable) votes.forEach((count, c) => (totals[c]! += weight * count));
  const all = totals.reduce((sum, count) => sum + count, 0);
  if (all === 0) return NO_PAIRS;
  const difference = differenceOf(level, totals, scale);
  const used = totals.flatMap((count, c) => (count > 0 ? [c] : []));
  let observed = 0;
  for (const { votes, weight, n } of pairable) {
    const given = used.filter((c) => votes[c]! > 0);
    for (const c of given)
      for (const k of given) observed += (weight * votes[c]! * votes[k]! * difference(c, k)) / (n - 1);
  }
  let expected = 0;
  for (const c of used) for (const k of used) expected += totals[c]! * totals[k]! * difference(c, k);
  return expected === 0 ? CONSTANT : 1 - ((all - 1) * observed) / expected;
}
