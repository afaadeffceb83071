import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CsvColumn, pandasDigest } from './pandas-digest.js';
import { siphash } from './siphash.js';

/** Written by pandas itself: test/vectors/pandas-digest.py. */
const CASES = JSON.parse(readFileSync('test/vectors/pandas-digest.json', 'utf8')) as Record<
  string,
  { rows?: [string[], ...string[][]]; digest: string }
>;

const columnsOf = ([names, ...rows]: [string[], ...string[][]]): CsvColumn[] =>
  names.map((name, i) => ({ name, cells: rows.map((row) => row[i]!) }));

const oneColumn = (...cells: (string | null)[]) =>
  pandasDigest([
    { name: 'x', cells },
    { name: 'y', cells: cells.map(() => '1') },
  ]);

describe('the digest that MLflow gives a data frame', () => {
  it.each(Object.entries(CASES).filter(([, { rows }]) => rows))('%s', (_, { rows, digest }) => {
    expect(pandasDigest(columnsOf(rows!))).toBe(digest);
  });

  it('hashes 10,000 rows and counts the others', () => {
    const numbers = Array.from({ length: 12_000 }, (_, i) => i);
    const columns = [
      { name: 'n', cells: numbers.map(String) },
      { name: 't', cells: numbers.map((n) => `t${n % 7}`) },
    ];
    expect(pandasDigest(columns)).toBe(CASES['12,000 rows']!.digest);
  });

  it('reads an empty field as it reads an empty text', () => {
    expect(oneColumn('1', null)).toBe(oneColumn('1', ''));
    expect(oneColumn('1', '')).not.toBeNull();
  });

  it.each([
    ['doubles of more than 15 digits, which pandas rounds by its version', ['0.1234567890123456', '1.5']],
    ['negative zeros, whose hash is that of zero since pandas 3', ['-0.0', '1.5']],
    ['exponents beyond what is exact', ['1e23', '1.5']],
    ['integers beyond 64 bits', ['9223372036854775808']],
    ['infinities', ['inf', '1.5']],
    ['numbers with spaces around them', [' 1', '2']],
    ['texts with carriage returns', ['a\r\nb']],
  ])('is unsure of %s', (_, cells) => {
    expect(oneColumn(...cells)).toBeNull();
  });

  it('is unsure of files that are read in pieces, have no rows, no names, or empty lines', () => {
    const wide = Array.from({ length: 26 }, (_, i) => ({
      name: `c${i}`,
      cells: Array.from({ length: 10_000 }, () => '1'),
    }));
    expect(pandasDigest(wide)).toBeNull();
    expect(pandasDigest(wide.slice(0, 25))).not.toBeNull();
    expect(pandasDigest([{ name: 'x', cells: [] }])).toBeNull();
    expect(pandasDigest([{ name: '', cells: ['1'] }])).toBeNull();
    expect(pandasDigest([{ name: 'x', cells: ['1', null] }])).toBeNull();
  });

  it('differs where a cell, a name or the order of rows does', () => {
    const cells = fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(cells, fc.nat(), (texts, at) => {
        const changed = texts.map((text, i) => (i === at % texts.length ? `${text}_` : text));
        expect(oneColumn(...changed)).not.toBe(oneColumn(...texts));
      }),
    );
    expect(oneColumn('a', 'b')).not.toBe(oneColumn('b', 'a'));
  });
});

it('hashes the test vectors of the authors of SipHash-2-4', () => {
  // vectors_sip64 of https://github.com/veorq/SipHash: key 00 to 0f, input 00, 01, ... of each length.
  const key = Buffer.from(Array.from({ length: 16 }, (_, i) => i));
  const of = (length: number) => siphash(Buffer.from(Array.from({ length }, (_, i) => i)), key);
  expect(of(0)).toBe(0x726fdb47dd0e0e31n);
  expect(of(15)).toBe(0xa129ca6149be45e5n);
});
