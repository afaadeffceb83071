import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationAnswer, GateDecision } from '../../cli/api-types.js';
import { logisticOnnx } from '../integration/models/onnx-bytes.js';
import { CliWorld } from './cli-support.js';

const POLICY = `
apiVersion: assay/v1
kind: GatePolicy
metadata: { name: seen, stage: pilot }
spec:
  evidence: { minLevel: executed }
  rules:
    - { id: accurate, metric: accuracy, split: holdout, atLeast: 0.7 }
`;

/** A policy that believes only what Assay ran itself, by the command line. */
describe('assay evaluate --execute', () => {
  const world = new CliWorld();
  const rows = Array.from({ length: 200 }, (_, i) => ({ id: i + 1, x: ((i * 37) % 200) / 100 - 0.995 }));
  const label = (x: number) => (x > 0 ? 'yes' : 'no');
  const predictions = `holdout=${world.path('predictions.csv')}`;
  const run = 'evaluate toy@1 --dataset toy@1 --execute onnx --splits holdout --features x'.split(' ');

  beforeAll(async () => {
    const data = rows.map(({ id, x }) => `${id},${x},${label(x)}`);
    writeFileSync(world.path('data.csv'), ['id,x,answer', ...data, ''].join('\n'));
    const said = rows.map(({ id, x }) => `${id},${label(x)}`);
    writeFileSync(world.path('predictions.csv'), ['id,prediction', ...said, ''].join('\n'));
    writeFileSync(world.path('model.onnx'), logisticOnnx([10], 0));
    writeFileSync(world.path('policy.yaml'), POLICY);
    await world.start();
    for (const command of [
      `dataset push toy --key id --label answer --split validation=${world.path('data.csv')} --split holdout=${world.path('data.csv')}`,
      `policy push ${world.path('policy.yaml')}`,
      `model register toy --artifact ${world.path('model.onnx')} --dataset toy@1`,
    ])
      expect(await world.assay(command.split(' '))).toMatchObject({ code: 0 });
  });

  afterAll(() => world.stop());

  it('lets a gate pass that predictions do not', async () => {
    const gate = ['gate', 'check', 'toy@1', '--policy', 'seen'];
    const sent = ['evaluate', 'toy@1', '--dataset', 'toy@1', '--predictions', predictions];
    expect(await world.json<EvaluationAnswer>(sent)).toMatchObject({ level: 'recomputed', execution: null });
    const before = await world.json<GateDecision>(gate);
    expect(before.verdict).not.toBe('PASS');

    const evaluation = await world.json<EvaluationAnswer>(run);
    expect(evaluation).toMatchObject({ level: 'executed', execution: { runtime: 'onnx', endpoint: null } });
    expect(evaluation.splits.holdout!.metrics.accuracy).toMatchObject({ defined: true, value: 1, n: 200 });
    expect(await world.json<GateDecision>(gate)).toMatchObject({ verdict: 'PASS' });
  });

  it('says in words what was run, and what is wrong, with exit code 2', async () => {
    const said = await world.assay(run);
    expect(said.stdout).toMatch(
      /\(executed, protocol [0-9a-f]{16}\)\nran artifact [0-9a-f]{16} with onnxruntime-node/,
    );
    const wrong = await world.assay([...run.slice(0, -1), 'x,id']);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/^error: column "id" of toy@1 is the key/);
    const both = await world.assay([...run, '--predictions', predictions]);
    expect(both.code).toBe(2);
    expect(both.stderr).toMatch(/--predictions SPLIT=FILE, or --execute RUNTIME; not both/);
  });
});
