import { metricRegistry, type Bound, type MetricName, type SplitEvidence } from '../metrics/index.js';
import { undefinedAtom, type Atom, type Comparison, type Slice } from './atom.js';
import { count } from './phrase.js';

function reasonOf(...bounds: Bound[]): string {
  return bounds.flatMap((bound) => (bound.defined ? [] : [bound.reason]))[0]!;
}

/** The atom "`metric` on these rows is at least (at most) `threshold`", one-sided at alpha. */
export function metricAtom(
  metric: MetricName,
  evidence: SplitEvidence,
  slice: Slice,
  comparison: Comparison,
  threshold: number,
  alpha: number,
): Atom & { smallSample?: boolean } {
  const definition = metricRegistry.get(metric);
  const value = definition.value(evidence);
  if (!value.defined) return undefinedAtom(slice, comparison, threshold, value.reason, '');
  const lower = definition.lower(evidence, alpha);
  const upper = definition.upper(evidence, alpha);
  const bounded = lower.defined && upper.defined;
  const clears = bounded && (comparison === 'atLeast' ? lower.value >= threshold : upper.value <= threshold);
  return {
    slice,
    comparison,
    threshold,
    observed: value.value,
    interval: bounded ? [lower.value, upper.value] : null,
    n: value.n,
    clears,
    pFail: bounded ? definition.pFail(evidence, threshold, comparison) : 1,
    // It has a value, and yet nothing bounds it: too few clusters, or errors that are all the same, say.
    undefinedBecause: definition.descriptive || bounded ? null : reasonOf(lower, upper),
    certain: false,
    neededN: clears ? null : definition.requiredN(evidence, threshold, alpha),
    detail: `n = ${count(value.n)}`,
    smallSample: value.smallSample ?? (bounded && (lower.smallSample || upper.smallSample)),
  };
}
