import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvRecord, findRecord } from './csv-records.js';
import { otherLineBreak } from './explain-csv.js';

async function* chunks(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function records(text: string, size = 3): Promise<CsvRecord[]> {
  const found: CsvRecord[] = [];
  await findRecord(chunks(text, size), (record) => void found.push(record));
  return found;
}

describe('records of CSV', () => {
  it('are told by where they begin, how long they are and how they end', async () => {
    const text = 'a,b\r\n1,"x\r\n""\ny"\n2,5" pipe\r"",""""\n\r\nend';
    for (const size of [1, 2, 100])
      expect(await records(text, size)).toEqual([
        { line: 1, bytes: 3, ends: 'CRLF' },
        { line: 2, bytes: 11, ends: 'LF' },
        { line: 5, bytes: 9, ends: 'CR' },
        { line: 6, bytes: 7, ends: 'LF' },
        { line: 7, bytes: 0, ends: 'CRLF' },
        { line: 8, bytes: 3, ends: undefined },
      ]);
  });

  it('are as many as were written, of one kind of line break, whatever stands in them', async () => {
    const field = fc.oneof(
      fc.stringMatching(/^[a-z \u00fc]*$/),
      fc.stringMatching(/^["\r\n,a-z]*$/).map((text) => `"${text.replaceAll('"', '""')}"`),
    );
    const rows = fc.array(fc.tuple(field, field), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('\n', '\r', '\r\n'), async (fields, end) => {
        const lines = fields.map((each) => each.join(','));
        const text = lines.map((line) => `${line}${end}`).join('');
        expect((await records(text)).map(({ bytes }) => bytes)).toEqual(
          lines.map((line) => Buffer.byteLength(line)),
        );
        expect(await otherLineBreak(chunks(text, 7), 's')).toBeUndefined();
      }),
    );
  });

  it.each([
    ['a\n1\n2\r\n', /line 3: it ends with CRLF, the lines before it with LF/],
    ['a\r\n1\n', /line 2: it ends with LF, the lines before it with CRLF/],
    ['a\n"1\r\n"\n3\r\n', /line 4: it ends with CRLF/],
    ['a\r1\r\n', /line 2: it ends with CRLF, the lines before it with CR;/],
  ])('%j: %s', async (text, message) => {
    expect(await otherLineBreak(chunks(text, 2), 's')).toMatchObject({
      code: 'CSV_MALFORMED',
      message: expect.stringMatching(message) as string,
    });
  });
});
