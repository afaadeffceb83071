import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../statistics/index.js';
import { addBatch } from './add-batch.js';
import { buildSplitEvidence } from './build-split-evidence.js';
import { LARGEST_NUMBER } from './error-sums.js';
import type { SplitEvidence } from './evidence.js';
import type { DefinedMetric, Metric } from './metric.js';
import type { MetricName } from './metric-definition.js';
import { metricRegistry, metricsOf } from './metric-registry.js';
import { reductionBytes, reductionFromBytes } from './reduction-bytes.js';
import { emptyReduction, finishReduction, mergeReductions, type Reduction } from './reduction.js';
import { sliceEvidence, sliceMetrics } from './slice-evidence.js';

const NAMES = ['mae', 'rmse', 'r2', 'mean_error', 'quantile_loss'] as const;
const columnsOf = (labels: readonly number[], predictions: readonly number[], quantile = 0.5) => ({
  classes: [],
  positive: null,
  regression: { quantile },
  labels: Float64Array.from(labels),
  predictions: Float64Array.from(predictions),
});
const evidenceOf = (labels: readonly number[], predictions: readonly number[], quantile = 0.5) =>
  buildSplitEvidence(columnsOf(labels, predictions, quantile));
const of = (evidence: SplitEvidence, name: MetricName): DefinedMetric => {
  const metric = metricsOf(evidence)[name];
  if (!metric.defined) throw new Error(metric.reason);
  return metric;
};
const reasonOf = (metric: Metric) => (metric.defined ? null : metric.reason);

const LABELS = [3, -0.5, 2, 7, 4.25, 1e-3, 12.5, -8, 0.1, 6.75, 2.2, 5];
const PREDICTIONS = [2.5, 0, 2, 8, 4, 0.3, 11, -7.25, 0.2, 6.5, 3.3, 4.9];

/** scikit-learn 1.5.2 (values, `mean_pinball_loss`) and scipy 1.17.1 (`stats.t.interval`, `stats.sem`). */
describe('metrics of a regression', () => {
  const known = evidenceOf(LABELS, PREDICTIONS);

  it.each([
    ['mae', 0.5290833333333332, [0.23244164679688217, 0.8257250198697843]],
    // Square roots of the interval of the mean square.
    ['rmse', 0.692633922068505, [0.20484473785379054, 0.9578737564907036]],
    // Error by the delta method, from numpy's variances and covariance of squared errors and squared deviations.
    ['r2', 0.9792863919436369, [0.9596106334419195, 0.9989621504453541]],
    ['mean_error', 0.09575, [-0.3594838961303318, 0.5509838961303318]],
  ] as const)('%s of twelve rows, with its interval', (name, value, [low, high]) => {
    const metric = of(known, name);
    expect(metric.value).toBeCloseTo(value, 13);
    expect(metric.ci![0]).toBeCloseTo(low, 10);
    expect(metric.ci![1]).toBeCloseTo(high, 10);
    expect(metric.n).toBe(12);
  });

  it.each([
    [0.5, 0.2645416666666666],
    [0.9, 0.22624166666666665],
    [0.1, 0.3028416666666666],
  ])('quantile loss at level %d', (quantile, value) => {
    const metric = of(evidenceOf(LABELS, PREDICTIONS, quantile), 'quantile_loss');
    expect(metric.value).toBeCloseTo(value, 14);
    expect(metric.formulaId).toBe(`quantile_loss/q-${quantile}/student`);
  });

  it('has one-sided bounds of the same shape, and p-values that agree with them', () => {
    const mae = metricRegistry.get('mae');
    expect(mae.lower(known, 0.05)).toMatchObject({ value: expect.closeTo(0.28703976525066816, 9) });
    expect(mae.upper(known, 0.05)).toMatchObject({ value: expect.closeTo(0.9752278516764129, 9) });
    expect(mae.pFail(known, 0.3, 'atMost')).toBeCloseTo(0.058624759685504776, 9);
    expect(mae.pFail(known, 1, 'atLeast')).toBeCloseTo(0.04577312769822174, 9);
    for (const name of NAMES) {
      const metric = metricRegistry.get(name);
      for (const [side, bound] of [
        ['atMost', metric.lower(known, 0.05)],
        ['atLeast', metric.upper(known, 0.05)],
      ] as const) {
        if (!bound.defined) throw new Error(bound.reason);
        expect([name, side, metric.pFail(known, bound.value, side)]).toEqual([
          name,
          side,
          expect.closeTo(0.05, 8),
        ]);
      }
    }
  });

  it('needs the rows that a bound promises', () => {
    // (1.6449 + 0.8416)^2 times the variance of |error| over (0.529 - 1)^2.
    expect(metricRegistry.get('mae').requiredN(known, 1, 0.05)).toBe(7);
  });

  it('is undefined where classes were judged, as metrics of classes are here', () => {
    const classes = buildSplitEvidence({
      classes: ['0', '1'],
      positive: '1',
      labels: [0, 1],
      predictions: [0, 1],
    });
    expect(Object.keys(metricsOf(known))).toEqual(NAMES);
    expect(Object.keys(metricsOf(classes))).not.toContain('mae');
    for (const { id, task, value, lower, upper, pFail, requiredN } of metricRegistry.all) {
      const evidence = task === 'regression' ? classes : known;
      expect(reasonOf(value(evidence))).toMatch(/is a metric of (regression|classification)/);
      expect([id, lower(evidence, 0.05).defined, upper(evidence, 0.05).defined]).toEqual([id, false, false]);
      expect([pFail(evidence, 0, 'atMost'), pFail(evidence, 1, 'atLeast')]).toEqual([1, 1]);
      expect(requiredN(evidence, 0.5, 0.05)).toBeNull();
    }
  });

  it('has no value without rows, and no R2 where all labels are equal', () => {
    const none = metricsOf(evidenceOf([], []));
    expect(NAMES.map((name) => reasonOf(none[name]))).toEqual(NAMES.map(() => 'no rows'));
    for (const labels of [[4], [4, 4, 4], [0.1, 0.1, 0.1]]) {
      const constant = evidenceOf(
        labels,
        labels.map((label, i) => label + i),
      );
      expect(reasonOf(metricsOf(constant).r2)).toMatch(/all labels are equal/);
      expect(of(constant, 'mae').value).toBeCloseTo((labels.length - 1) / 2, 14);
    }
  });

  it('has no interval and no bound for one row, or where every row errs by the same', () => {
    for (const [evidence, reason] of [
      [evidenceOf([4], [5]), /needs 2 rows, found 1/],
      [evidenceOf([4, 6, 9], [5, 7, 10]), /every row has the same error/],
      [evidenceOf([4, 6, 9], [4, 6, 9]), /every row has the same error/],
    ] as const) {
      for (const name of ['mae', 'rmse', 'mean_error', 'quantile_loss'] as const) {
        expect(of(evidence, name).ci).toBeNull();
        expect(metricRegistry.get(name).upper(evidence, 0.05)).toMatchObject({
          defined: false,
          reason: expect.stringMatching(reason) as string,
        });
        expect(metricRegistry.get(name).pFail(evidence, 0, 'atMost')).toBe(1);
      }
    }
    expect(of(evidenceOf([4, 6, 9], [4, 6, 9]), 'r2').value).toBe(1);
  });

  it('says so where numbers are too large, in place of infinities', () => {
    for (const [label, prediction] of [
      [1e300, 1],
      [1, -1e300],
      [1.5 * LARGEST_NUMBER, 1],
    ] as const) {
      const metrics = metricsOf(evidenceOf([1, label], [1, prediction]));
      expect(NAMES.map((name) => reasonOf(metrics[name]))).toEqual(
        NAMES.map(() => expect.stringContaining('1 of 2 rows have a label or a prediction beyond') as string),
      );
    }
    const largest = evidenceOf([LARGEST_NUMBER, -LARGEST_NUMBER, 0], [-LARGEST_NUMBER, LARGEST_NUMBER, 1]);
    for (const name of NAMES) expect(Number.isFinite(of(largest, name).value)).toBe(true);
    expect(of(largest, 'r2').value).toBeCloseTo(-3, 12);
    for (const wrong of [Number.NaN, Infinity]) {
      expect(() => evidenceOf([1, wrong], [1, 1])).toThrow(RangeError);
      expect(() => evidenceOf([1, 1], [1, wrong])).toThrow(RangeError);
    }
  });

  it('does not lose the spread of labels beside their size', () => {
    // Deviations of -1, 0, 1 from 2^52: squares of doubles alone would leave nothing of them.
    const far = 2 ** 52;
    const evidence = evidenceOf([far - 1, far, far + 1], [far, far, far]);
    expect(of(evidence, 'r2').value).toBe(0);
    expect(evidence.regression!.errors!.label.variance).toBe(1);
  });
});

const number = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, -0, 1, 1e-300, 5e-324, 1e40, -1e60, 1e-50, 1e300, 0.1),
);
const rows = fc.array(fc.tuple(number, number), { minLength: 0, maxLength: 60 });
type Rows = readonly (readonly [number, number])[];

function reduced(all: Rows): Reduction {
  const state = emptyReduction({
    classes: [],
    positive: null,
    cells: [],
    bins: 15,
    seed: 0,
    regression: { quantile: 0.9 },
  });
  addBatch(state, { labels: all.map(([label]) => label), predictions: all.map(([, value]) => value) });
  return state;
}
const hex = (state: Reduction) => Buffer.from(reductionBytes(state)).toString('hex');
const textOf = (state: Reduction) => JSON.stringify(finishReduction(state));

describe('the sums of a regression', () => {
  it('are the same bits in any order, over any shards, and after being bytes', () => {
    fc.assert(
      fc.property(rows, fc.nat(), fc.integer({ min: 1, max: 9 }), (all, seed, count) => {
        const random = seededRandom(seed);
        const shards: (readonly [number, number])[][] = Array.from({ length: count }, () => []);
        for (const row of all) {
          const shard = shards[Math.floor(random() * count)]!;
          shard.splice(Math.floor(random() * (shard.length + 1)), 0, row);
        }
        const merged = reduced([]);
        for (const shard of shards)
          mergeReductions(merged, reductionFromBytes(reductionBytes(reduced(shard))));
        expect(hex(merged)).toBe(hex(reduced(all)));
        expect(textOf(merged)).toBe(textOf(reduced(all)));
      }),
      { numRuns: 60 },
    );
  });

  it('are read from no bytes that were changed, and merge with none of another level', () => {
    const bytes = reductionBytes(reduced([[1, 2]]));
    const text = Buffer.from(bytes).toString('latin1');
    const changed = (from: string, to: string) => Buffer.from(text.replace(from, to), 'latin1');
    expect(() => reductionFromBytes(changed('"tooLarge":0', '"tooLarge":7'))).toThrow(RangeError);
    expect(() => reductionFromBytes(changed('"n":1', '"n":2'))).toThrow(RangeError);
    const other = emptyReduction({ ...reduced([]).shape, regression: { quantile: 0.5 } });
    expect(() => mergeReductions(other, reduced([[1, 2]]))).toThrow(/different shapes/);
  });

  it('of a slice are those of its rows', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const columns = columnsOf(
          all.map(([label]) => label),
          all.map(([, value]) => value),
        );
        const chosen = Uint32Array.from(all.keys()).filter((row) => row % 3 === 1);
        const own = evidenceOf(
          Array.from(chosen, (row) => all[row]![0]),
          Array.from(chosen, (row) => all[row]![1]),
        );
        expect(sliceEvidence(columns, chosen)).toEqual(own);
      }),
      { numRuns: 30 },
    );
    expect(reasonOf(sliceMetrics(evidenceOf([], [])).mae)).toBe('the slice has no rows');
  });

  it('scale with the unit, and R2 with neither unit nor zero', () => {
    const moderate = fc.tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: -999, max: 999 }));
    fc.assert(
      fc.property(
        fc.array(moderate, { minLength: 3, maxLength: 40 }),
        fc.integer({ min: -40, max: 40 }),
        fc.integer({ min: -1e9, max: 1e9 }),
        (all, power, zero) => {
          const unit = 2 ** power;
          const plain = metricsOf(finishReduction(reduced(all)));
          const other = metricsOf(
            finishReduction(reduced(all.map(([a, b]): [number, number] => [a * unit, b * unit]))),
          );
          const moved = metricsOf(
            finishReduction(reduced(all.map(([a, b]): [number, number] => [a + zero, b + zero]))),
          );
          expect(moved).toEqual(plain);
          expect(other.r2).toEqual(plain.r2);
          for (const name of ['mae', 'rmse', 'mean_error', 'quantile_loss'] as const)
            expect(of(finishReduction(reduced(all.map(([a, b]) => [a * unit, b * unit]))), name).value).toBe(
              (plain[name] as DefinedMetric).value * unit,
            );
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('bounds at their truth', () => {
  /** Errors with a mean absolute error of 1: half-normal and exponential in size. */
  const SHAPES: Record<string, (random: () => number) => number> = {
    normal: (random) =>
      Math.sqrt(Math.PI / 2) * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
    Laplace: (random) => -Math.log(1 - random()) * (random() < 0.5 ? -1 : 1),
  };
  const MEAN_SQUARE = { normal: Math.PI / 2, Laplace: 2 };

  it.each(['normal', 'Laplace'] as const)('cover it as often as they say, errors being %s', (shape) => {
    const random = seededRandom(`coverage/${shape}`);
    const [runs, n] = [600, 60];
    const missed = { display: 0, upper: 0, lower: 0, r2: 0, rmse: 0 };
    for (let run = 0; run < runs; run++) {
      const labels = Array.from({ length: n }, () => 3 * SHAPES.normal!(random));
      const evidence = evidenceOf(
        labels,
        labels.map((label) => label + SHAPES[shape]!(random)),
      );
      const truth = {
        mae: 1,
        rmse: Math.sqrt(MEAN_SQUARE[shape]),
        r2: 1 - MEAN_SQUARE[shape] / (9 * MEAN_SQUARE.normal),
      };
      const [low, high] = of(evidence, 'mae').ci!;
      missed.display += low > truth.mae || high < truth.mae ? 1 : 0;
      const beyond = (name: 'mae' | 'rmse' | 'r2', side: 'lower' | 'upper') => {
        const bound = metricRegistry.get(name)[side](evidence, 0.05);
        if (!bound.defined) return 0;
        return (side === 'upper' ? bound.value < truth[name] : bound.value > truth[name]) ? 1 : 0;
      };
      missed.upper += beyond('mae', 'upper');
      missed.lower += beyond('mae', 'lower');
      missed.rmse += beyond('rmse', 'upper');
      missed.r2 += beyond('r2', 'lower');
    }
    // Three standard errors of the count beside 5 %; of Laplace's squares 8 % are known (see positiveBound).
    const most = runs * 0.05 + 3 * Math.sqrt(runs * 0.05 * 0.95);
    expect([missed.upper, missed.lower, missed.r2].filter((count) => count > most)).toEqual([]);
    expect(missed.display).toBeLessThan(runs * 0.07 + 3 * Math.sqrt(runs * 0.07 * 0.93));
    expect(missed.rmse).toBeLessThan(runs * 0.08 + 3 * Math.sqrt(runs * 0.08 * 0.92));
    expect(missed.upper + missed.lower + missed.r2 + missed.rmse + missed.display).toBeGreaterThan(0);
  });
});
