import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fairnessOf, groupsOf } from '../fairness/index.js';
import { seededRandom } from '../statistics/index.js';
import { buildSplitEvidence, type SplitColumns } from './build-split-evidence.js';
import type { DefinedMetric, Metric } from './metric.js';
import { metricRegistry, metricsOf } from './metric-registry.js';

/** 194 rows of 40 clusters, from a linear congruential generator; every second cluster has a = 1. */
const SIZES = [
  6, 8, 6, 6, 1, 5, 1, 7, 4, 5, 9, 1, 6, 6, 7, 5, 8, 2, 3, 9, 5, 3, 8, 3, 8, 8, 4, 3, 7, 6, 3, 3, 5, 1, 4, 3,
  3, 2, 8, 2,
];
const LABELS =
  '00010101111111000100010101111101100010111001010011111000011001111000100001011011010111101110000111001010111111100000010001010111110111111111010000101011011110111001110000111011001101001100001011';
const CENTS = [
  13, 36, 29, 59, 17, 75, 62, 99, 99, 99, 91, 99, 65, 66, 35, 15, 47, 93, 28, 12, 71, 96, 17, 53, 39, 95, 82,
  50, 63, 51, 62, 78, 84, 34, 26, 25, 99, 26, 92, 99, 69, 29, 47, 72, 47, 47, 40, 17, 68, 45, 85, 63, 65, 67,
  40, 49, 66, 63, 52, 88, 87, 91, 99, 63, 98, 34, 54, 16, 74, 35, 1, 40, 34, 99, 68, 53, 66, 24, 64, 99, 80,
  78, 40, 99, 99, 89, 99, 50, 99, 99, 99, 17, 28, 23, 40, 82, 97, 66, 73, 56, 89, 37, 99, 51, 93, 99, 99, 99,
  67, 70, 36, 1, 22, 14, 6, 28, 29, 42, 25, 10, 5, 91, 45, 99, 40, 92, 88, 60, 93, 91, 48, 94, 86, 69, 99, 99,
  77, 96, 79, 80, 28, 46, 5, 53, 4, 1, 53, 28, 99, 61, 80, 85, 72, 99, 84, 54, 61, 38, 91, 86, 35, 24, 9, 55,
  65, 99, 67, 50, 61, 52, 99, 69, 75, 69, 99, 93, 77, 64, 99, 51, 35, 99, 8, 55, 61, 83, 16, 18, 60, 51, 87,
  37, 75, 60,
];
const OF = Uint32Array.from(SIZES.flatMap((size, cluster) => Array.from({ length: size }, () => cluster)));

const COLUMNS: SplitColumns = {
  classes: ['0', '1'],
  positive: '1',
  labels: LABELS.split('').map(Number),
  predictions: CENTS.map((cents) => (cents >= 50 ? 1 : 0)),
  scores: Float64Array.from(CENTS, (cents) => cents / 100),
  cells: [{ attributes: { a: '0' } }, { attributes: { a: '1' } }],
  cellOf: Array.from(OF, (cluster) => cluster % 2),
  clusters: { column: 'patient', of: OF, count: 40 },
};
const EVIDENCE = buildSplitEvidence(COLUMNS);
const METRICS = metricsOf(EVIDENCE);

function defined(metric: Metric | undefined): DefinedMetric {
  if (!metric?.defined) throw new Error(`no number: ${metric?.reason}`);
  return metric;
}

function expectMetric(metric: Metric | undefined, value: number, [low, high]: number[], deff: number): void {
  const found = defined(metric);
  expect(found.value).toBeCloseTo(value, 12);
  expect(found.ci![0]).toBeCloseTo(low!, 10);
  expect(found.ci![1]).toBeCloseTo(high!, 10);
  expect(found.deff).toBeCloseTo(deff, 10);
}

// Robust errors by statsmodels 0.15.0 (OLS on a constant, cov_type cluster), Korn-Graubard's formula by scipy 1.17.1.
describe('metrics of clustered rows, against statsmodels', () => {
  it('rates: design effect and Korn-Graubard intervals, of the clusters that have trials', () => {
    expectMetric(METRICS.accuracy, 161 / 194, [0.7595621684373094, 0.8865662922289032], 1.2288543171555266);
    expectMetric(METRICS.recall, 101 / 107, [0.8741252656492021, 0.9815013637051869], 1.119209521356271);
    expectMetric(
      METRICS.false_positive_rate,
      27 / 87,
      [0.17949031318933384, 0.4679221520838503],
      1.83222510608495,
    );
    expectMetric(METRICS.precision, 101 / 128, [0.6930694321981836, 0.866217878619407], 1.2612741631305966);
    expect(METRICS.accuracy).toMatchObject({ n: 194, clusters: 40, formulaId: 'accuracy/korn-graubard' });
    expect(METRICS.recall).toMatchObject({ n: 107, clusters: 38 });
    const f1 = (j: number) => (2 * j) / (1 + j);
    const jaccard = [0.6549228896845347, 0.8362108327873748].map(f1);
    expectMetric(METRICS.f1, f1(101 / 134), jaccard, 1.3164597685220192);
  });

  it('mean losses: Student with clusters less one degrees of freedom', () => {
    expectMetric(
      METRICS.log_loss,
      0.3884573891290467,
      [0.32687337075009515, 0.45004140750799826],
      1.2462129118754468,
    );
    expectMetric(
      METRICS.brier,
      0.1253835051546392,
      [0.10063038476383776, 0.15013662554544063],
      1.2229423990383474,
    );
    expect(METRICS.brier).toMatchObject({ n: 194, clusters: 40, formulaId: 'brier/binary/student-clusters' });
  });

  // Korn and Graubard's would be .7713851, .8783498 and .4426146: clusters that were not seen have no part in them.
  it('decision bounds one-sided at .05, with clusters that were not seen', () => {
    const bound = (id: string, side: 'lower' | 'upper') => {
      const found = metricRegistry.get(id)[side](EVIDENCE, 0.05);
      return found.defined ? found.value : Number.NaN;
    };
    expect(bound('accuracy', 'lower')).toBeCloseTo(0.727756657914237, 10);
    expect(bound('accuracy', 'upper')).toBeCloseTo(0.888819636507424, 10);
    expect(bound('false_positive_rate', 'upper')).toBeCloseTo(0.47354371827648223, 10);
    const { pFail } = metricRegistry.get('accuracy');
    expect(pFail(EVIDENCE, 0.888819636507424, 'atLeast')).toBeCloseTo(0.05, 8);
  });

  it('rates of groups, and the gap between them by the score of the effective counts with Student quantiles', () => {
    const [zero, one] = groupsOf(EVIDENCE);
    expectMetric(
      zero!.rates.selection_rate,
      66 / 106,
      [0.43279416444898283, 0.7884394574174708],
      2.9574192771809487,
    );
    expectMetric(
      one!.rates.selection_rate,
      62 / 88,
      [0.5174982140357174, 0.8519320008295045],
      2.4140714972633446,
    );
    expect(one!.impactRatio).toMatchObject({ defined: true, ci: null });
    const gap = defined(fairnessOf(EVIDENCE).demographic_parity_difference!.a);
    expect(gap.value).toBeCloseTo(62 / 88 - 66 / 106, 12);
    expect(gap.ci![0]).toBe(0);
    expect(gap.ci![1]).toBeCloseTo(0.30763202745644713, 6);
    expect(gap.formulaId).toMatch(/miettinen-nurminen-pairs\/clusters$/);
  });
});

describe('what clusters do not say', () => {
  it('metrics without a clustered form have a value, no interval, and decide nothing', () => {
    const plain = metricsOf(buildSplitEvidence(withoutClusters()));
    for (const metric of metricRegistry.of('classification').filter(({ clustered }) => !clustered)) {
      const [own, independent] = [defined(METRICS[metric.id]), defined(plain[metric.id])];
      expect(own).toMatchObject({ value: independent.value, ci: null, clusters: 40 });
      expect(own.formulaId).toBe(`${independent.formulaId}/no-clustered-interval`);
      expect(metric.lower(EVIDENCE, 0.05).defined).toBe(false);
      expect(metric.upper(EVIDENCE, 0.05).defined).toBe(false);
      expect(metric.pFail(EVIDENCE, 0.99, 'atLeast')).toBe(1);
    }
    expect(metricRegistry.get('auc').lower(EVIDENCE, 0.05)).toEqual({
      defined: false,
      reason: 'AUC has no interval for rows that are clustered by patient',
    });
  });

  it('below 20 clusters there are values alone', () => {
    const few = buildSplitEvidence({
      ...COLUMNS,
      clusters: { column: 'clinic', of: OF.map((g) => g % 19), count: 19 },
    });
    for (const id of ['accuracy', 'brier', 'log_loss', 'f1'] as const) {
      const metric = metricRegistry.get(id);
      expect(metric.value(few)).toMatchObject({ defined: true, ci: null });
      expect(metric.lower(few, 0.05)).toEqual({
        defined: false,
        reason: '19 clusters; clustered errors need 20',
      });
      expect(metric.pFail(few, 0.999, 'atLeast')).toBe(1);
      expect(metric.requiredN(few, 0.99, 0.05)).toBeNull();
    }
    const gap = defined(fairnessOf(few).demographic_parity_difference!.a);
    expect(gap).toMatchObject({ ci: null, formulaId: expect.stringMatching(/no-interval$/) as string });
  });

  it('clusters with rows of two groups halve what each rate says', () => {
    const across = buildSplitEvidence({ ...COLUMNS, cellOf: Array.from(OF, (_, row) => row % 2) });
    expect(across.clusters!.groups[0]!.shared).toBe(true);
    expect(EVIDENCE.clusters!.groups[0]!.shared).toBe(false);
    const apart = { ...across, clusters: structuredClone(across.clusters!) };
    apart.clusters.groups[0]!.shared = false;
    const width = (evidence: typeof across) =>
      defined(fairnessOf(evidence).demographic_parity_difference!.a).ci![1];
    expect(width(across)).toBeGreaterThan(width(apart));
  });

  it('a row beyond the clusters is refused', () => {
    const clusters = { column: 'patient', of: OF, count: 39 };
    expect(() => buildSplitEvidence({ ...COLUMNS, clusters })).toThrow(RangeError);
  });
});

function withoutClusters(): SplitColumns {
  const { clusters: _none, ...columns } = COLUMNS;
  return columns;
}

const CLUSTERED = metricRegistry.all.filter(({ clustered }) => clustered);

describe('clusters of rows, properties', () => {
  const columnsOf = (rows: readonly [label: number, prediction: number][], of: number[]): SplitColumns => ({
    classes: ['0', '1'],
    positive: '1',
    labels: rows.map(([label]) => label),
    predictions: rows.map(([, prediction]) => prediction),
    scores: Float64Array.from(rows, ([label, prediction], i) => ((3 * label + 5 * prediction + i) % 11) / 10),
    clusters: { column: 'c', of: Uint32Array.from(of), count: Math.max(...of) + 1 },
  });
  const bit = fc.integer({ min: 0, max: 1 });
  const rows = fc.array(fc.tuple(bit, bit), { minLength: 60, maxLength: 150 });

  it('rows that are clusters of their own: n / (n - 1) for rates, bounds within a hair of the independent ones', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const own = buildSplitEvidence(
          columnsOf(
            all,
            all.map((_, i) => i),
          ),
        );
        const { clusters: _none, ...plain } = own;
        for (const metric of CLUSTERED) {
          const [value, bare] = [metric.value(own), metric.value(plain)];
          if (!value.defined || !bare.defined || value.ci === null || bare.value === 0 || bare.value === 1)
            continue;
          expect(value.value).toBe(bare.value);
          expect(value.deff!).toBeLessThanOrEqual(value.n / (value.n - 1) + 1e-9);
          const [lower, independent] = [metric.lower(own, 0.05), metric.lower(plain, 0.05)];
          if (!lower.defined || !independent.defined) throw new Error('no bound');
          expect(lower.value).toBeLessThanOrEqual(independent.value + 1e-9);
          expect(lower.value).toBeGreaterThan(independent.value - 0.03);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('rows that stand twice in their cluster change no interval', () => {
    let compared = 0;
    fc.assert(
      fc.property(rows, (all) => {
        const of = all.map((_, i) => i % 30);
        const once = buildSplitEvidence(columnsOf(all, of));
        const columns = columnsOf(all, of);
        const twice = buildSplitEvidence({
          ...columns,
          labels: [...Array.from(columns.labels), ...Array.from(columns.labels)],
          predictions: [...Array.from(columns.predictions), ...Array.from(columns.predictions)],
          scores: Float64Array.from([...columns.scores!, ...columns.scores!]),
          clusters: { column: 'c', of: Uint32Array.from([...of, ...of]), count: 30 },
        });
        for (const metric of CLUSTERED) {
          const [first, second] = [metric.value(once), metric.value(twice)];
          if (!first.defined || !second.defined || first.ci === null) continue;
          // Clusters that hang together less than chance count as independent rows, of which there are then more.
          if (first.deff! <= 1 + 1e-12) continue;
          compared++;
          expect(second.ci![0]).toBeCloseTo(first.ci![0], 8);
          expect(second.ci![1]).toBeCloseTo(first.ci![1], 8);
        }
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(60);
  });

  it('bounds hold at their level where rows hang together, and those of independent rows do not', () => {
    const random = seededRandom('clustered metrics');
    const accuracy = metricRegistry.get('accuracy');
    let [missed, naive] = [0, 0];
    for (let run = 0; run < 600; run++) {
      const right = Array.from({ length: 30 }, () => {
        const rate = random() < 0.5 ? 0.7 : 0.9;
        return Array.from({ length: 8 }, () => (random() < rate ? 1 : 0));
      });
      const evidence = buildSplitEvidence({
        classes: ['0', '1'],
        positive: '1',
        labels: Array.from({ length: 240 }, () => 1),
        predictions: right.flat(),
        clusters: { column: 'c', of: Uint32Array.from({ length: 240 }, (_, i) => i >> 3), count: 30 },
      });
      const { clusters: _none, ...plain } = evidence;
      const [lower, independent] = [accuracy.lower(evidence, 0.05), accuracy.lower(plain, 0.05)];
      if (lower.defined && lower.value > 0.8) missed++;
      if (independent.defined && independent.value > 0.8) naive++;
    }
    // 30 expected of 600; 45 is 2.8 standard errors above.
    expect(missed).toBeLessThanOrEqual(45);
    expect(naive).toBeGreaterThan(missed);
  });
});
