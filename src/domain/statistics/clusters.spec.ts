import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { clopperPearson } from './clopper-pearson.js';
import { addCluster, clusteredRate, emptyMoments } from './cluster-moments.js';
import {
  clusteredInterval,
  clusteredLower,
  clusteredMean,
  clusteredProportion,
  clusteredTestGreater,
  clusteredTestLess,
  clusteredUpper,
  type ClusteredProportion,
  type ClusterSums,
} from './clusters.js';
import { binomialDraw } from './multinomial.js';
import { seededRandom } from './random.js';

/** 24 clusters of 1 to 6 trials, made with numpy's default_rng(11): rates of Beta(2, 2). */
const SUCCESSES = [0, 1, 1, 1, 5, 4, 0, 5, 0, 3, 4, 1, 3, 1, 1, 1, 1, 1, 3, 2, 5, 1, 1, 1];
const TRIALS = [1, 1, 1, 4, 6, 4, 3, 6, 1, 3, 6, 5, 6, 5, 2, 1, 1, 1, 5, 5, 5, 4, 2, 4];
const CLUSTERS: ClusterSums[] = TRIALS.map((n, g) => ({ n, sum: SUCCESSES[g]! }));

const ALL_RIGHT: ClusterSums[] = Array.from({ length: 25 }, () => ({ n: 50, sum: 50 }));

function defined(stat: ReturnType<typeof clusteredProportion>): ClusteredProportion {
  if (!stat.defined) throw new Error(stat.reason);
  return stat;
}

describe('clustered errors', () => {
  it('are those of statsmodels 0.15.0 (OLS on a constant, cov_type cluster, with and without correction)', () => {
    const cr1 = clusteredMean(CLUSTERS)!;
    expect(cr1).toMatchObject({ n: 82, clusters: 24, df: 23, formulaId: 'clustered-mean/CR1' });
    expect(cr1.mean).toBeCloseTo(0.5609756097560974, 14);
    expect(cr1.se).toBeCloseTo(0.07026247617724252, 14);
    expect(clusteredMean(CLUSTERS, 'CR0')!.se).toBeCloseTo(0.06878310047013249, 14);
  });

  it('design effect and Korn-Graubard bounds: formula by scipy 1.17.1 (stats.beta.ppf, stats.t.ppf)', () => {
    const stat = defined(clusteredProportion(CLUSTERS));
    expect(stat.deff).toBeCloseTo(1.6437210874944275, 12);
    expect(stat.n).toBeCloseTo(82 / 1.6437210874944275, 11);
    expect(stat.x).toBeCloseTo(46 / 1.6437210874944275, 11);
    const ninety = clusteredInterval(stat, 0.9);
    expect(ninety.low).toBeCloseTo(0.429481954704361, 11);
    expect(ninety.high).toBeCloseTo(0.6863273467393514, 11);
    const { low, high } = clusteredInterval(stat, 0.95);
    expect(low).toBeCloseTo(0.40480636987634344, 11);
    expect(high).toBeCloseTo(0.708781989629427, 11);
  });

  it('bounds that decide, with clusters that were not seen: formula by scipy 1.17.1', () => {
    const stat = defined(clusteredProportion(CLUSTERS));
    expect(stat.whole).toBeCloseTo(18.371584699453553, 11);
    expect(clusteredLower(stat, 0.05)).toBeCloseTo(0.3864241894620969, 11);
    expect(clusteredUpper(stat, 0.05)).toBeCloseTo(0.72239811365629, 11);
    // One cluster of 25 with 10 of 50 wrong: between Korn and Graubard's .9604 and .8647 of 25 trials.
    const one = defined(clusteredProportion([...ALL_RIGHT.slice(1), { n: 50, sum: 40 }]));
    expect(clusteredLower(one, 0.05)).toBeCloseTo(0.8715737398220853, 11);
  });

  it('one stray error hides no clusters that fail as a whole', () => {
    const wrong = (rows: number) =>
      clusteredLower(defined(clusteredProportion([...ALL_RIGHT.slice(1), { n: 50, sum: 50 - rows }])), 0.05);
    expect(wrong(0)).toBeCloseTo(0.8784090827055149, 11);
    // Korn and Graubard's bound is .996.
    expect(wrong(1)).toBeCloseTo(0.8784090827055149, 11);
  });

  it('rows that hang together less than chance count as independent ones, no more', () => {
    // Five of ten right in each cluster: no variance between them at all.
    const stat = defined(clusteredProportion(Array.from({ length: 30 }, () => ({ n: 10, sum: 5 }))));
    expect(stat).toMatchObject({ deff: 1, n: 300, x: 150, whole: 30 });
    const moments = emptyMoments();
    for (let cluster = 0; cluster < 30; cluster++) addCluster(moments, [5, 0, 5, 0]);
    expect(clusteredRate(moments, [1, 0, 0, 0], [1, 0, 1, 0])).toEqual(stat);
  });

  it('by hand: pairs that always agree count once', () => {
    const pairs = Array.from({ length: 40 }, (_, g) => ({ n: 2, sum: g < 30 ? 2 : 0 }));
    const stat = defined(clusteredProportion(pairs));
    expect(stat.deff).toBeCloseTo((2 * 40) / 39, 12);
    expect(clusteredMean(pairs, 'CR0')!.se).toBeCloseTo(Math.sqrt((0.75 * 0.25) / 40), 12);
  });

  it('trials that are all alike count per cluster, not per row', () => {
    const stat = defined(clusteredProportion(Array.from({ length: 30 }, () => ({ n: 50, sum: 0 }))));
    expect(stat).toMatchObject({ x: 0, n: 30, deff: 50 });
    expect(clusteredUpper(stat, 0.05)).toBeGreaterThan(clopperPearson(0, 30, 0.9).high);
  });

  it('fewer than 20 clusters with trials decide nothing', () => {
    const few = [...CLUSTERS.slice(0, 19), { n: 0, sum: 0 }];
    expect(clusteredProportion(few)).toEqual({
      defined: false,
      reason: '19 clusters; clustered errors need 20',
    });
    expect(clusteredProportion([]).defined).toBe(false);
    expect(clusteredMean([{ n: 5, sum: 1 }])).toBeNull();
  });
});

describe('clustered errors, properties', () => {
  const cluster = fc
    .integer({ min: 1, max: 12 })
    .chain((n) => fc.record({ n: fc.constant(n), sum: fc.integer({ min: 0, max: n }) }));
  const clusters = fc.array(cluster, { minLength: 20, maxLength: 60 });

  it('no effect of their order, mirrored by swapping outcomes, never narrower than independent rows', () => {
    fc.assert(
      fc.property(clusters, (sums) => {
        const stat = defined(clusteredProportion(sums));
        const backwards = defined(clusteredProportion([...sums].reverse()));
        expect(backwards.n).toBeCloseTo(stat.n, 8);
        expect(stat.deff).toBeGreaterThanOrEqual(1);
        const mirror = defined(clusteredProportion(sums.map(({ n, sum }) => ({ n, sum: n - sum }))));
        expect(clusteredLower(mirror, 0.05)).toBeCloseTo(1 - clusteredUpper(stat, 0.05), 8);
        const rows = sums.reduce((total, { n }) => total + n, 0);
        const successes = sums.reduce((total, { sum }) => total + sum, 0);
        const plain = clopperPearson(successes, rows, 0.9);
        expect(clusteredLower(stat, 0.05)).toBeLessThanOrEqual(plain.low + 1e-9);
        expect(clusteredUpper(stat, 0.05)).toBeGreaterThanOrEqual(plain.high - 1e-9);
      }),
    );
  });

  it('bound and p-value agree', () => {
    fc.assert(
      fc.property(clusters, fc.double({ min: 0.02, max: 0.98, noNaN: true }), (sums, p0) => {
        const stat = defined(clusteredProportion(sums));
        const [lower, upper] = [clusteredLower(stat, 0.05), clusteredUpper(stat, 0.05)];
        if (Math.abs(lower - p0) > 1e-9) expect(lower > p0).toBe(clusteredTestGreater(stat, p0) < 0.05);
        if (Math.abs(upper - p0) > 1e-9) expect(upper < p0).toBe(clusteredTestLess(stat, p0) < 0.05);
      }),
    );
  });

  it('an error more never helps', () => {
    const mostlyRight = fc
      .integer({ min: 1, max: 12 })
      .chain((n) => fc.record({ n: fc.constant(n), sum: fc.integer({ min: Math.ceil(n / 2), max: n }) }));
    const cases = fc.tuple(fc.array(mostlyRight, { minLength: 20, maxLength: 60 }), fc.nat(), fc.boolean());
    const bound = (sums: ClusterSums[]) => clusteredLower(defined(clusteredProportion(sums)), 0.05);
    fc.assert(
      fc.property(cases, ([sums, pick, clean]) => {
        const before = clean ? sums.map(({ n }) => ({ n, sum: n })) : sums;
        const at = pick % before.length;
        const after = before.map(({ n, sum }, i) => ({ n, sum: i === at ? Math.max(0, sum - 1) : sum }));
        expect(bound(after)).toBeLessThanOrEqual(bound(before) + 1e-12);
      }),
    );
  });

  it.each([
    // Whole clusters fail in this share, rows of the others in that.
    [25, 50, 0.05, 0.001],
    [40, 20, 0.03, 0.002],
    [100, 20, 0.03, 0.002],
    [60, 20, 0.05, 0.1],
  ])(
    'of %i clusters of %i rows, with whole ones wrong in %f and rows in %f, bounds miss at most 5 %%',
    (G, rows, whole, row) => {
      const random = seededRandom(`whole clusters/${G}/${rows}`);
      const truth = (1 - whole) * (1 - row);
      const runs = 600;
      const missed = { low: 0, high: 0 };
      for (let run = 0; run < runs; run++) {
        const sums = Array.from({ length: G }, () => ({
          n: rows,
          sum: random() < whole ? 0 : binomialDraw(random, rows, 1 - row),
        }));
        const stat = defined(clusteredProportion(sums));
        if (clusteredLower(stat, 0.05) > truth) missed.low++;
        if (clusteredUpper(stat, 0.05) < truth) missed.high++;
      }
      const limit = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs);
      expect(missed.low / runs).toBeLessThanOrEqual(limit);
      expect(missed.high / runs).toBeLessThanOrEqual(limit);
    },
  );

  it('clusters whose rows hang together: the naive bound misses, this one does not', () => {
    const random = seededRandom('clusters');
    let [missed, naive] = [0, 0];
    for (let run = 0; run < 1000; run++) {
      // Rates of 0.2 or 0.8, five rows each: the mean is .5.
      const sums = Array.from({ length: 40 }, () => {
        const rate = random() < 0.5 ? 0.2 : 0.8;
        let sum = 0;
        for (let row = 0; row < 5; row++) if (random() < rate) sum++;
        return { n: 5, sum };
      });
      const successes = sums.reduce((total, { sum }) => total + sum, 0);
      if (clusteredLower(defined(clusteredProportion(sums)), 0.05) > 0.5) missed++;
      if (clopperPearson(successes, 200, 0.9).low > 0.5) naive++;
    }
    expect(missed).toBeLessThanOrEqual(71);
    expect(naive).toBeGreaterThan(71);
  });
});
