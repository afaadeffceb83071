import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { eceSpread } from '../statistics/index.js';
import { addBatch, type Batch } from './add-batch.js';
import { buildSplitEvidence } from './build-split-evidence.js';
import type { DefinedMetric, Metric } from './metric.js';
import { metricRegistry, metricsOf } from './metric-registry.js';
import { emptyReduction, finishReduction, mergeReductions } from './reduction.js';

const LABELS = '000110100011100000001101100000011101110110000010001011110100'.split('').map(Number);
const SCORES = Float64Array.from([
  39, 41, 44, 45, 64, 16, 61, 6, 63, 14, 79, 55, 92, 43, 9, 55, 61, 59, 37, 9, 48, 95, 36, 47, 92, 42, 37, 24,
  27, 16, 2, 92, 65, 71, 21, 84, 37, 59, 2, 43, 98, 43, 28, 34, 57, 22, 73, 44, 23, 34, 85, 59, 45, 96, 35,
  84, 53, 44, 27, 53,
]).map((cents) => cents / 100);

function expectMetric(metric: Metric, value: number, ci?: [number, number]): void {
  expect(metric).toMatchObject({ defined: true });
  const found = metric as DefinedMetric;
  expect(found.value).toBeCloseTo(value, 10);
  if (ci) ci.forEach((end, i) => expect(found.ci![i]).toBeCloseTo(end, 9));
}

describe('binary metrics, against scikit-learn 1.9.1 and scipy 1.17.1 on 60 rows', () => {
  const evidence = buildSplitEvidence({
    classes: ['0', '1'],
    positive: '1',
    labels: LABELS,
    predictions: Array.from(SCORES, (score) => (score >= 0.5 ? 1 : 0)),
    scores: SCORES,
  });
  const metrics = metricsOf(evidence);

  it('precision, recall, F1, macro F1', () => {
    expectMetric(metrics.precision, 0.68);
    expectMetric(metrics.recall, 0.68);
    expectMetric(metrics.f1, 0.68);
    expectMetric(metrics.f1_macro, 0.7257142857142858);
    expectMetric(metrics.accuracy, 44 / 60);
  });

  it('log loss and Brier with Student intervals', () => {
    expectMetric(metrics.log_loss, 0.4458387138812252, [0.36835953805395316, 0.5233178897084972]);
    expectMetric(metrics.brier, 0.1458116666666667, [0.11270781741018929, 0.17891551592314411]);
  });

  it('AUC with logit-DeLong, average precision, ECE over 15 bins', () => {
    expectMetric(metrics.auc, 0.8902857142857142);
    expect(metrics.auc).toMatchObject({ n: 60, smallSample: true });
    expectMetric(metrics.average_precision, 0.8710869877471218, [0.6771791031113604, 0.9560757193897736]);
    expectMetric(metrics.ece, 0.1145);
    // The normal bound of STATISTICS; the bound that decides has the spread between bins too, and 1 / 60 more for each unit of distance.
    const z = 1.6448536269514722;
    const spread = eceSpread(evidence.ece!);
    expect(0.1145 + (z * spread) / Math.sqrt(60)).toBeCloseTo(0.1969661850787101, 9);
    const upper = metricRegistry.get('ece').upper(evidence, 0.05);
    const { bins } = evidence.ece!;
    const between =
      bins.reduce((sum, { n, sumR }) => sum + (n === 0 ? 0 : sumR ** 2 / n / 60), 0) - 0.1145 ** 2;
    // At .05 three unseen rows are more than z squared: -ln(.05) = 2.9957.
    const half = -Math.log(0.05) / 120;
    const value = 0.1145 + half + Math.sqrt((z ** 2 * (spread ** 2 + between)) / 60 + half ** 2);
    expect(upper).toMatchObject({ defined: true, value: expect.closeTo(value, 9) as number });
  });

  it('F1 decides exactly through TP/(TP+FP+FN): Clopper-Pearson of 17 of 33', () => {
    const bound = metricRegistry.get('f1').lower(evidence, 0.05);
    // scipy 1.17.1: x = beta.ppf(.05, 17, 17), 2x/(1+x).
    expect(bound).toMatchObject({ defined: true, value: expect.closeTo(0.5302133491295726, 12) as number });
    expect(metricRegistry.get('f1').pFail(evidence, 0.68, 'atLeast')).toBeGreaterThan(0.3);
  });

  it('every ci holds its value, n is stated, and the formula is named', () => {
    for (const metric of Object.values(metrics)) {
      expect(metric.defined).toBe(true);
      if (!metric.defined) continue;
      expect(metric.ci![0]).toBeLessThanOrEqual(metric.value);
      expect(metric.ci![1]).toBeGreaterThanOrEqual(metric.value);
      expect(metric.n).toBeGreaterThan(0);
      expect(metric.formulaId).toMatch(/\//);
    }
  });
});

describe('metrics of three classes, against scikit-learn 1.9.1 on 40 rows', () => {
  const labels = [
    2, 0, 0, 0, 0, 2, 2, 1, 0, 0, 0, 1, 1, 1, 0, 0, 2, 2, 0, 0, 1, 1, 2, 1, 1, 1, 1, 1, 0, 2, 2, 2, 2, 0, 0,
    1, 1, 2, 2, 0,
  ];
  const predictions = [
    1, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 1, 2, 1, 1, 1, 2, 2, 0, 1, 1, 1, 2, 1, 1, 1, 1, 2, 0, 2, 2, 2, 2, 0, 0,
    2, 0, 2, 2, 0,
  ];
  const first = [
    1, 498, 485, 593, 308, 363, 485, 314, 57, 60, 134, 57, 317, 94, 102, 137, 554, 252, 254, 54, 445, 486,
    760, 758, 638, 171, 429, 381, 172, 584, 200, 472, 302, 712, 237, 75, 462, 344, 42, 506,
  ];
  const second = [
    565, 267, 481, 389, 648, 60, 206, 206, 297, 723, 53, 665, 146, 85, 639, 843, 406, 211, 282, 664, 533, 491,
    30, 107, 68, 471, 537, 110, 374, 216, 55, 15, 245, 207, 349, 122, 249, 591, 827, 302,
  ];
  const classScores = [
    Float64Array.from(first, (p) => p / 1000),
    Float64Array.from(second, (p) => p / 1000),
    Float64Array.from(first, (p, i) => (1000 - p - second[i]!) / 1000),
  ];
  const evidence = buildSplitEvidence({
    classes: ['a', 'b', 'c'],
    positive: null,
    labels,
    predictions,
    classScores,
  });
  const metrics = metricsOf(evidence);

  it('gives macro averages, log loss and the summed Brier score', () => {
    expectMetric(metrics.accuracy, 0.725);
    expectMetric(metrics.precision_macro, 0.7264957264957265);
    expectMetric(metrics.recall_macro, 0.7273504273504274);
    expectMetric(metrics.f1_macro, 0.7221516754850089);
    expectMetric(metrics.log_loss, 1.4848947536929604);
    expectMetric(metrics.brier, 0.8749743);
  });

  it('binary metrics say why they are missing, never 0', () => {
    for (const id of ['auc', 'precision', 'recall', 'f1'] as const) {
      expect(metrics[id]).toEqual({ defined: false, reason: 'defined for two classes, this split has 3' });
    }
  });
});

describe('what is undefined', () => {
  const metric = (labels: number[], predictions: number[], scores?: number[]) =>
    metricsOf(
      buildSplitEvidence({
        classes: ['no', 'yes'],
        positive: 'yes',
        labels,
        predictions,
        ...(scores ? { scores: Float64Array.from(scores) } : {}),
      }),
    );

  it('no rows: nothing is a number', () => {
    for (const one of Object.values(metric([], []))) expect(one.defined).toBe(false);
  });

  it('nothing predicted positive, one class only, no scores', () => {
    expect(metric([1, 0], [0, 0]).precision).toEqual({
      defined: false,
      reason: 'nothing was predicted positive',
    });
    expect(metric([0, 0], [0, 0]).recall).toEqual({ defined: false, reason: 'no row is positive' });
    expect(metric([0, 0], [0, 0], [0.1, 0.2]).auc).toEqual({
      defined: false,
      reason: 'rows of both classes are needed',
    });
    expect(metric([0, 1], [0, 1]).auc).toEqual({ defined: false, reason: 'no scores were sent' });
  });

  it('undefined never passes and keeps p = 1', () => {
    const empty = buildSplitEvidence({ classes: ['0', '1'], positive: '1', labels: [], predictions: [] });
    for (const definition of metricRegistry.all) {
      expect(definition.lower(empty, 0.05).defined).toBe(false);
      expect(definition.upper(empty, 0.05).defined).toBe(false);
      expect(definition.pFail(empty, 0.5, 'atLeast')).toBe(1);
      expect(definition.pFail(empty, 0.5, 'atMost')).toBe(1);
      expect(definition.requiredN(empty, 0.5, 0.05)).toBeNull();
    }
  });

  it('columns that do not fit are refused', () => {
    expect(() => metric([0, 1], [0])).toThrow(RangeError);
    expect(() => metric([0, 1], [0, 1], [0.5, 1.5])).toThrow('outside');
    expect(() => metric([0, 1], [0, 1], [0.5, Number.NaN])).toThrow('outside');
    expect(() => metric([0, 2], [0, 1])).toThrow('class');
    expect(() => metricRegistry.get('auroc')).toThrow('unknown metric');
  });
});

describe('the reduction, properties', () => {
  const shape = {
    classes: ['0', '1'],
    positive: '1',
    cells: [{ attributes: { sex: 'F' } }, { attributes: { sex: 'M' } }],
    bins: 15,
    seed: 1,
  };
  const row = fc.tuple(
    fc.integer({ min: 0, max: 1 }),
    fc.integer({ min: 0, max: 100 }),
    fc.integer({ min: 0, max: 1 }),
  );
  const batchOf = (rows: readonly (readonly number[])[]): Batch => ({
    labels: rows.map(([label]) => label!),
    predictions: rows.map(([, score]) => (score! >= 50 ? 1 : 0)),
    scores: Float64Array.from(rows, ([, score]) => score! / 100),
    cellOf: Uint32Array.from(rows, ([, , cell]) => cell!),
  });
  const reduced = (rows: readonly (readonly number[])[]) => {
    const state = emptyReduction(shape);
    if (rows.length > 0) addBatch(state, batchOf(rows));
    return state;
  };

  it('shards merge to the bits of one worker, in any order and grouping', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), fc.nat(60), fc.nat(60), (rows, i, j) => {
        const [first, second] = [Math.min(i, j), Math.max(i, j)];
        const parts = [rows.slice(0, first), rows.slice(first, second), rows.slice(second)];
        const whole = finishReduction(reduced(rows));
        const left = reduced(parts[0]!);
        mergeReductions(left, reduced(parts[1]!));
        mergeReductions(left, reduced(parts[2]!));
        const right = reduced(parts[2]!);
        const middle = reduced(parts[1]!);
        mergeReductions(middle, reduced(parts[0]!));
        mergeReductions(right, middle);
        expect(JSON.stringify(finishReduction(left))).toBe(JSON.stringify(whole));
        expect(JSON.stringify(finishReduction(right))).toBe(JSON.stringify(whole));
      }),
    );
  });

  it('permuting rows changes nothing', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        expect(finishReduction(reduced([...rows].reverse()))).toEqual(finishReduction(reduced(rows)));
      }),
    );
  });

  it('a stricter threshold never has a smaller chance to fail; bounds stand on their sides of the value', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 6, maxLength: 60 }),
        fc.constantFrom(0.01, 0.05, 0.2),
        (rows, alpha) => {
          const evidence = finishReduction(reduced(rows));
          for (const definition of metricRegistry.all) {
            const value = definition.value(evidence);
            if (!value.defined) continue;
            const lower = definition.lower(evidence, alpha);
            const upper = definition.upper(evidence, alpha);
            if (lower.defined) expect(lower.value).toBeLessThanOrEqual(value.value + 1e-12);
            if (upper.defined) expect(upper.value).toBeGreaterThanOrEqual(value.value - 1e-12);
            for (let c = 0.1; c < 0.9; c += 0.1) {
              const atLeast = definition.pFail(evidence, c, 'atLeast');
              expect(definition.pFail(evidence, c + 0.1, 'atLeast')).toBeLessThanOrEqual(atLeast + 1e-12);
              const atMost = definition.pFail(evidence, c, 'atMost');
              expect(definition.pFail(evidence, c + 0.1, 'atMost')).toBeGreaterThanOrEqual(atMost - 1e-12);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('refuses shards of another shape, and rows of which only some have scores', () => {
    const state = reduced([[0, 10, 0]]);
    expect(() => mergeReductions(state, emptyReduction({ ...shape, bins: 10 }))).toThrow('shapes');
    addBatch(state, { labels: [1], predictions: [1], cellOf: [0] });
    expect(() => finishReduction(state)).toThrow('1 of 2 rows have scores');
  });

  it('evidence survives JSON, digests and numbers alike', () => {
    const evidence = finishReduction(
      reduced([
        [0, 10, 0],
        [1, 90, 1],
        [1, 20, 0],
        [0, 60, 1],
      ]),
    );
    expect(metricsOf(JSON.parse(JSON.stringify(evidence)) as typeof evidence)).toEqual(metricsOf(evidence));
  });
});
