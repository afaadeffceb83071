import { describe, expect, it } from 'vitest';
import { LogFixture, PROJECT } from './log-fixture.js';
import { verifyExport } from './verify-export.js';

const log = new LogFixture()
  .add('run.created', { name: 'first', values: [1, 2.5, null] })
  .checkpoint()
  .addForeign()
  .addForeign()
  .add('run.finished', { name: 'first' })
  .checkpoint()
  .add('model.registered', { zürich: 'ü', a: { c: 1, b: true } })
  .checkpoint();

/** A line whose members are changed without asking what they are. */
interface Tampered {
  index: number;
  leafHash: string;
  leaf: { actor: { id: string }; project: string };
  body: { a: { c: number } };
}

/** The export with one line changed as an object. */
function changed(line: number, change: (value: Tampered) => void): string[] {
  return log.lines().map((text, at) => {
    if (at !== line) return text;
    const value = JSON.parse(text) as Tampered;
    change(value);
    return JSON.stringify(value);
  });
}

describe('verifyExport', () => {
  it('accepts a whole log', async () => {
    const report = await verifyExport(log.lines(), { pinnedPublicKey: log.publicKey });
    expect(report).toEqual({
      ok: true,
      checks: ['entries', 'keys', 'checkpoints', 'known key'].map((name) => ({
        name,
        ok: true,
        detail: expect.any(String) as string,
      })),
    });
    expect(report.checks[0]!.detail).toContain(`5 in all: 3 of project ${PROJECT}`);
  });

  it('accepts an empty log', async () => {
    const header = { format: 'assay/audit-export/v1', project: PROJECT, size: 0 };
    expect(await verifyExport([JSON.stringify(header)])).toMatchObject({ ok: true });
  });

  it('finds a change of any single byte', async () => {
    const text = log.lines().join('\n');
    const accepted: string[] = [];
    for (let at = 0; at < text.length; at++) {
      if (text[at] === '\n') continue;
      const other = text[at] === '0' ? '1' : '0';
      const report = await verifyExport(`${text.slice(0, at)}${other}${text.slice(at + 1)}`.split('\n'));
      if (report.ok) accepted.push(text.slice(Math.max(0, at - 20), at + 20));
      else expect(report.culprit?.reason).toBeTruthy();
    }
    expect(accepted).toEqual([]);
  });

  it.each([
    ['a leaf', 4, (value: Tampered) => (value.leaf.actor.id = 'k2'), 3, 'leaf'],
    ['a body', 5, (value: Tampered) => (value.body.a.c = 2), 4, 'body'],
    [
      'the hash of a leaf of another project',
      2,
      (value: Tampered) => (value.leafHash = '0'.repeat(64)),
      1,
      'leafHash',
    ],
    ['the order', 3, (value: Tampered) => (value.index = 7), 2, 'index'],
    ['the project of a leaf', 1, (value: Tampered) => (value.leaf.project = 'x'), 0, 'leaf'],
  ] as [string, number, (value: Tampered) => void, number, string][])(
    'names the entry when %s was changed',
    async (_, line, change, index, field) => {
      const report = await verifyExport(changed(line, change));
      expect(report).toMatchObject({ ok: false, culprit: { index, field } });
    },
  );

  it('names the entry whose line is no JSON any more', async () => {
    const lines = log.lines();
    lines[2] = lines[2]!.slice(0, -1);
    expect(await verifyExport(lines)).toMatchObject({ ok: false, culprit: { index: 1, field: 'line' } });
  });

  it.each([
    ['an entry left out', (lines: string[]) => lines.splice(2, 1)],
    ['two entries swapped', (lines: string[]) => lines.splice(2, 2, lines[3]!, lines[2]!)],
    ['an entry added', (lines: string[]) => lines.splice(5, 0, lines[4]!)],
    ['the end cut off', (lines: string[]) => lines.splice(-3)],
    ['the last checkpoint left out', (lines: string[]) => lines.splice(-2, 1)],
    ['checkpoints swapped', (lines: string[]) => lines.splice(6, 2, lines[7]!, lines[6]!)],
    ['no key', (lines: string[]) => lines.pop()],
    ['no header', (lines: string[]) => lines.shift()],
    ['a line that is no JSON', (lines: string[]) => lines.push('{')],
    ['a line of an unknown kind', (lines: string[]) => lines.push('{"a":1}')],
    ['nothing at all', (lines: string[]) => lines.splice(0)],
  ])('refuses %s', async (_, change) => {
    const lines = log.lines();
    change(lines);
    expect((await verifyExport(lines)).ok).toBe(false);
  });

  it('refuses a log that someone else rebuilt and signed, once the key is known', async () => {
    const forged = new LogFixture().add('run.created', { name: 'forged' }).checkpoint();
    expect((await verifyExport(forged.lines())).ok).toBe(true);
    const report = await verifyExport(forged.lines(), { pinnedPublicKey: log.publicKey });
    expect(report).toMatchObject({ ok: false, culprit: { field: 'publicKey' } });
  });

  it('takes an export without bodies, and says so', async () => {
    const lines = log.lines().map((line) => {
      const { body: _, ...rest } = JSON.parse(line) as { body?: object };
      return JSON.stringify(rest);
    });
    const report = await verifyExport(lines);
    expect(report.ok).toBe(true);
    expect(report.checks[0]!.detail).toContain('0 of these with the digest');
  });
});
