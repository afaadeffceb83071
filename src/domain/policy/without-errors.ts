import { buildSplitEvidence, type SplitEvidence } from '../metrics/index.js';

/** Beyond these a split is not too small for any gate, and its rows are not worth writing out. */
const MOST_ROWS = 20_000;

/**
 * The evidence that a model without an error, and sure of itself, would leave on the same rows. Null where that does not follow from
 * counts: of numbers, of clusters, of more than 20,000 rows.
 */
export function withoutErrors(evidence: SplitEvidence): SplitEvidence | null {
  const { n, classes, positive, regression, clusters, slices, seed } = evidence;
  if (regression !== undefined || clusters !== undefined || n > MOST_ROWS) return null;
  const rows = rowsOf(evidence);
  if (rows.length !== n) return null;
  const labels = Uint16Array.from(rows, ([label]) => label);
  const certain = (index: number) => Float64Array.from(labels, (label) => (label === index ? 1 : 0));
  const scores = evidence.losses === null ? {} : scoresOf(evidence, certain);
  const perfect = buildSplitEvidence({
    classes,
    positive,
    labels,
    predictions: labels,
    ...scores,
    ...(seed === undefined ? {} : { seed }),
    cells: evidence.groups.map(({ attributes }) => ({ attributes })),
    cellOf: Uint32Array.from(rows, ([, cell]) => cell),
  });
  if (slices === undefined) return perfect;
  const perfectSlices = slices.map((slice) => ({ ...slice, evidence: withoutErrors(slice.evidence) }));
  if (perfectSlices.some((slice) => slice.evidence === null)) return null;
  return { ...perfect, slices: perfectSlices as NonNullable<SplitEvidence['slices']> };
}

/** Class and cell of each row. */
function rowsOf({ confusion, groups }: SplitEvidence): [label: number, cell: number][] {
  const times = (count: number, row: [number, number]) => Array.from({ length: count }, () => row);
  if (groups.length === 0)
    return confusion.flatMap((counts, label) =>
      times(
        counts.reduce((sum, count) => sum + count, 0),
        [label, 0],
      ),
    );
  return groups.flatMap(({ tp, fp, fn, tn }, cell) => [
    ...times(tp + fn, [1, cell]),
    ...times(fp + tn, [0, cell]),
  ]);
}

function scoresOf({ classes }: SplitEvidence, certain: (index: number) => Float64Array) {
  return classes.length === 2
    ? { scores: certain(1) }
    : { classScores: classes.map((_, index) => certain(index)) };
}
