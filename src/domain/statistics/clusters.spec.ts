import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { clopperPearson } from './clopper-pearson.js';
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
import { seededRandom } from './random.js';

/** 24 clusters of 1 to 6 trials, made with numpy's default_rng(11): rates of Beta(2, 2). */
const SUCCESSES = [0, 1, 1, 1, 5, 4, 0, 5, 0, 3, 4, 1, 3, 1, 1, 1, 1, 1, 3, 2, 5, 1, 1, 1];
const TRIALS = [1, 1, 1, 4, 6, 4, 3, 6, 1, 3, 6, 5, 6, 5, 2, 1, 1, 1, 5, 5, 5, 4, 2, 4];
const CLUSTERS: ClusterSums[] = TRIALS.map((n, g) => ({ n, sum: SUCCESSES[g]! }));

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
    expect(clusteredLower(stat, 0.05)).toBeCloseTo(0.429481954704361, 11);
    expect(clusteredUpper(stat, 0.05)).toBeCloseTo(0.6863273467393514, 11);
    const { low, high } = clusteredInterval(stat, 0.95);
    expect(low).toBeCloseTo(0.40480636987634344, 11);
    expect(high).toBeCloseTo(0.708781989629427, 11);
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
