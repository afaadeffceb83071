import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRow, encodeValue, rowLeaf } from '../../../domain/canonical/index.js';
import { ReadableRows } from './readable-rows.js';

const COLUMNS = [
  { name: 'a', type: 'text' },
  { name: 'key', type: 'int64' },
] as const;

/** A block: each row behind its length, an erased one without bytes. */
function blockOf(rows: readonly (Buffer | null)[]): Buffer {
  return Buffer.concat(
    rows.flatMap((row) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(row?.length ?? 0);
      return row ? [length, row] : [length];
    }),
  );
}

describe('the rows of a block that are not erased', () => {
  it.each([true, false])('are found as reading every row finds them, with a key: %s', (keyed) => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { maxLength: 30 }),
        fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
        fc.nat(1000),
        (ids, kept, first) => {
          const orderOf = (row: Buffer, id: number) => (keyed ? encodeValue('int64', id) : rowLeaf(row));
          const sorted = ids
            .map((id) => ({ id, row: encodeRow(COLUMNS, [`text ${id}`, id]) }))
            .map(({ id, row }) => ({ row, order: orderOf(row, id) }))
            .sort((a, b) => Buffer.compare(a.order, b.order));
          const block = blockOf(sorted.map(({ row }, i) => (kept[i] ? row : null)));
          const rows = new ReadableRows(block, first, keyed ? 1 : null);
          const expected = sorted.map((each, i) => ({ ...each, index: first + i })).filter((_, i) => kept[i]);
          expect(rows.count).toBe(expected.length);
          expected.forEach(({ row, order, index }, i) => {
            expect(rows.at(i)).toEqual({ index, row });
            expect(rows.order(i)).toEqual(order);
          });
          for (const { order } of sorted) {
            const place = expected.findIndex((each) => Buffer.compare(each.order, order) >= 0);
            expect(rows.firstFrom(order)).toBe(place < 0 ? expected.length : place);
          }
          expect([rows.at(-1), rows.at(expected.length)]).toEqual([undefined, undefined]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
