import type { SplitEvidence } from '../metrics/index.js';

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/**
 * The counts that a model without an error would leave on the same rows; what rests on scores is left out. Null where counts do not
 * tell: of numbers, and of clusters.
 */
export function withoutErrors(evidence: SplitEvidence): SplitEvidence | null {
  const { confusion, groups, regression, clusters, slices } = evidence;
  if (regression !== undefined || clusters !== undefined) return null;
  const ofSlices = slices?.map((slice) => ({ ...slice, evidence: withoutErrors(slice.evidence) }));
  if (ofSlices?.some((slice) => slice.evidence === null)) return null;
  return {
    ...evidence,
    confusion: confusion.map((counts, label) =>
      counts.map((_, prediction) => (prediction === label ? sum(counts) : 0)),
    ),
    groups: groups.map(({ attributes, tp, fp, fn, tn }) => ({
      attributes,
      tp: tp + fn,
      fp: 0,
      fn: 0,
      tn: fp + tn,
    })),
    auc: null,
    averagePrecision: null,
    losses: null,
    ece: null,
    ...(ofSlices && { slices: ofSlices as NonNullable<SplitEvidence['slices']> }),
  };
}
