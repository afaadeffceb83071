import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeColumn } from './describe-profile.js';
import { driftMethod, measureDrift } from './drift-methods.js';
import { QuantileSketch } from './quantile-sketch.js';
import {
  mergeProfiles,
  noDistinct,
  PROFILE_CATEGORIES,
  storedColumns,
  type StoredColumn,
  type StoredProfile,
} from './stored-profile.js';

const HASH = 'test';

function numeric(values: readonly (number | null)[]): StoredColumn {
  const there = values.filter((value): value is number => value !== null);
  const finite = there.filter(Number.isFinite);
  const mean = finite.reduce((sum, value) => sum + value, 0) / (finite.length || 1);
  return {
    column: 'x',
    type: 'double',
    kind: 'numeric',
    rows: values.length,
    missing: values.length - there.length,
    distinct: noDistinct(HASH),
    numeric: {
      sketch: QuantileSketch.of(finite).toJSON(),
      moments: { n: finite.length, mean, m2: finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) },
      min: finite.length ? Math.min(...finite) : null,
      max: finite.length ? Math.max(...finite) : null,
      notFinite: there.length - finite.length,
    },
    categorical: null,
  };
}

function categorical(counts: [string, number][], missing = 0, others = 0): StoredColumn {
  const rows = counts.reduce((sum, [, count]) => sum + count, missing + others);
  const lengths = counts.map(([value]) => value.length);
  return {
    ...{ column: 'c', type: 'text', kind: 'categorical', rows, missing, distinct: noDistinct(HASH) },
    numeric: null,
    categorical: {
      counts,
      others,
      lengths: counts.length
        ? {
            min: Math.min(...lengths),
            max: Math.max(...lengths),
            sum: counts.reduce((sum, [value, count]) => sum + value.length * count, 0),
          }
        : null,
    },
  };
}

const profile = (...columns: StoredColumn[]): StoredProfile => ({
  version: 1,
  rows: columns[0]!.rows,
  columns,
});

describe('a stored profile', () => {
  it('of two samples merged is that of both', () => {
    const values = fc.array(
      fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -50, max: 50 }) }, fc.constant(null)),
      {
        maxLength: 300,
      },
    );
    fc.assert(
      fc.property(values, values, (a, b) => {
        const merged = describeColumn(mergeProfiles(profile(numeric(a)), profile(numeric(b))).columns[0]!);
        const whole = describeColumn(numeric([...a, ...b]));
        expect(merged.rows).toBe(whole.rows);
        expect(merged.missing).toBe(whole.missing);
        for (const key of ['min', 'max', 'notFinite'] as const)
          expect(merged.numeric![key]).toBe(whole.numeric![key]);
        for (const key of ['mean', 'sd'] as const) {
          if (whole.numeric![key] === null) expect(merged.numeric![key]).toBeNull();
          else expect(merged.numeric![key]).toBeCloseTo(whole.numeric![key], 9);
        }
        // Fewer rows than a level holds: the sketches are exact.
        if (a.length + b.length <= 512) expect(merged.numeric!.quantiles).toEqual(whole.numeric!.quantiles);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps every category as long as there are few, and says how many rows it no longer names', () => {
    const many = (from: number): [string, number][] =>
      Array.from({ length: 700 }, (_, i) => [`v${from + i}`, 2]);
    const { categorical: part } = mergeProfiles(
      profile(categorical(many(0), 3)),
      profile(categorical(many(500))),
    ).columns[0]!;
    // 1,200 values, of which the 200 that both have stand first.
    expect(part!.counts).toHaveLength(PROFILE_CATEGORIES);
    expect(part!.counts.slice(0, 200).every(([, count]) => count === 4)).toBe(true);
    expect(part!.others).toBe(2 * 200);
    expect(part!.lengths).toEqual({ min: 2, max: 5, sum: 11380 });
  });

  it('does not merge with one of other columns, types or hashes', () => {
    expect(() => mergeProfiles(profile(numeric([1])), profile(categorical([])))).toThrow(/different columns/);
    const other = { ...numeric([1]), type: 'int64' };
    expect(() => mergeProfiles(profile(numeric([1])), profile(other))).toThrow(/does not merge: double/);
    const hashed = { ...numeric([1]), distinct: noDistinct('another') };
    expect(() => mergeProfiles(profile(numeric([1])), profile(hashed))).toThrow(
      /by test and double by another/,
    );
  });

  it('draws bars over the whole range, of all rows', () => {
    const { numeric: drawn } = describeColumn(numeric([...Array(100).keys(), null, Infinity]));
    expect(drawn!.histogram!.edges).toHaveLength(21);
    expect(drawn!.histogram!.counts.reduce((a, b) => a + b)).toBe(100);
    expect(drawn!.notFinite).toBe(1);
    expect(drawn!.quantiles.find(({ share }) => share === 0.5)!.value).toBe(49);
    const constant = describeColumn(numeric([7, 7])).numeric!;
    expect(constant.histogram).toEqual({ edges: [7, 7], counts: [2] });
    expect(describeColumn(numeric([null])).numeric).toMatchObject({
      mean: null,
      histogram: null,
      quantiles: [],
    });
  });

  it('is compared by sketches, which are exact for few rows: scipy.stats.ks_2samp', () => {
    const [a, b] = storedColumns(numeric([1, 2, 3, 4, 5, 6, 7, 8]), numeric([5, 6, 7, 8, 9, 10, 11, 12]));
    // ks_2samp(range(1, 9), range(5, 13)): statistic 0.5, p 0.2826728826728827 (scipy 1.17).
    expect(measureDrift(driftMethod('ks_sketch'), a, b)).toMatchObject({ defined: true, effect: 0.5 });
    expect(measureDrift(driftMethod('ks_sketch'), a, b)).toHaveProperty(
      'p',
      expect.closeTo(0.2826728826728827, 12),
    );
  });

  it('is compared by category only where both kept every one', () => {
    const [a, b] = storedColumns(
      categorical([
        ['m', 30],
        ['f', 10],
      ]),
      categorical(
        [
          ['f', 30],
          ['m', 10],
        ],
        2,
      ),
    );
    const v = measureDrift(driftMethod('total_variation'), a, b);
    expect(v).toMatchObject({ defined: true, n: { reference: 40, current: 42 } });
    const [c, d] = storedColumns(categorical([['m', 30]], 0, 5), categorical([['m', 30]]));
    expect(measureDrift(driftMethod('total_variation'), c, d)).toMatchObject({ defined: false });
  });
});
