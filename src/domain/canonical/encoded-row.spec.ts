import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellValue, ColumnType } from './column-type.js';
import { encodeRow, sealedRowLeaf } from './encode-row.js';
import { encodeValue } from './encode-value.js';
import { commitmentOf, fieldAt, fieldsOf, textOfField } from './encoded-row.js';
import { parseAs } from './parse-value.js';

const texts = (field: Uint8Array) => Buffer.from(field).toString('utf8');

describe('an encoded row', () => {
  it('comes apart into the fields of the example of docs/encoding.md', () => {
    const row = Buffer.from('n0:i1:7s3:zü');
    expect(fieldsOf(row).map(texts)).toEqual(['n0:', 'i1:7', 's3:zü']);
    expect(fieldsOf(row).map(textOfField)).toEqual([null, '7', 'zü']);
    expect(texts(fieldAt(row, 2))).toBe('s3:zü');
  });

  it.each([
    ['f4:1e-1', '0.1'],
    ['f6:-25e-1', '-2.5'],
    ['f18:9007199254740994e0', '9.007199254740994e+15'],
    ['f5:1e300', '1e+300'],
    ['f3:nan', 'nan'],
    ['f4:-inf', '-inf'],
    ['s0:', ''],
    ['t20:2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'],
  ])('shows %s as %s', (field, text) => {
    expect(textOfField(Buffer.from(field))).toBe(text);
  });

  it('gives texts that read back as the same values', () => {
    const cell: fc.Arbitrary<[ColumnType, CellValue]> = fc.oneof(
      fc.tuple(fc.constant('int64' as const), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      fc.tuple(fc.constant('double' as const), fc.double()),
      fc.tuple(fc.constant('boolean' as const), fc.boolean()),
      fc.tuple(fc.constant('text' as const), fc.string({ unit: 'grapheme' })),
      fc.tuple(fc.constant('text' as const), fc.constant(null)),
    );
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 12 }), (cells) => {
        const columns = cells.map(([type], i) => ({ name: `c${String(i).padStart(2, '0')}`, type }));
        const row = encodeRow(
          columns,
          cells.map(([, value]) => value),
        );
        const fields = fieldsOf(row);
        expect(fields).toHaveLength(cells.length);
        cells.forEach(([type], i) => {
          expect(encodeValue(type, parseAs(type, textOfField(fields[i]!))).equals(fields[i]!)).toBe(true);
          expect(fieldAt(row, i).equals(fields[i]!)).toBe(true);
        });
      }),
    );
  });

  it('ends in its commitment where it is sealed', () => {
    const commitment = 'ab'.repeat(32);
    const row = Buffer.from(`i1:7h64:${commitment}`);
    expect(commitmentOf(row)).toBe(commitment);
    expect(sealedRowLeaf(Buffer.from('i1:7'), commitmentOf(row))).toHaveLength(32);
  });

  it.each(['i', 'i1', 'i5:1', ':', 'ix:1', 'i1:7h'])('refuses %s', (text) => {
    expect(() => fieldsOf(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'ROW_FORM' }));
    expect(() => commitmentOf(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'ROW_FORM' }));
  });
});
