import {
  differenceBounds,
  largestGapBounds,
  mayHideClusters,
  pairGap,
  pairRatio,
  ratioBounds,
  smallestRatioBounds,
  type FairnessForm,
  type PairBounds,
} from '../../fairness/index.js';
import type { ComparedPair } from './pair-decision.js';

/** The worst gap (ratio) over all pairs of groups that are large enough, with its one-sided bounds on either side. */
export function gapSummary(
  pairs: readonly ComparedPair[],
  form: FairnessForm,
  alpha: number,
): { observed: number | null; ci: [number, number] | null } {
  const measurable = pairs.filter(({ n1, n2, missing }) => n1 > 0 && n2 > 0 && missing === undefined);
  const large = measurable.filter(({ small }) => !small);
  const shown = large.length > 0 ? large : measurable;
  const bounds = boundsOf(shown, form, alpha);
  if (bounds === null) return { observed: null, ci: null };
  const values = shown.map(form === 'difference' ? pairGap : pairRatio).filter((value) => value !== null);
  return {
    observed: form === 'difference' ? Math.max(...values) : Math.min(...values),
    ci: [bounds.lower, bounds.upper],
  };
}

/** The bounds that decide, of the worst pair; null without any. */
function boundsOf(pairs: readonly ComparedPair[], form: FairnessForm, alpha: number): PairBounds | null {
  if (!pairs.some(mayHideClusters))
    return form === 'difference' ? largestGapBounds(pairs, alpha) : smallestRatioBounds(pairs, alpha);
  const known = form === 'difference' ? pairs : pairs.filter(({ x1 }) => x1 > 0);
  if (known.length === 0) return null;
  const corrected = alpha / (2 * known.length);
  const all =
    form === 'difference'
      ? known.map((pair) => differenceBounds(pair, alpha, corrected))
      : known.map((pair) => ratioBounds(pair, alpha, corrected)!);
  const worst = form === 'difference' ? Math.max : Math.min;
  return { lower: worst(...all.map(({ lower }) => lower)), upper: worst(...all.map(({ upper }) => upper)) };
}
