import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixed } from './min-hash.js';
import { NearRows } from './near-rows.js';

const near = (rows: (string | null)[][], threshold = 0.8) => {
  const all = new NearRows(rows[0]!.length, threshold);
  for (const row of rows) all.add(row);
  return all.near();
};

describe('near rows', () => {
  it('k of d equal cells are k / (2d - k); a cell is its column and its value, an empty one too', () => {
    const row = Array.from({ length: 18 }, (_, i) => `v${i}`);
    const copy = [...row.slice(0, 16), 'x', 'y'];
    expect(near([row, copy])).toEqual([{ item: 1, earlier: 0, similarity: 16 / 20 }]);
    expect(near([row, [...row.slice(0, 15), 'x', 'y', 'z']])).toEqual([]);
    // The same values in other columns are other cells.
    expect(near([row, [...row.slice(1), row[0]!]])).toEqual([]);
    const empty = row.map((value, i) => (i < 9 ? null : value));
    expect(near([empty, [...empty]], 1)).toEqual([{ item: 1, earlier: 0, similarity: 1 }]);
    expect(near([empty, empty.map((value) => value ?? '')])).toEqual([]);
  });

  it('finds all of 600 planted pairs at exactly 0.8, and nothing else', () => {
    const planted = Array.from({ length: 600 }, (_, i) => {
      const row = Array.from({ length: 18 }, (_v, j) => `${mixed(i * 18 + j) % 500}`);
      return [row, row.map((value, j) => (j === i % 18 || j === (i + 7) % 18 ? `other ${i}` : value))];
    }).flat();
    expect(near(planted)).toEqual(
      Array.from({ length: 600 }, (_, i) => ({ item: 2 * i + 1, earlier: 2 * i, similarity: 0.8 })),
    );
  });

  it('as comparing every row with every earlier one', () => {
    const cell = fc.constantFrom('a', 'b', null);
    const table = fc
      .integer({ min: 6, max: 30 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 2, maxLength: 12 }),
      );
    // Rows of chance alone are seldom near: some are made from the first, with a few other cells.
    const edits = fc.array(fc.array(fc.nat(29), { maxLength: 7 }), { maxLength: 5 });
    fc.assert(
      fc.property(table, edits, fc.constantFrom(0.7, 0.8, 0.9, 1), (random, changes, threshold) => {
        const width = random[0]!.length;
        const rows = [
          ...random,
          ...changes.map((at) => random[0]!.map((value, j) => (at.includes(j) ? 'other' : value))),
        ];
        const similarity = (a: (string | null)[], b: (string | null)[]) => {
          const equal = a.filter((value, j) => value === b[j]).length;
          return equal / (2 * width - equal);
        };
        const found = near(rows, threshold);
        const expected = rows.flatMap((row, i) =>
          rows.slice(0, i).some((earlier) => similarity(row, earlier) >= threshold) ? [i] : [],
        );
        expect(found.map(({ item }) => item)).toEqual(expected);
        for (const { item, earlier, similarity: said } of found)
          expect(said).toBe(similarity(rows[item]!, rows[earlier]!));
      }),
      { numRuns: 100 },
    );
  });
});
