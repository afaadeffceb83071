import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialUpperTail, seededRandom } from '../statistics/index.js';
import { parseSlice } from './parse-slice.js';
import { countSlices, sumSliceCounts, type SliceFactor } from './slice-counts.js';
import { KEPT_SLICES, worstOfCounts, worstSlices } from './worst-slices.js';

const level = (where: string) => {
  const parsed = parseSlice(where);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.slice;
};

/** Columns a, b, ... of `levels` values each, drawn at random. */
function factors(count: number, levels: number, rows: number, random: () => number): SliceFactor[] {
  return Array.from({ length: count }, (_, i) => {
    const column = String.fromCharCode(97 + i);
    return {
      column,
      levels: Array.from({ length: levels }, (__, j) => level(`${column} = ${j}`)),
      levelOf: Int32Array.from({ length: rows }, () => Math.floor(random() * levels)),
    };
  });
}

describe('worstSlices', () => {
  it('compares each level and pair of levels with the rest, exactly', () => {
    // 8 of 10 against 1 of 6: p = 196/8008; nothing else is as large as five.
    const a: SliceFactor = {
      column: 'a',
      levels: [level("a = 'x'"), level("a = 'y'")],
      levelOf: Int32Array.from({ length: 16 }, (_, row) => (row < 10 ? 0 : 1)),
    };
    const wrong = Uint8Array.from({ length: 16 }, (_, row) => (row < 8 || row === 12 ? 1 : 0));
    const { tried, slices } = worstSlices([a], wrong, 5);
    expect(tried).toBe(2);
    expect(slices[0]).toMatchObject({
      where: "a = 'x'",
      n: 10,
      errors: 8,
      rest: { n: 6, errors: 1 },
      p: expect.closeTo(196 / 8008, 12) as number,
      adjustedP: expect.closeTo((2 * 196) / 8008, 12) as number,
    });
    expect(worstSlices([a], wrong, 7)).toEqual({ tried: 0, slices: [] });
  });

  it('does not try a pair again that is one of its parts, nor what holds every row', () => {
    const levels = [level('a = 0'), level('a = 1')];
    const levelOf = Int32Array.from({ length: 40 }, (_, row) => row % 2);
    const same = { column: 'b', levels: [level('b = 0'), level('b = 1')], levelOf };
    const constant = { column: 'c', levels: [level('c = 0')], levelOf: levelOf.map(() => 0) };
    expect(
      worstSlices([{ column: 'a', levels, levelOf }, same, constant], Uint8Array.from(levelOf), 5).tried,
    ).toBe(4);
  });

  it('finds a weak pair that no column shows alone', () => {
    const random = seededRandom('planted');
    const all = factors(4, 3, 3_000, random);
    const wrong = Uint8Array.from({ length: 3_000 }, (_, row) => {
      const weak = all[1]!.levelOf[row] === 2 && all[3]!.levelOf[row] === 0;
      return random() < (weak ? 0.35 : 0.1) ? 1 : 0;
    });
    const { tried, slices } = worstSlices(all, wrong, 50);
    expect(tried).toBe(4 * 3 + 6 * 9);
    expect(slices[0]!.where).toBe('b = 2 AND d = 0');
    expect(slices[0]!.adjustedP).toBeLessThan(1e-6);
    expect(slices).toHaveLength(KEPT_SLICES);
    expect(slices.map(({ p }) => p)).toEqual(slices.map(({ p }) => p).sort((x, y) => x - y));
  });

  it('where errors fall anywhere, shows a slice in at most one search of twenty', () => {
    const random = seededRandom('null');
    const searches = 400;
    let [any, unadjusted] = [0, 0];
    for (let i = 0; i < searches; i++) {
      const all = factors(4, 3, 300, random);
      const wrong = Uint8Array.from({ length: 300 }, () => (random() < 0.2 ? 1 : 0));
      const { slices } = worstSlices(all, wrong, 20);
      if (slices[0]!.adjustedP <= 0.05) any += 1;
      if (slices[0]!.p <= 0.05) unadjusted += 1;
    }
    // So many of 400 would come by chance less than once in 10,000, were the rate .05.
    expect(binomialUpperTail(any, searches, 0.05)).toBeGreaterThan(1e-4);
    // Without Holm nearly every search would show one: the data leave room to fail.
    expect(unadjusted).toBeGreaterThan(searches / 2);
  });
});

describe('sumSliceCounts', () => {
  it('makes of the counts of shards, wherever they begin, those of all rows', () => {
    const rows = 200;
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.integer({ min: 0, max: rows }), { maxLength: 6 }),
        (seed, cuts) => {
          const random = seededRandom(seed);
          const all = factors(3, 4, rows, random);
          const wrong = Uint8Array.from({ length: rows }, () => (random() < 0.3 ? 1 : 0));
          const bounds = [0, ...cuts.sort((a, b) => a - b), rows];
          const shards = bounds.slice(1).map((to, i) =>
            countSlices(
              all.map((factor) => ({ ...factor, levelOf: factor.levelOf.slice(bounds[i], to) })),
              wrong.slice(bounds[i], to),
            ),
          );
          const sum = sumSliceCounts(shards.reverse());
          expect(sum).toEqual(countSlices(all, wrong));
          expect(worstOfCounts(all, sum, 10)).toEqual(worstSlices(all, wrong, 10));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('adds no counts of columns that were cut otherwise', () => {
    const of = (levels: number) =>
      countSlices(factors(2, levels, 10, seededRandom('cut')), new Uint8Array(10));
    expect(() => sumSliceCounts([of(2), of(3)])).toThrow('different cuts');
    expect(() => sumSliceCounts([])).toThrow('at least one');
  });
});
