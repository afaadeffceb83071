import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangesOf } from './cut-rows.js';

describe('ranges of rows', () => {
  const starts = (rows: number) => fc.uniqueArray(fc.nat(rows - 1), { maxLength: 60 });

  it('are all rows once and in order, none longer than 32,768, none but the last shorter than 512', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200_000 }).chain((rows) => fc.tuple(fc.constant(rows), starts(rows))),
        ([rows, given]) => {
          const ranges = rangesOf(
            given.sort((a, b) => a - b),
            rows,
          );
          expect(ranges.map(({ from }) => from)).toEqual([0, ...ranges.slice(0, -1).map(({ to }) => to)]);
          expect(ranges.at(-1)!.to).toBe(rows);
          for (const { from, to } of ranges) expect(to - from).toBeLessThanOrEqual(32_768);
          for (const { from, to } of ranges.slice(0, -1)) expect(to - from).toBeGreaterThanOrEqual(512);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are the same again behind rows that were put in', () => {
    const given = Array.from({ length: 40 }, (_, i) => 2_000 * i + ((i * i * 37) % 900));
    const before = rangesOf(given, 80_000);
    // 700 rows more before row 30,000.
    const after = rangesOf(
      given.map((start) => (start < 30_000 ? start : start + 700)),
      80_700,
    );
    const lengths = (ranges: typeof before, from: number) =>
      ranges.filter((range) => range.from >= from).map(({ from, to }) => to - from);
    expect(after.filter(({ to }) => to < 30_000)).toEqual(before.filter(({ to }) => to < 30_000));
    expect(lengths(after, 34_700)).toEqual(lengths(before, 34_000));
    expect(lengths(before, 34_000).length).toBeGreaterThan(15);
  });
});
