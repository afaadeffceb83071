import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Draw } from '../splitting/index.js';
import { chiSquaredUpper } from '../statistics/index.js';
import { admit, type Place, rankOf } from './reservoir.js';

/** What is kept after all batches, by ordinals in their order. */
function kept(places: readonly Place[], batches: readonly number[], capacity: number): number[] {
  const held = new Map<number, Place>();
  let at = 0;
  for (const size of batches) {
    const offered = places.slice(at, at + size);
    at += size;
    const highest = [...held.values()]
      .sort((a, b) => b.rank - a.rank || b.ordinal - a.ordinal)
      .slice(0, offered.length);
    const { entering, leaving } = admit(held.size, highest, offered, capacity);
    for (const ordinal of leaving) expect(held.delete(ordinal)).toBe(true);
    for (const place of offered) if (entering.includes(place.ordinal)) held.set(place.ordinal, place);
  }
  return [...held.keys()].sort((a, b) => a - b);
}

const placesOf = (seed: number, rows: number): Place[] => {
  const draw = new Draw(seed);
  return Array.from({ length: rows }, (_, i) => ({ ordinal: i + 1, rank: rankOf(draw, 1, i + 1) }));
};

describe('a reservoir', () => {
  it('is the rows of lowest rank, whatever the batches', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 20 }),
        // Few ranks, so that some are equal.
        fc.infiniteStream(fc.integer({ min: 0, max: 30 })),
        (batches, capacity, ranks) => {
          const rows = batches.reduce((sum, size) => sum + size, 0);
          const places = Array.from({ length: rows }, (_, i) => ({
            ordinal: i + 1,
            rank: ranks.next().value! / 31,
          }));
          const lowest = [...places]
            .sort((a, b) => a.rank - b.rank || a.ordinal - b.ordinal)
            .slice(0, capacity)
            .map(({ ordinal }) => ordinal)
            .sort((a, b) => a - b);
          expect(kept(places, batches, capacity)).toEqual(lowest);
          expect(kept(places, [rows], capacity)).toEqual(lowest);
        },
      ),
    );
  });

  // Simple random sampling without replacement: each row is in with k/n, each pair with k(k-1)/n(n-1) (Cochran 1977, 2.2).
  it('has each row, and each pair of rows, as often as theory says', () => {
    const [n, k, draws] = [12, 4, 4_000];
    const single = new Array<number>(n).fill(0);
    const pairs = new Map<string, number>();
    for (let seed = 0; seed < draws; seed++) {
      const sample = kept(placesOf(seed, n), [5, 1, 6], k);
      expect(sample).toHaveLength(k);
      for (const [i, a] of sample.entries()) {
        single[a - 1]! += 1;
        for (const b of sample.slice(i + 1)) pairs.set(`${a},${b}`, (pairs.get(`${a},${b}`) ?? 0) + 1);
      }
    }
    // Inclusion counts of samples without replacement: their sum of squares over n p (1-p) n/(n-1) is chi-squared with n-1 degrees.
    const p = k / n;
    const square = single.reduce((sum, seen) => sum + (seen - draws * p) ** 2, 0);
    const statistic = (square * (n - 1)) / (n * draws * p * (1 - p));
    expect(chiSquaredUpper(statistic, n - 1)).toBeGreaterThan(0.001);
    const expected = (draws * k * (k - 1)) / (n * (n - 1));
    expect(pairs.size).toBe((n * (n - 1)) / 2);
    for (const seen of pairs.values())
      expect(Math.abs(seen - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  // The place of an erased row is not given away: of rows before and after an erasure, each other row is in as often.
  it('stays uniform over the rows that are left when some are erased between batches', () => {
    const [before, after, k, draws] = [10, 10, 4, 4_000];
    const erased = new Set([1, 2, 3]);
    const seen = { before: 0, after: 0 };
    for (let seed = 0; seed < draws; seed++) {
      for (const ordinal of kept(placesOf(seed, before + after), [before, after], k)) {
        if (erased.has(ordinal)) continue;
        seen[ordinal <= before ? 'before' : 'after'] += 1;
      }
    }
    const expected = (rows: number) => (draws * rows * k) / (before + after);
    for (const [found, rows] of [
      [seen.before, before - erased.size],
      [seen.after, after],
    ] as const)
      expect(Math.abs(found - expected(rows))).toBeLessThan(4 * Math.sqrt(expected(rows)));
  });

  it('is another for another seed and another sample of the same plan', () => {
    const draw = new Draw(7);
    const ranks = [rankOf(draw, 1, 1), rankOf(draw, 2, 1), rankOf(draw, 1, 2), rankOf(new Draw(8), 1, 1)];
    expect(new Set(ranks).size).toBe(4);
    expect(rankOf(new Draw(7), 1, 1)).toBe(ranks[0]);
  });

  it('says nothing where it is not told enough of what is held', () => {
    const [place] = placesOf(0, 1);
    expect(() => admit(3, [], [place!], 3)).toThrow(RangeError);
    expect(() => admit(4, [place!], [place!], 3)).toThrow(RangeError);
  });
});
