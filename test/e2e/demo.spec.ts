import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../cli/settings.js';

interface DemoSummary {
  decisions: { policy: string; verdict: string; verified: boolean }[];
  promotions: { promoted: boolean; code?: string }[];
}

interface DemoRun {
  code: number | null;
  story: string;
  summary: DemoSummary;
}

/** The demo as a user runs it, twice in one home: the second run must come to the same verdicts. */
describe('the demo', () => {
  const home = mkdtempSync(join(tmpdir(), 'assay-demo-home-'));
  let first: DemoRun;
  let second: DemoRun;

  beforeAll(async () => {
    first = await demo();
    second = await demo();
  });

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  async function demo(): Promise<DemoRun> {
    const child = spawn(process.execPath, ['cli/assay.mjs', 'demo', '--exit', '--json'], {
      cwd: packageRoot(),
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ASSAY_HOME: home, ASSAY_PORT: '0' },
    });
    const written = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (written.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (written.stderr += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`the demo ended with ${code}:\n${written.stderr.slice(-3000)}`);
    return { code, story: written.stderr, summary: JSON.parse(written.stdout) as DemoSummary };
  }

  it('decides four times, and promotes what passed', () => {
    expect(first.summary.decisions.map(({ policy, verdict }) => [policy, verdict])).toEqual([
      ['wages-pilot', 'PASS'],
      ['wages-production', 'INCONCLUSIVE'],
      ['wages-pilot', 'FAIL'],
      ['wages-production', 'FAIL'],
    ]);
    expect(first.summary.promotions.map(({ promoted }) => promoted)).toEqual([true, false]);
  });

  it('says why, how many people it would take, and what to do', () => {
    expect(first.story).toContain('remedy:');
    expect(first.story).toMatch(/about [\d,]+ .* would settle it/s);
    expect(first.story).toContain('409');
  });

  it('verifies every decision offline', () => {
    expect(first.summary.decisions.map(({ verified }) => verified)).toEqual([true, true, true, true]);
  });

  it('comes to the same verdicts again', () => {
    const verdicts = ({ summary }: DemoRun) =>
      summary.decisions.map(({ policy, verdict }) => [policy, verdict]);
    expect(verdicts(second)).toEqual(verdicts(first));
    expect(second.summary.promotions).toEqual(
      first.summary.promotions.map((promotion) => expect.objectContaining({ promoted: promotion.promoted })),
    );
  });
});
