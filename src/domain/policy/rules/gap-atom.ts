import { pairGap, pairRatio, rateCounts, RATES } from '../../fairness/index.js';
import { undefinedAtom, type Atom } from '../atom.js';
import { groupTitle } from '../groups.js';
import { count, percent } from '../phrase.js';
import { decideGap, decideRatioOf, type ComparedPair } from './pair-decision.js';
import { gapNeededRows, ratioNeededRows } from './pair-needed-rows.js';

/** "The gap of this pair is at most the threshold", by Miettinen and Nurminen's score test. */
export function gapAtom(pair: ComparedPair, threshold: number, alpha: number): Atom {
  const base = baseOf(pair, 'atMost', threshold);
  const empty = emptiness(pair);
  if (empty) return undefinedAtom(base.slice, 'atMost', threshold, empty, base.detail);
  const { pPass, pFail } = decideGap(pair, threshold, alpha);
  const clears = pPass <= alpha;
  return {
    ...base,
    observed: pairGap(pair),
    clears,
    pFail,
    neededN: clears ? null : gapNeededRows(pair, threshold, alpha),
  };
}

/** "The ratio of this pair is at least the threshold", whichever group is the reference. */
export function ratioAtom(pair: ComparedPair, threshold: number, alpha: number): Atom {
  const base = baseOf(pair, 'atLeast', threshold);
  const empty = emptiness(pair);
  if (empty) return undefinedAtom(base.slice, 'atLeast', threshold, empty, base.detail);
  const observed = pairRatio(pair);
  if (observed === null) {
    const reason = `the ${RATES[pair.rate].label} is 0 in both groups, and 0 to 0 is no ratio`;
    return undefinedAtom(base.slice, 'atLeast', threshold, reason, base.detail);
  }
  const { pPass, pFail } = decideRatioOf(pair, threshold, alpha);
  const clears = pPass <= alpha;
  return {
    ...base,
    observed,
    clears,
    pFail,
    neededN: clears ? null : ratioNeededRows(pair, threshold, alpha),
  };
}

function baseOf(
  pair: ComparedPair,
  comparison: Atom['comparison'],
  threshold: number,
): Omit<Atom, 'observed' | 'clears' | 'pFail' | 'neededN'> {
  const { rate, higher, lower } = pair;
  const [{ x: x1, n: n1 }, { x: x2, n: n2 }] = [rateCounts(higher, rate), rateCounts(lower, rate)];
  return {
    slice: { ...pair.slice, groups: [higher.attributes, lower.attributes] },
    comparison,
    threshold,
    interval: null,
    n: n1 + n2,
    undefinedBecause: null,
    certain: false,
    detail: `${RATES[rate].label} of ${told(groupTitle(higher), x1, n1)} v ${told(groupTitle(lower), x2, n2)}`,
  };
}

function told(name: string, x: number, n: number): string {
  return n === 0 ? `${name} (nobody)` : `${name} (${percent(x / n)}, ${count(x)} of ${count(n)})`;
}

function emptiness({ rate, higher, lower, n1, n2, missing }: ComparedPair): string | null {
  const empty = [...(n1 === 0 ? [groupTitle(higher)] : []), ...(n2 === 0 ? [groupTitle(lower)] : [])];
  return empty.length === 0
    ? (missing ?? null)
    : `the ${RATES[rate].label} of ${empty.join(' and of ')} has no ${RATES[rate].among} to be measured on`;
}
