import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCategories, countNumbers, mergeBinned, occupiedCounts, rowsOf } from './binned-sample.js';
import { categoricalBins, numericBinOf, numericBins, sameBins } from './bins.js';
import { sortedValues } from './column-profile.js';

const upTo = (n: number) => Float64Array.from({ length: n }, (_, i) => i + 1);

describe('numeric bins', () => {
  it('of 1..100 by ten are its deciles, ten rows each', () => {
    const bins = numericBins(upTo(100), 10);
    expect(bins.edges).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(countNumbers(bins, upTo(100)).counts).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 0]);
  });

  it('are closed above: 10 falls in the first, the next double in the second', () => {
    const bins = numericBins(upTo(100), 10);
    expect([10, 10.000000000000002, -Infinity, Infinity].map((x) => numericBinOf(bins, x))).toEqual([
      0, 1, 0, 9,
    ]);
  });

  it('give an atom a bin of its own and merge the edges that fall on it', () => {
    // Ninety zeros of a hundred: all quantiles but the last are 0.
    const values = sortedValues([...new Array<number>(90).fill(0), ...upTo(10)]);
    const bins = numericBins(values, 10);
    expect(bins.edges).toEqual([0, 0]);
    expect(countNumbers(bins, values).counts).toEqual([0, 90, 10, 0]);
    expect([-1, 0, -0, 1e-300].map((x) => numericBinOf(bins, x))).toEqual([0, 1, 1, 2]);
  });

  it('of a constant column tell other values apart from it', () => {
    const bins = numericBins(sortedValues([7, 7, 7]), 10);
    expect(bins.edges).toEqual([7, 7]);
    expect(countNumbers(bins, [7, 6, 8, Number.NaN]).counts).toEqual([1, 1, 1, 1]);
  });

  it('of nothing are one bin, and infinite values make no edge', () => {
    expect(numericBins(new Float64Array()).edges).toEqual([]);
    expect(numericBins(sortedValues([-Infinity, -Infinity, 1, 2, Infinity]), 2).edges).toEqual([1]);
    expect(() => numericBins(upTo(5), 1)).toThrow(RangeError);
  });

  it('are balanced: no bin but an atom holds twice its share, and only beside atoms is one empty', () => {
    const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, min: -5, max: 5 }));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 2, max: 12 }),
        (rows, k) => {
          const values = sortedValues(rows);
          const { edges } = numericBins(values, k);
          const bins = { kind: 'numeric' as const, edges };
          const { counts } = countNumbers(bins, values);
          expect(rowsOf({ bins, counts })).toBe(rows.length);
          expect(edges).toEqual([...edges].sort((a, b) => a - b));
          counts.slice(0, -1).forEach((count, bin) => {
            const [from, to] = [edges[bin - 1], edges[bin]];
            const isAtom = from !== undefined && from === to;
            if (isAtom) {
              expect(count).toBe(values.filter((x) => x === from).length);
              expect(count).toBeGreaterThanOrEqual(Math.max(2, rows.length / k));
            } else {
              expect(count).toBeLessThan(2 * (rows.length / k) + 2);
              const doubled = (at: number) =>
                edges[at] !== undefined && edges.indexOf(edges[at]) !== edges.lastIndexOf(edges[at]);
              if (count === 0 && edges.length > 0)
                expect((from === undefined || doubled(bin - 1)) && (to === undefined || doubled(bin))).toBe(
                  true,
                );
            }
          });
        },
      ),
    );
  });
});

describe('categorical bins', () => {
  it('name the most frequent; the rest counts together, and so does what is missing', () => {
    const bins = categoricalBins(
      new Map([
        ['b', 5],
        ['a', 5],
        ['c', 9],
        ['d', 1],
      ]),
      2,
    );
    expect(bins.categories).toEqual(['a', 'c']);
    expect(countCategories(bins, ['a', 'b', 'c', 'c', 'new', null]).counts).toEqual([1, 2, 2, 1]);
  });
});

describe('binned samples', () => {
  it('merge to the same counts however the rows are shared out', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 100 }), fc.nat(100), (rows, cut) => {
        const bins = numericBins(sortedValues(rows), 5);
        const whole = countNumbers(bins, rows);
        const parts = [countNumbers(bins, rows.slice(cut)), countNumbers(bins, rows.slice(0, cut))] as const;
        expect(mergeBinned(...parts)).toEqual(whole);
      }),
    );
  });

  it('over different bins are refused', () => {
    const a = countNumbers({ kind: 'numeric', edges: [1, 2] }, [1]);
    const b = countNumbers({ kind: 'numeric', edges: [1, 3] }, [1]);
    const c = countCategories({ kind: 'categorical', categories: ['1', '2'] }, ['1']);
    expect(sameBins(a.bins, b.bins)).toBe(false);
    expect(sameBins(a.bins, c.bins)).toBe(false);
    expect(() => occupiedCounts(a, b)).toThrow(/different bins do not compare/);
    expect(() => mergeBinned(a, c)).toThrow(RangeError);
  });

  it('leave out bins that are empty on both sides', () => {
    const bins = { kind: 'numeric', edges: [0, 0, 1, 1] } as const;
    const zeroOne = occupiedCounts(countNumbers(bins, [0, 0, 1]), countNumbers(bins, [1, Number.NaN]));
    expect(zeroOne).toEqual({ reference: [2, 1, 0], current: [0, 1, 1], n: 3, m: 2 });
  });
});
