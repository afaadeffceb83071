import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnType } from './column-type.js';
import { type TextCells, writeCell } from './encode-cell.js';
import { ValueWriter, encodeValue } from './encode-value.js';
import { parseAs, parseDouble } from './parse-value.js';

/** Texts that are all short, whatever their length; or all long. */
function cellsOf(texts: readonly (string | null)[], short = true): TextCells {
  const parts = texts.map((text) => Buffer.from(text ?? '', 'utf8'));
  const starts = parts.map((_, i) => 7 + Buffer.concat(parts.slice(0, i)).length);
  return {
    bytes: Buffer.concat([Buffer.alloc(7), ...parts]),
    lengthOf: (row) => (texts[row] === null ? -1 : parts[row]!.length),
    startOf: (row) => (short ? starts[row]! : -1),
    textOf: (row) => texts[row]!,
  };
}

function written(type: ColumnType, text: string | null, short = true): string {
  const writer = new ValueWriter();
  writer.byte(0);
  writeCell(writer, type, cellsOf(['before', text], short), 1);
  expect(writer.length).toBe(writer.view().length);
  return writer.view().subarray(1).toString('utf8');
}

describe('a field that is written from its bytes', () => {
  // By hand from docs/encoding.md, section 3.
  it.each<[ColumnType, string | null, string]>([
    ['int64', '-0', 'i1:0'],
    ['int64', '-17', 'i3:-17'],
    ['int64', '9223372036854775807', 'i19:9223372036854775807'],
    ['double', '0.1', 'f4:1e-1'],
    ['double', '-2.50', 'f6:-25e-1'],
    ['double', '.5', 'f4:5e-1'],
    ['double', '5.', 'i1:5'],
    ['double', '-0.000', 'i1:0'],
    ['double', '1e3', 'i4:1000'],
    ['double', 'nan', 'f3:nan'],
    ['double', '0.000000000012', 'f6:12e-12'],
    ['double', '0.30000000000000004', 'f21:30000000000000004e-17'],
    ['double', '1234567890.123456', 'f19:1234567890123456e-6'],
    ['boolean', 'true', 'b4:true'],
    ['date', '2024-02-29', 'd10:2024-02-29'],
    ['timestamp', '2024-01-01T02:00:00+02:00', 't20:2024-01-01T00:00:00Z'],
    ['text', 'zü', 's3:zü'],
    ['text', '', 's0:'],
    ['text', null, 'n0:'],
  ])('is of %s %s: %s', (type, text, expected) => {
    expect(written(type, text)).toBe(expected);
    expect(written(type, text, false)).toBe(expected);
  });

  it.each([
    ['0.300000000000000040', '0.30000000000000004', 'f21:30000000000000004e-17'],
    ['-1234567890.1234560', '-1234567890.123456', 'f20:-1234567890123456e-6'],
    ['5.0000000000000000001', '5.0', 'i1:5'],
    ['-0.00000000000000', '0.0', 'i1:0'],
    // Parsed from the field: what is printed with an exponent, and integers of more digits than all have doubles of their own.
    ['9007199254740994.00', '9007199254740994.0', 'f18:9007199254740994e0'],
    ['9007199254740992.00', '9007199254740992.0', 'i16:9007199254740992'],
    ['10000000000000000000000', '1e+22', 'f4:1e22'],
    ['0.000012345678901234', '1.2345678901234e-05', 'f18:12345678901234e-18'],
  ])('%s, printed as %s, is %s', (field, printed, expected) => {
    const writer = new ValueWriter();
    const parts = [printed.slice(0, 12), printed.slice(12)].map((part) => cellsOf([part]));
    writeCell(writer, 'double', { ...cellsOf([field], false), printed: parts }, 0);
    expect(writer.view().toString()).toBe(expected);
    expect(encodeValue('double', parseDouble(field)!).toString()).toBe(expected);
  });

  it('is what parsing and encoding make of it', () => {
    const digits = (most: number) => fc.stringMatching(new RegExp(`^[0-9]{0,${most}}$`));
    const whole = fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9][0-9]{0,17}$/));
    const decimal = fc
      .tuple(
        fc.boolean(),
        whole,
        fc.oneof(digits(20), fc.constant('000'), fc.stringMatching(/^0{0,12}[1-9]0{0,3}$/)),
      )
      .map(([negative, before, behind]) => `${negative ? '-' : ''}${before}.${behind}`);
    const field = fc.oneof(
      fc.tuple(
        fc.constant<ColumnType>('double'),
        decimal.filter((text) => parseDouble(text) !== undefined),
      ),
      fc.tuple(
        fc.constant<ColumnType>('double'),
        fc
          .double()
          .map(String)
          .filter((text) => parseDouble(text) !== undefined),
      ),
      fc.tuple(
        fc.constant<ColumnType>('int64'),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
      ),
      fc.tuple(fc.constant<ColumnType>('int64'), fc.integer().map(String)),
      fc.tuple(fc.constant<ColumnType>('text'), fc.string({ unit: 'grapheme' })),
    );
    fc.assert(
      fc.property(field, ([type, text]) => {
        const expected = encodeValue(type, parseAs(type, text)).toString('utf8');
        expect(written(type, text)).toBe(expected);
        expect(written(type, text, false)).toBe(expected);
        if (type !== 'double') return;
        const cells = { ...cellsOf([text], false), doubles: Float64Array.of(parseDouble(text)!) };
        const writer = new ValueWriter();
        writeCell(writer, type, cells, 0);
        expect(writer.view().toString('utf8')).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});
