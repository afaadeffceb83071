import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docs/known-answers.md', ROOT), 'utf8');

describe('docs/known-answers.md', () => {
  it('names specs that there are', () => {
    const named = [...text.matchAll(/`([\w./-]+\.spec)`/g)].map(([, path]) => path!);
    expect(named.length).toBeGreaterThan(50);
    for (const path of new Set(named)) {
      const from = /^(src|test)\//.test(path) ? path : `src/domain/${path}`;
      expect([path, existsSync(new URL(`${from}.ts`, ROOT))]).toEqual([path, true]);
    }
  });

  it('has a function, an answer, a source, its digits and a spec in every row', () => {
    const rows = text.split('\n').filter((line) => line.includes('.spec` ') && line.startsWith('|'));
    expect(rows.length).toBeGreaterThan(50);
    for (const row of rows) expect([row, row.split(' | ').length]).toEqual([row, 5]);
  });
});
