import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildSplitEvidence, metricsOf, type MetricName } from '../metrics/index.js';
import { labelNoiseBound, noisyLabels } from './label-noise.js';

const evidenceOf = (tp: number, fp: number, fn: number, tn: number) => {
  const rows = (count: number, label: number, prediction: number) =>
    Array.from({ length: count }, () => [label, prediction] as const);
  const all = [...rows(tp, 1, 1), ...rows(fp, 0, 1), ...rows(fn, 1, 0), ...rows(tn, 0, 0)];
  return buildSplitEvidence({
    classes: ['no', 'yes'],
    positive: 'yes',
    labels: all.map(([label]) => label),
    predictions: all.map(([, prediction]) => prediction),
  });
};
const METRICS = [
  'accuracy',
  'precision',
  'recall',
  'f1',
  'specificity',
  'negative_predictive_value',
  'false_positive_rate',
  'false_negative_rate',
] as const satisfies MetricName[];

describe('labelNoiseBound', () => {
  it('moves accuracy by as many rows as labels, of any number of classes', () => {
    expect(labelNoiseBound(evidenceOf(45, 5, 5, 45), 'accuracy', 0.05)).toEqual({
      defined: true,
      low: 0.85,
      high: 0.95,
    });
    expect(labelNoiseBound(evidenceOf(50, 0, 1, 49), 'accuracy', 0.29)).toMatchObject({ low: 0.7, high: 1 });
    const three = buildSplitEvidence({
      classes: ['a', 'b', 'c'],
      positive: null,
      labels: [0, 1, 2, 0],
      predictions: [0, 1, 1, 2],
    });
    expect(labelNoiseBound(three, 'accuracy', 0.25)).toEqual({ defined: true, low: 0.25, high: 0.75 });
    expect(labelNoiseBound(three, 'recall', 0.25)).toMatchObject({ defined: false });
  });

  it('is the metric itself where no label is wrong', () => {
    const evidence = evidenceOf(7, 2, 3, 11);
    const metrics = metricsOf(evidence);
    for (const name of METRICS) {
      const metric = metrics[name];
      if (!metric.defined) throw new Error(metric.reason);
      const value = expect.closeTo(metric.value, 12) as number;
      expect(labelNoiseBound(evidence, name, 0.01)).toEqual({ defined: true, low: value, high: value });
    }
  });

  it('counts a share as its decimal says', () => {
    expect([0.29, 0.07, 0.01, 0.019].map((share) => noisyLabels(100, share))).toEqual([29, 7, 1, 1]);
  });

  it('is what trying every set of wrong labels gives', () => {
    const cell = fc.integer({ min: 0, max: 4 });
    let defined = 0;
    fc.assert(
      fc.property(cell, cell, cell, cell, fc.integer({ min: 0, max: 4 }), (tp, fp, fn, tn, k) => {
        const n = tp + fp + fn + tn;
        fc.pre(n > k);
        const seen = new Map<string, number[]>(METRICS.map((name) => [name, []]));
        for (let a = 0; a <= tp; a++)
          for (let b = 0; b <= fp; b++)
            for (let c = 0; c <= fn; c++)
              for (let d = 0; d <= tn; d++) {
                if (a + b + c + d > k) continue;
                const [i, j, l, m] = [tp - a + b, fp + a - b, fn - c + d, tn + c - d];
                const values = {
                  accuracy: (i + m) / n,
                  precision: i / (i + j),
                  recall: i / (i + l),
                  f1: 2 / ((i + j) / i + (i + l) / i),
                  specificity: m / (m + j),
                  negative_predictive_value: m / (m + l),
                  false_positive_rate: 1 - m / (m + j),
                  false_negative_rate: 1 - i / (i + l),
                };
                if (i === 0) values.f1 = j + l === 0 ? Number.NaN : 0;
                for (const name of METRICS) seen.get(name)!.push(values[name]);
              }
        for (const name of METRICS) {
          const bound = labelNoiseBound(evidenceOf(tp, fp, fn, tn), name, k / n);
          const values = seen.get(name)!;
          expect([name, bound.defined]).toEqual([name, !values.some(Number.isNaN)]);
          if (!bound.defined) continue;
          defined += 1;
          expect(bound.low).toBeCloseTo(Math.min(...values), 12);
          expect(bound.high).toBeCloseTo(Math.max(...values), 12);
        }
      }),
      { numRuns: 300 },
    );
    expect(defined).toBeGreaterThan(200);
  });

  it('says of what it knows no bound', () => {
    expect(labelNoiseBound(evidenceOf(4, 1, 1, 4), 'auc', 0.1)).toMatchObject({ defined: false });
    expect(labelNoiseBound(evidenceOf(4, 1, 1, 4), 'constructor', 0.1)).toMatchObject({ defined: false });
  });
});
