import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnType } from './column-type.js';
import { contentDocument, contentId } from './content-id.js';
import { doubleText, encodeValue } from './encode-value.js';
import { RowEncoder, encodeRow, rowLeaf, sealLabel, sealedRowLeaf, type Column } from './encode-row.js';
import { parseAs } from './parse-value.js';
import { splitRoot } from './split-root.js';
import { inferType } from './type-inference.js';

interface DatasetVector {
  name: string;
  schema: { key?: string; label?: string; types?: Record<string, ColumnType> };
  projectKey: string;
  splits: { name: string; role: string; domain: string | null; sealed: boolean; csv: string }[];
  document: object;
  contentId: string;
}

/** Written by test/vectors/encoding.py, which knows docs/encoding.md only. */
const vectors = JSON.parse(
  readFileSync(new URL('../../../test/vectors/encoding.json', import.meta.url), 'utf8'),
) as {
  values: { type: ColumnType; csv: string | null; encoded: string }[];
  datasets: DatasetVector[];
};

describe('encodeValue', () => {
  it.each(vectors.values)('$csv as $type is $encoded', ({ type, csv, encoded }) => {
    expect(encodeValue(type, parseAs(type, csv)).toString('utf8')).toBe(encoded);
  });

  it.each([
    ['int64', 1.5],
    ['int64', 2n ** 63n],
    ['int64', '1'],
    ['double', 1n],
    ['boolean', 'true'],
    ['text', 1],
    ['date', '2023-02-29'],
    ['timestamp', '2024-01-01T00:00:00'],
  ] as const)('refuses %s %s', (type, value) => {
    expect(() => encodeValue(type, value)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }));
  });

  it('refuses a lone surrogate', () => {
    expect(() => encodeValue('text', 'a\ud800')).toThrow(
      expect.objectContaining({ code: 'TEXT_NOT_UNICODE' }),
    );
  });

  it('writes doubles in one form that reads back as the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        fc.pre(!(Number.isInteger(value) && Math.abs(value) <= 2 ** 53));
        const text = doubleText(value);
        expect(text).toMatch(/^-?[1-9]([0-9]*[1-9])?e-?(0|[1-9][0-9]*)$/);
        expect(Number(text)).toBe(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('announces the length of text in bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const bytes = Buffer.from(text, 'utf8');
        expect(encodeValue('text', text)).toEqual(Buffer.concat([Buffer.from(`s${bytes.length}:`), bytes]));
      }),
    );
  });
});

describe('RowEncoder', () => {
  const columns: Column[] = [
    { name: 'b', type: 'int64' },
    { name: '\u{1f600}', type: 'text' },
    { name: '\uffee', type: 'text' },
    { name: 'B', type: 'double' },
  ];
  const values = [1, 'astral', 'basic', 0.5];

  it('orders columns by the bytes of their names, not by UTF-16 units', () => {
    expect(encodeRow(columns, values).toString()).toBe('f4:5e-1i1:1s5:basics6:astral');
  });

  it('gives the leaf that the row has', () => {
    const encoder = new RowEncoder(columns);
    expect(encoder.leaf(values)).toEqual(rowLeaf(encodeRow(columns, values)));
    const commitment = sealLabel(Buffer.alloc(32), Buffer.from('i1:1'), Buffer.from('i1:0'));
    expect(encoder.sealedLeaf(values, commitment)).toEqual(sealedRowLeaf(encoder.row(values), commitment));
  });

  it('refuses two columns of one name, and a row of another length', () => {
    expect(() => new RowEncoder([columns[0]!, columns[0]!])).toThrow('two columns are named "b"');
    expect(() => encodeRow(columns, [1])).toThrow('1 values, expected 4');
  });

  it('refuses to seal without a key, whose labels would be guessable', () => {
    expect(() => sealLabel(Buffer.alloc(32), Buffer.alloc(0), Buffer.from('i1:0'))).toThrow('needs a key');
  });

  it('keeps rows apart whose fields run into each other', () => {
    const texts = ['a', 'b'].map((name): Column => ({ name, type: 'text' }));
    fc.assert(
      fc.property(fc.tuple(fc.string(), fc.string()), fc.tuple(fc.string(), fc.string()), (one, other) => {
        const same = one[0] === other[0] && one[1] === other[1];
        expect(encodeRow(texts, one).equals(encodeRow(texts, other))).toBe(same);
      }),
    );
    expect(encodeRow(texts, ['as1:b', '']).equals(encodeRow(texts, ['a', 's1:b']))).toBe(false);
  });
});

describe('splitRoot', () => {
  it('refuses a key that occurs twice', () => {
    const row = { key: Buffer.from('i1:1'), leaf: Buffer.alloc(32) };
    expect(() => splitRoot([row, row])).toThrow(expect.objectContaining({ code: 'KEY_DUPLICATED' }));
  });

  it('keeps multiplicity without a key', () => {
    const leaf = Buffer.alloc(32, 1);
    expect(splitRoot({ unkeyed: [leaf, leaf] })).not.toBe(splitRoot({ unkeyed: [leaf] }));
  });
});

describe('contentId', () => {
  it.each(vectors.datasets)('of $name agrees with the independent implementation', (vector) => {
    const { schema, splits } = build(vector);
    expect(contentDocument(schema, splits)).toEqual(vector.document);
    expect(contentId(schema, splits)).toBe(vector.contentId);
  });

  it('is the same for the same rows in another order', () => {
    const [keyed, shuffled] = vectors.datasets;
    expect(keyed!.contentId).toBe(shuffled!.contentId);
  });

  it('refuses two splits of one name', () => {
    const split = { name: 'a', role: 'train', sealed: false, rows: 0, root: '' };
    expect(() => contentId({ columns: [] }, [split, split])).toThrow('"a" occurs twice');
  });
});

/** What the datasets module does with a push, on CSV texts small enough for a naive reader. */
function build({ schema, splits, projectKey }: DatasetVector) {
  const tables = splits.map(({ csv }) => readCsv(csv));
  const names = tables[0]!.header;
  const columns = names.map((name): Column => {
    const fields = tables.flatMap(({ header, rows }) => rows.map((row) => row[header.indexOf(name)]!));
    return { name, type: schema.types?.[name] ?? inferType(fields) };
  });
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const built = splits.map(({ name, role, domain, sealed }, i) => {
    const { header, rows } = tables[i]!;
    const shown = columns.filter((column) => !(sealed && column.name === schema.label));
    const cell = (row: (string | null)[], column: string) =>
      parseAs(types.get(column)!, row[header.indexOf(column)]!);
    const encoded = (row: (string | null)[], column: string) =>
      encodeValue(types.get(column)!, cell(row, column));
    const leaves = rows.map((row) => {
      const data = encodeRow(
        shown,
        shown.map((column) => cell(row, column.name)),
      );
      if (!sealed) return rowLeaf(data);
      const key = Buffer.from(projectKey, 'hex');
      return sealedRowLeaf(data, sealLabel(key, encoded(row, schema.key!), encoded(row, schema.label!)));
    });
    const root = schema.key
      ? splitRoot(rows.map((row, at) => ({ key: encoded(row, schema.key!), leaf: leaves[at]! })))
      : splitRoot({ unkeyed: leaves });
    return { name, role, domain, sealed, rows: rows.length, root };
  });
  return { schema: { ...schema, columns }, splits: built };
}

function readCsv(text: string): { header: string[]; rows: (string | null)[][] } {
  const lines = text.trimEnd().split('\n');
  const [header, ...rows] = lines.map((line) =>
    [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, field]) =>
      field!.startsWith('"') ? field!.slice(1, -1).replaceAll('""', '"') : field! === '' ? null : field!,
    ),
  );
  return { header: header as string[], rows };
}
