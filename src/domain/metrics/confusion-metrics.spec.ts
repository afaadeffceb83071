import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { multinomialDraw, seededRandom } from '../statistics/index.js';
import { buildSplitEvidence } from './build-split-evidence.js';
import type { SplitEvidence } from './evidence.js';
import type { Metric } from './metric.js';
import type { MetricName } from './metric-definition.js';
import { metricRegistry, metricsOf } from './metric-registry.js';

const NAMES = ['a', 'b', 'c', 'd', 'e'];

/** Evidence of counts [label][prediction]; two classes: the second is positive. */
function evidenceOf(confusion: number[][], positive = confusion.length === 2): SplitEvidence {
  const classes = NAMES.slice(0, confusion.length);
  return {
    n: confusion.flat().reduce((sum, count) => sum + count, 0),
    classes,
    positive: positive ? classes[1]! : null,
    confusion,
    auc: null,
    losses: null,
    ece: null,
    groups: [],
  };
}

const of = (id: MetricName, confusion: number[][]): Metric =>
  metricRegistry.get(id).value(evidenceOf(confusion));
const shown = (found: Metric): number | string => (found.defined ? found.value : found.reason);
const numberOf = (id: MetricName, confusion: number[][]) => shown(of(id, confusion));
/** All metrics of one matrix, whose draws are made once. */
const allOf = (confusion: number[][]) => metricsOf(evidenceOf(confusion));

describe('metrics of counts, against scikit-learn 1.9.1 and scipy 1.17.1', () => {
  // The rows of metrics.spec.ts.
  const BINARY = [
    [27, 8],
    [8, 17],
  ];
  const binary = metricsOf(evidenceOf(BINARY));

  it.each([
    ['specificity', 0.7714285714285715],
    ['negative_predictive_value', 0.7714285714285715],
    ['false_positive_rate', 1 - 0.7714285714285715],
    ['false_negative_rate', 1 - 0.68],
    ['balanced_accuracy', 0.7257142857142858],
    ['mcc', 0.4514285714285714],
    ['precision_weighted', 0.7333333333333333],
    ['recall_weighted', 0.7333333333333333],
    ['f1_weighted', 0.7333333333333333],
  ] as const)('%s of two classes', (id, value) => {
    expect(binary[id]).toMatchObject({ defined: true, value: expect.closeTo(value, 14) as number });
  });

  it('specificity and its complement decide by Clopper-Pearson of 27 of 35', () => {
    expect(metricRegistry.get('specificity').lower(evidenceOf(BINARY), 0.05)).toMatchObject({
      value: expect.closeTo(0.6252298294717558, 12) as number,
    });
    expect(metricRegistry.get('false_positive_rate').upper(evidenceOf(BINARY), 0.05)).toMatchObject({
      value: expect.closeTo(0.37477017052824435, 12) as number,
    });
  });

  it('weighted averages, balanced accuracy and MCC of three classes', () => {
    const labels = '2000022100011100220011211111022220011220';
    const predictions = '1000020200212111220111211112022220020220';
    const evidence = buildSplitEvidence({
      classes: ['a', 'b', 'c'],
      positive: null,
      labels: [...labels].map(Number),
      predictions: [...predictions].map(Number),
    });
    const found = metricsOf(evidence);
    const expected = {
      balanced_accuracy: 0.7273504273504274,
      mcc: 0.5922787193973634,
      precision_weighted: 0.7339743589743589,
      recall_weighted: 0.725,
      f1_weighted: 0.7248650793650794,
    };
    for (const [id, value] of Object.entries(expected))
      expect(found[id as MetricName], id).toMatchObject({ value: expect.closeTo(value, 14) as number });
    expect(found.specificity).toEqual({
      defined: false,
      reason: 'defined for two classes, this split has 3',
    });
  });
});

describe('what of counts is undefined', () => {
  it('names the class, and is never 0', () => {
    const constant = [
      [30, 0],
      [10, 0],
    ];
    expect(numberOf('mcc', constant)).toBe('all predictions are of one class');
    expect(numberOf('precision_weighted', constant)).toBe('class b was never predicted');
    expect(numberOf('balanced_accuracy', constant)).toBe(0.5);
    expect(numberOf('negative_predictive_value', [[0, 4], [0, 6]])).toBe('nothing was predicted negative'); // prettier-ignore
    const oneLabel = [
      [30, 4],
      [0, 0],
    ];
    expect(numberOf('mcc', oneLabel)).toBe('all labels are of one class');
    expect(numberOf('balanced_accuracy', oneLabel)).toBe('class b has no rows');
    expect(numberOf('false_negative_rate', oneLabel)).toBe('no row is positive');
  });

  it('a class without rows has no weight, whether it was predicted or not', () => {
    for (const stray of [0, 5])
      expect(numberOf('precision_weighted', [[20, 4, stray], [6, 30, 0], [0, 0, 0]])).toBeCloseTo((24 + stray) / (60 + stray) * (20 / 26) + 36 / (60 + stray) * (30 / 34), 12); // prettier-ignore
  });

  it('a matrix that every draw repeats has a value and no interval', () => {
    expect(of('balanced_accuracy', [[9, 0], [0, 0]]).defined).toBe(false); // prettier-ignore
    expect(of('f1_weighted', [[9, 0], [0, 7]])).toMatchObject({ value: 1, ci: null }); // prettier-ignore
  });
});

const count = fc.oneof(fc.constant(0), fc.nat(60));
const matrix = (size: number) =>
  fc.array(fc.array(count, { minLength: size, maxLength: size }), { minLength: size, maxLength: size });
const confusion = fc.integer({ min: 2, max: 5 }).chain(matrix);
const transposed = (m: readonly number[][]) => m.map((_, i) => m.map((row) => row[i]!));
const reversed = (m: readonly number[][]) => [...m].reverse().map((row) => [...row].reverse());
const near = (found: number | string, expected: number | string) =>
  typeof found === 'number' && typeof expected === 'number'
    ? expect(found).toBeCloseTo(expected, 12)
    : expect(typeof found).toBe(typeof expected);

describe('metrics of counts, properties', () => {
  const COUNTED = metricRegistry.of('classification').filter(({ needsScores }) => !needsScores);

  it('labels and predictions change places: precision and recall do, F1 and MCC stay', () => {
    const PAIRS: [MetricName, MetricName][] = [
      ['accuracy', 'accuracy'],
      ['f1', 'f1'],
      ['mcc', 'mcc'],
      ['f1_macro', 'f1_macro'],
      ['precision', 'recall'],
      ['precision_macro', 'recall_macro'],
      ['negative_predictive_value', 'specificity'],
    ];
    fc.assert(
      fc.property(confusion, (m) => {
        const [mirrored, straight] = [allOf(transposed(m)), allOf(m)];
        for (const [one, other] of PAIRS) near(shown(mirrored[one]), shown(straight[other]));
      }),
      { numRuns: 25 },
    );
  });

  it('the other class is positive: recall and specificity change places, and so on; averages stay', () => {
    const PAIRS: [MetricName, MetricName][] = [
      ['recall', 'specificity'],
      ['precision', 'negative_predictive_value'],
      ['false_negative_rate', 'false_positive_rate'],
      ...(
        ['accuracy', 'mcc', 'balanced_accuracy', 'f1_macro', 'f1_weighted', 'precision_weighted'] as const
      ).map((id): [MetricName, MetricName] => [id, id]),
    ];
    fc.assert(
      fc.property(matrix(2), (m) => {
        const [mirrored, straight] = [allOf(reversed(m)), allOf(m)];
        for (const [one, other] of PAIRS) near(shown(mirrored[one]), shown(straight[other]));
      }),
      { numRuns: 25 },
    );
  });

  it('every row twice changes no value and widens no proportion', () => {
    fc.assert(
      fc.property(confusion, (m) => {
        const single = allOf(m);
        const double = allOf(m.map((row) => row.map((n) => 2 * n)));
        for (const { id, descriptive } of COUNTED) {
          const [once, twice] = [single[id], double[id]];
          expect(twice.defined).toBe(once.defined);
          if (!once.defined || !twice.defined) continue;
          expect(twice.value).toBeCloseTo(once.value, 12);
          if (descriptive) continue;
          expect(twice.ci![1] - twice.ci![0]).toBeLessThanOrEqual(once.ci![1] - once.ci![0]);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('values lie in their range and their interval, which lies in the range', () => {
    fc.assert(
      fc.property(confusion, (m) => {
        const all = allOf(m);
        for (const { id, range } of COUNTED) {
          const found = all[id];
          if (!found.defined) continue;
          const [low, high] = found.ci ?? [found.value, found.value];
          const ordered = [range[0] - 1e-12, low - 1e-12, found.value, high + 1e-12, range[1] + 2e-12];
          expect([id, ...ordered]).toEqual([id, ...ordered.toSorted((a, b) => a - b)]);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('the interval of an average covers what was drawn from: 100 samples of known counts', () => {
    const truth = [[50, 20, 10], [12, 60, 8], [5, 15, 40]]; // prettier-ignore
    const value = numberOf('mcc', truth) as number;
    let covered = 0;
    const random = seededRandom('coverage of mcc');
    for (let run = 0; run < 100; run++) {
      const flat = multinomialDraw(random, truth.flat());
      const found = of('mcc', [flat.slice(0, 3), flat.slice(3, 6), flat.slice(6)]);
      if (found.defined && found.ci![0] <= value && value <= found.ci![1]) covered++;
    }
    // .95 give or take three standard errors of 100 runs.
    expect(covered).toBeGreaterThanOrEqual(89);
    expect(covered).toBeLessThanOrEqual(100);
  });

  it('of very many classes it has a value, and an interval from fewer draws or none', () => {
    const diagonal = (size: number) =>
      Array.from({ length: size }, (_, i) =>
        Array.from({ length: size }, (_, j) => (i === j ? 3 : (i + j) % 2)),
      );
    const wide = (size: number): Metric => {
      const evidence = evidenceOf([[1]], false);
      const m = diagonal(size);
      return metricRegistry.get('f1_weighted').value({
        ...evidence,
        classes: m.map((_, i) => String(i)),
        confusion: m,
        n: m.flat().reduce((sum, n) => sum + n, 0),
      });
    };
    expect(wide(40)).toMatchObject({ formulaId: expect.stringMatching(/bootstrap-4761\//) as string });
    expect(wide(100)).toMatchObject({ ci: null, formulaId: 'f1_weighted/by-support/no-interval' });
  });
});
