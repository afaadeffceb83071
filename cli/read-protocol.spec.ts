import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readProtocol } from './read-protocol.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-protocol-'));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (text: string) => {
  const path = join(folder, 'protocol.yaml');
  writeFileSync(path, text);
  return readProtocol(path);
};

describe('readProtocol', () => {
  it('reads YAML and JSON alike', () => {
    const document = { threshold: 0.4, slices: [{ name: 'young', where: "age < 25 AND sex = 'f'" }] };
    expect(read(JSON.stringify(document))).toEqual(document);
    expect(read(`threshold: 0.40\nslices:\n  - name: young\n    where: age < 25 AND sex = 'f'\n`)).toEqual(
      document,
    );
  });

  it.each([
    ['a duplicate key', 'bins: 10\nbins: 15\n'],
    ['a tag of its own', 'bins: !!js/function "x"\n'],
    ['two documents', 'bins: 10\n---\nbins: 15\n'],
    ['broken syntax', 'metrics: [auc\n'],
    ['brackets without end', '['.repeat(60_000)],
    ['lists in lists', `${'- '.repeat(2000)}x`],
    ['a list', '- bins\n'],
    ['a word', 'bins'],
    ['nothing', ''],
    ['what is too long', `a: ${'x'.repeat(300_000)}`],
    [
      'entwined aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
        .join('\n')}\n`,
    ],
  ])('refuses %s', (_, text) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({ code: 'PROTOCOL_TEXT_INVALID' }) as object,
      }),
    );
  });
});
