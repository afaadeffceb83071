import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationAnswer, GateDecision } from '../../cli/api-types.js';
import { COMPAS_CELLS } from './cli-compas-cells.js';
import { CliWorld } from './cli-support.js';

const POLICY = `
apiVersion: assay/v1
kind: GatePolicy
metadata: { name: compas-fairness, stage: production }
spec:
  evidence: { minLevel: recomputed, maxAge: 30d }
  confidence: { alpha: 0.05 }
  rules:
    - id: equal-odds
      fairness:
        metric: equalized_odds_difference
        split: holdout
        attributes: [race, sex]
        intersections: true
        atMost: 0.10
        minGroupSize: 100
`;

/** COMPAS by the CLI alone, as a pipeline would do it: the published rates, and a gate that says no. */
describe('assay on COMPAS', () => {
  const world = new CliWorld();
  const people: string[] = [];
  const predictions: string[] = [];

  beforeAll(async () => {
    for (const [race, sex, ...counts] of COMPAS_CELLS) {
      const kinds = [
        [1, '1.0'],
        [0, '1.0'],
        [1, '0.0'],
        [0, '0.0'],
      ] as const;
      kinds.forEach(([label, prediction], kind) => {
        for (let one = 0; one < counts[kind]!; one += 1) {
          people.push(`${people.length + 1},${label},${race},${sex}`);
          predictions.push(`${predictions.length + 1},${prediction}`);
        }
      });
    }
    writeFileSync(world.path('test.csv'), ['entity_id,label_value,race,sex', ...people, ''].join('\n'));
    writeFileSync(world.path('preds.csv'), ['entity_id,prediction', ...predictions, ''].join('\n'));
    writeFileSync(world.path('policy.yaml'), POLICY);
    writeFileSync(world.path('model.bin'), 'decile score >= 5');
    await world.start();
  });

  afterAll(() => world.stop());

  it('pushes a sealed holdout', async () => {
    const pushed = await world.json<{ version: number; contentId: string; splits: Record<string, object> }>(
      'dataset push compas --key entity_id --label label_value --protected race,sex --split'
        .split(' ')
        .concat(`holdout=${world.path('test.csv')}`),
    );
    expect(pushed.version).toBe(1);
    expect(pushed.contentId).toMatch(/[0-9a-f]{64}/);
    expect(pushed.splits.holdout).toMatchObject({
      rows: 7214,
      sealed: true,
      root: expect.stringMatching(/[0-9a-f]{64}/),
    });
  });

  it('gives the published rates', async () => {
    await world.json([
      'model',
      'register',
      'compas',
      '--artifact',
      world.path('model.bin'),
      '--dataset',
      'compas@1',
    ]);
    const evaluation = await world.json<EvaluationAnswer>([
      ...['evaluate', 'compas@1', '--dataset', 'compas@1'],
      ...['--predictions', `holdout=${world.path('preds.csv')}`],
    ]);
    const { n, groups, fairness } = evaluation.splits.holdout!;
    expect(n).toBe(7214);
    const percent = (race: string, rate: string) => {
      const group = groups.find(({ attributes }) => attributes.race === race && !('sex' in attributes));
      const metric = group!.rates[rate]!;
      return metric.defined ? Number((metric.value * 100).toFixed(2)) : metric.reason;
    };
    // ProPublica's table, STATISTICS section 9.
    expect([percent('African-American', 'fpr'), percent('African-American', 'fnr')]).toEqual([44.85, 27.99]);
    expect([percent('Caucasian', 'fpr'), percent('Caucasian', 'fnr')]).toEqual([23.45, 47.72]);
    expect(Object.keys(fairness.equalized_odds_difference!)).toEqual(
      expect.arrayContaining(['race', 'sex', 'race,sex']),
    );
  });

  it('fails the gate with exit code 1, and says which groups, what interval, what to do', async () => {
    expect((await world.assay(['policy', 'test', world.path('policy.yaml')])).code).toBe(0);
    await world.json(['policy', 'push', world.path('policy.yaml')]);
    const check = ['gate', 'check', 'compas@1', '--policy', 'compas-fairness'];
    const decision = await world.json<GateDecision>(check);
    expect(decision.verdict).toBe('FAIL');
    expect(decision.rules[0]).toMatchObject({ id: 'equal-odds', type: 'fairness', verdict: 'FAIL' });
    expect(decision.rules[0]!.ci).toHaveLength(2);
    expect(decision.rules[0]!.ci![0]).toBeGreaterThan(0.1);
    expect(decision.rules[0]!.remedy).toBeTruthy();

    const text = await world.assay(check);
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(/^FAIL {2}compas@1/);
    expect(text.stdout).toMatch(/African-American|Caucasian/);
    expect(text.stdout).toContain('remedy:');
    expect(text.stderr).toBe('');
  });

  it.each(['junit', 'sarif', 'markdown'])('writes %s to a file', async (format) => {
    const file = world.path(`report.${format}`);
    const result = await world.assay([
      'gate',
      'check',
      'compas@1',
      '--policy',
      'compas-fairness',
      '--format',
      format,
      '--output',
      file,
    ]);
    expect(result.code).toBe(1);
    expect(readFileSync(file, 'utf8')).toContain('equal-odds');
  });

  it('refuses the promotion with the reasons, exit code 1', async () => {
    const refused = await world.assay(['promote', 'compas@1', '--to', 'production', '--json']);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toBe('');
    expect(JSON.parse(refused.stderr)).toMatchObject({ status: 409, detail: expect.any(String) });
  });
});
