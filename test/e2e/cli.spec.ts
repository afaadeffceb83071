import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  ApiKeyAnswer,
  EvaluationAnswer,
  GateDecision,
  ImportedEvaluationAnswer,
  LineageGraph,
  RunAnswer,
} from '../../cli/api-types.js';
import { CliWorld } from './cli-support.js';

const POLICY = `
apiVersion: assay/v1
kind: GatePolicy
metadata: { name: toy, stage: pilot }
spec:
  confidence: { alpha: 0.05 }
  rules:
    - { id: accurate, metric: accuracy, split: holdout, atLeast: 0.7 }
`;

const rows = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const label = (id: number) => (id % 2 === 0 ? 'yes' : 'no');

/** The commands one after the other, each as a user would call it, on a small data set whose answers are known. */
describe('assay', () => {
  const world = new CliWorld();

  const csv = (name: string, head: string, lines: string[]) =>
    writeFileSync(world.path(name), [head, ...lines, ''].join('\n'));

  beforeAll(async () => {
    csv(
      'train.csv',
      'id,x,answer',
      rows(1, 40).map((id) => `${id},${id * 3},${label(id)}`),
    );
    csv(
      'test.csv',
      'id,x,answer',
      rows(1001, 100).map((id) => `${id},${id * 3},${label(id)}`),
    );
    csv(
      'good.csv',
      'id,prediction',
      rows(1001, 100).map((id) => `${id},${label(id)}`),
    );
    csv(
      'unsure.csv',
      'id,prediction',
      rows(1001, 100).map((id) => `${id},${id % 5 === 0 ? 'no' : label(id)}`),
    );
    csv(
      'short.csv',
      'id,prediction',
      rows(1001, 99).map((id) => `${id},${label(id)}`),
    );
    writeFileSync(world.path('policy.yaml'), POLICY);
    writeFileSync(world.path('model.bin'), 'a model');
    await world.start();
  });

  afterAll(() => world.stop());

  it('pushes splits and shows the version', async () => {
    const pushed = await world.json<{
      datasetVersionId: string;
      splits: Record<string, { sealed: boolean; rows: number }>;
    }>([
      ...['dataset', 'push', 'toy', '--key', 'id', '--label', 'answer'],
      ...['--split', 'train=train.csv', '--split', 'holdout=test.csv'].map((part) =>
        part.replace(/=(.*)/, (_, file: string) => `=${world.path(file)}`),
      ),
    ]);
    expect(pushed.splits.train).toMatchObject({ rows: 40, sealed: false });
    expect(pushed.splits.holdout).toMatchObject({ rows: 100, sealed: true });
    const shown = await world.json<{ id: string }>(['dataset', 'show', 'toy@1']);
    expect(shown.id).toBe(pushed.datasetVersionId);
    expect((await world.assay(['dataset', 'show', 'toy'])).stdout).toMatch(/^toy@1 /);
  });

  it('describes a version as Croissant, with its files, and takes it back as the same content', async () => {
    const lines = rows(1, 30).map(
      (id) => `${JSON.stringify({ id, 'größe in m': id / 4, answer: label(id) })}\n`,
    );
    writeFileSync(world.path('open.jsonl'), lines.slice(0, 20).join(''));
    writeFileSync(world.path('more.jsonl.gz'), gzipSync(lines.slice(20).join('')));
    await world.json(['source', 'add', 'a-survey', '--kind', 'third_party', '--licence', 'CC-BY-4.0']);
    const pushed = await world.json<{ contentId: string }>([
      ...[
        'dataset',
        'push',
        'open',
        '--key',
        'id',
        '--label',
        'answer',
        '--format',
        'jsonl',
        '--source',
        'a-survey',
      ],
      ...[
        '--split',
        `train=${world.path('open.jsonl')}`,
        '--split',
        `validation=${world.path('more.jsonl.gz')}`,
      ],
    ]);
    const { files } = await world.json<{ files: string[] }>([
      ...['dataset', 'croissant', 'open@1', '--to', world.path('open')],
    ]);
    expect(files).toHaveLength(2);
    const document = world.path('open/croissant.json');
    const written = readFileSync(document, 'utf8');
    expect(JSON.parse(written)).toMatchObject({
      conformsTo: 'http://mlcommons.org/croissant/1.1',
      isBasedOn: [{ name: 'a-survey@1', license: 'https://spdx.org/licenses/CC-BY-4.0' }],
      license: ['https://spdx.org/licenses/CC-BY-4.0'],
      distribution: files.map((file) => ({
        sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
        contentSize: `${statSync(file).size} B`,
      })),
    });
    const taken = await world.json<{ contentId: string; splits: object }>([
      ...['dataset', 'import-croissant', document, '--name', 'taken'],
    ]);
    expect(taken.contentId).toBe(pushed.contentId);
    expect(taken.splits).toMatchObject({ train: { role: 'train' }, validation: { role: 'validation' } });
    writeFileSync(document, written.replace(/"sha256": "[0-9a-f]{8}/, '"sha256": "00000000'));
    const refused = await world.assay(['dataset', 'import-croissant', document]);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('the document says 00000000'),
    ]);
  });

  it('measures drift between two samples', async () => {
    const drift = ['dataset', 'drift', 'toy@1:train', 'toy@1:holdout'];
    const report = await world.json<{ status: string; columns: { column: string }[] }>(drift);
    expect(report.columns.map(({ column }) => column)).not.toContain('answer');
    const found = await world.assay([...drift, '--fail-on-drift']);
    expect(found).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^drifted: 1 of 1 columns drifted/),
    });
    const far = await world.assay([
      ...drift,
      '--fail-on-drift',
      '--threshold',
      '100',
      '--numeric-method',
      'wasserstein',
    ]);
    expect(far).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^not drifted: 0 of 1 columns drifted/),
    });
    for (const wrong of [
      ['toy@1', 'toy@1:train'],
      ['toy@1:train', 'toy@1:train', '--alpha', 'much'],
    ])
      expect((await world.assay(['dataset', 'drift', ...wrong])).code).toBe(2);
  });

  it('logs a run and registers what it made', async () => {
    const run = await world.json<RunAnswer>(['run', 'create', 'toys', '--dataset', 'train=toy@1']);
    const log = ['run', 'log', run.id, '--param', 'depth=3', '--metric', 'loss=0.5', '--step', '7'];
    expect((await world.assay(log)).code).toBe(0);
    expect((await world.json<RunAnswer>(['run', 'finish', run.id])).status).toBe('finished');
    for (const version of [1, 2]) {
      const register = ['model', 'register', 'toy', '--artifact', world.path('model.bin'), '--run', run.id];
      expect(await world.json(register)).toMatchObject({ model: 'toy', version, runId: run.id });
    }
  });

  it('has one file split by Assay, and finds the rows of another holdout in what a model was trained on', async () => {
    csv(
      'all.csv',
      'id,x,answer',
      [...rows(1001, 100), ...rows(1, 40)].map((id) => `${id},${id * 3},${label(id)}`),
    );
    const push = [
      'dataset',
      'push',
      'mixed',
      '--key',
      'id',
      '--label',
      'answer',
      '--data',
      world.path('all.csv'),
    ];
    const pushed = await world.json<{
      splitBy: object;
      splits: Record<string, { rows: number; sealed: boolean }>;
    }>([...push, ...['--split-by', 'time:x', '--cuts', '3200', '--shares', 'train,holdout']]);
    // x is three times the id: ids up to 1066 are below.
    expect(pushed.splits).toMatchObject({
      train: { rows: 106, sealed: false },
      holdout: { rows: 34, sealed: true },
    });
    expect(pushed.splitBy).toMatchObject({ method: 'time', column: 'x', cuts: ['3200'], shares: null });
    expect((await world.assay([...push, '--split-by', 'random'])).code).toBe(2);
    const half = await world.assay([...push, '--split-by', 'random', '--shares', 'train=.8,holdout=.3']);
    expect([half.code, half.stderr]).toEqual([2, expect.stringContaining('they make 1.1')]);

    await world.json(
      `model register mixed --artifact ${world.path('model.bin')} --dataset mixed@1`.split(' '),
    );
    await world.json(
      `model register tuned --artifact ${world.path('model.bin')} --dataset toy@1 --parent mixed@1`.split(
        ' ',
      ),
    );
    const asked = ['model', 'contamination', 'tuned@1', '--dataset', 'toy@1', '--fail'];
    const found = await world.assay(asked);
    expect(found.code).toBe(1);
    expect(found.stdout).toMatch(/trained on mixed@1:train \(mixed@1\)/);
    expect(found.stdout).toMatch(/holdout +altogether +66 of 100/);
    expect(found.stdout).toContain('holdout 1001: the same as 1001 of mixed@1:train');
    expect(
      (await world.assay(['model', 'contamination', 'toy@1', '--dataset', 'toy@1', '--fail'])).code,
    ).toBe(0);
  });

  it('evaluates against labels that it does not have', async () => {
    for (const [version, file] of [
      [1, 'unsure.csv'],
      [2, 'good.csv'],
    ] as const) {
      const evaluation = await world.json<EvaluationAnswer>(
        `evaluate toy@${version} --dataset toy@1 --predictions holdout=${world.path(file)}`.split(' '),
      );
      expect(evaluation.level).toBe('recomputed');
      expect(evaluation.splits.holdout!.n).toBe(100);
      expect(evaluation.splits.holdout!.metrics.accuracy).toMatchObject({
        defined: true,
        value: version === 1 ? 0.9 : 1,
      });
    }
  });

  it('says what is wrong with predictions, with exit code 2', async () => {
    const evaluate = `evaluate toy@1 --dataset toy@1 --predictions holdout=${world.path('short.csv')}`.split(
      ' ',
    );
    const result = await world.assay(evaluate);
    expect(result.code).toBe(2);
    expect(result.stdout).toBe('');
    expect(result.stderr).toMatch(/^error: .*1/);
    expect(result.stderr).not.toMatch(/\n\s+at .*\.[jt]s/);
  });

  it('imports what another tool found out, and says what is wrong with a file', async () => {
    // Seven of ten tries of five tasks.
    const trials = rows(0, 10).map((i) => ({
      task_id: i % 5,
      trial: Math.floor(i / 5),
      reward: Number(i < 7),
    }));
    writeFileSync(world.path('trials.json'), JSON.stringify(trials));
    const args = (file: string, ...more: string[]) => [
      ...['evaluation', 'import', world.path(file), '--model', 'toy@1'],
      ...more,
    ];
    const imported = await world.json<ImportedEvaluationAnswer>(args('trials.json'));
    expect(imported).toMatchObject({
      format: 'tau-bench',
      level: 'recomputed',
      status: 'completed',
      items: 10,
    });
    expect(imported.scores[0]!.metrics).toMatchObject({
      completion_rate: { defined: true, value: 0.7, n: 10 },
      'pass@2': { defined: true, value: 1, n: 5 },
      'pass^2': { defined: true, value: 0.4, n: 5 },
    });
    const shown = await world.assay(args('trials.json', '--format', 'tau-bench'));
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain(
      `imported evaluation ${imported.id} (tau-bench, recomputed, completed, 10 `,
    );
    expect(shown.stdout).toMatch(/pass\^2 +0\.4000 +0\.\d{4} to /);
    writeFileSync(world.path('cut.json'), JSON.stringify(trials).slice(0, -20));
    const cut = await world.assay(args('cut.json'));
    expect(cut).toMatchObject({ code: 2, stdout: '' });
    expect(cut.stderr).toMatch(/^error: .*the text ends in the middle/);
    expect((await world.assay(args('trials.json', '--format', 'excel'))).code).toBe(2);
  });

  it('ends the gate with the code of its verdict', async () => {
    await world.json(['policy', 'push', world.path('policy.yaml')]);
    const check = (model: string) => world.assay(['gate', 'check', model, '--policy', 'toy', '--json']);
    // 90 of 100: the exact lower bound at .05/40, the level of the first of twenty looks, is .788.
    expect((await check('toy@1')).code).toBe(0);
    const passed = await check('toy@2');
    expect(passed.code).toBe(0);
    expect(JSON.parse(passed.stdout)).toMatchObject({ verdict: 'PASS', policy: { name: 'toy' } });

    writeFileSync(
      world.path('strict.yaml'),
      POLICY.replace('name: toy, stage: pilot', 'name: strict, stage: other').replace('0.7 }', '0.88 }'),
    );
    writeFileSync(
      world.path('severe.yaml'),
      POLICY.replace('name: toy, stage: pilot', 'name: severe, stage: other').replace('0.7 }', '0.99 }'),
    );
    await world.json(['policy', 'push', world.path('strict.yaml')]);
    await world.json(['policy', 'push', world.path('severe.yaml')]);
    expect((await world.assay(['gate', 'check', 'toy@1', '--policy', 'strict'])).code).toBe(3);
    expect((await world.assay(['gate', 'check', 'toy@1', '--policy', 'severe'])).code).toBe(1);
  });

  it.each([
    ['an unknown model', ['gate', 'check', 'nobody@1', '--policy', 'toy']],
    ['an unknown policy', ['gate', 'check', 'toy@1', '--policy', 'nothing']],
    ['no policy', ['gate', 'check', 'toy@1']],
    ['an unknown option', ['gate', 'check', 'toy@1', '--policy', 'toy', '--force']],
    ['an unknown command', ['gates']],
    ['an unknown format', ['gate', 'check', 'toy@1', '--policy', 'toy', '--format', 'pdf']],
    [
      'no server',
      ['gate', 'check', 'toy@1', '--policy', 'toy', '--url', 'http://127.0.0.1:9', '--api-key', 'x'],
    ],
    ['a wrong key', ['gate', 'check', 'toy@1', '--policy', 'toy', '--api-key', 'wrong']],
    ['a file that is not there', ['policy', 'push', '/nowhere/policy.yaml']],
  ])('ends with 2 for %s', async (_name, args) => {
    const result = await world.assay(args);
    expect(result.code).toBe(2);
    expect(result.stderr).not.toBe('');
  });

  it('refuses a policy it does not understand, and names the place', async () => {
    writeFileSync(world.path('odd.yaml'), POLICY.replace('atLeast', 'atLest'));
    const result = await world.assay(['policy', 'test', world.path('odd.yaml')]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('atLest');
  });

  it('promotes what passed, and shows where it came from', async () => {
    expect((await world.assay(['gate', 'check', 'toy@2', '--policy', 'toy'])).code).toBe(0);
    expect((await world.assay(['promote', 'toy@2', '--to', 'pilot'])).code).toBe(0);
    const graph = await world.json<LineageGraph>(['lineage', 'model:toy@2']);
    expect(graph.nodes.map((node) => node.kind)).toEqual(
      expect.arrayContaining(['modelVersion', 'run', 'datasetVersion']),
    );
    const text = await world.assay(['lineage', 'model:toy@2', '--downstream', '--depth', '3']);
    expect(text.stdout).toMatch(/gateDecision/);
  });

  it('makes, lists and revokes keys', async () => {
    const key = await world.json<ApiKeyAnswer & { role: string; secret: string }>(
      'key create --role viewer --expires 1d --name eyes'.split(' '),
    );
    expect(key).toMatchObject({ role: 'viewer', secret: expect.any(String), expiresAt: expect.any(String) });
    const asViewer = {
      ASSAY_API_KEY: key.secret,
      ASSAY_URL: world.settings.url,
      ASSAY_PROJECT: world.settings.project,
    };
    expect((await world.assay(['dataset', 'show', 'toy'], asViewer)).code).toBe(0);
    const denied = await world.assay(['policy', 'push', world.path('policy.yaml')], asViewer);
    expect([denied.code, denied.stderr]).toEqual([2, expect.stringMatching(/polic|permission/i)]);
    expect((await world.assay(['key', 'list'])).stdout).toContain('eyes');
    expect((await world.assay(['key', 'revoke', key.id])).code).toBe(0);
    expect((await world.assay(['dataset', 'show', 'toy'], asViewer)).code).toBe(2);
  });

  it('verifies the audit log and a decision offline, and notices a change', async () => {
    const saved = world.path('audit.json');
    const audit = await world.assay(['audit', 'verify', '--export', saved]);
    expect(audit).toMatchObject({ code: 0, stdout: expect.stringContaining('ok') });
    expect(statSync(saved).mode & 0o077).toBe(0);
    expect((await world.assay(['audit', 'verify', saved], { ASSAY_HOME: '/nowhere' })).code).toBe(0);

    const decision = await world.assay(['gate', 'check', 'toy@2', '--policy', 'toy', '--json']);
    const { decisionId } = JSON.parse(decision.stdout) as GateDecision;
    const bundle = world.path('decision.json');
    expect((await world.assay(['gate', 'show', decisionId, '--bundle', bundle])).code).toBe(0);
    expect((await world.assay(['verify', bundle], { ASSAY_HOME: '/nowhere' })).code).toBe(0);

    writeFileSync(bundle, readFileSync(bundle, 'utf8').replaceAll('"PASS"', '"FAIL"'));
    expect((await world.assay(['verify', bundle])).code).not.toBe(0);
  });

  it('notices an entry of the audit log that was changed, and does not overwrite an export that is there', async () => {
    const tampered = world.path('tampered.ndjson');
    const lines = readFileSync(world.path('audit.json'), 'utf8').replace('"toy"', '"boy"');
    writeFileSync(tampered, lines);
    for (const args of [[tampered], ['--export', tampered]]) {
      const result = await world.assay(['audit', 'verify', ...args]);
      expect(result).toMatchObject({ code: 1, stdout: expect.stringMatching(/FAILED.*NOT verified/s) });
    }
    expect(readFileSync(tampered, 'utf8')).toBe(lines);
  });

  it('shows a contributor the verdict and no number of a sealed split, with a proof of what was shown', async () => {
    const key = await world.json<ApiKeyAnswer & { secret: string }>(
      'key create --role contributor'.split(' '),
    );
    const asContributor = { ASSAY_API_KEY: key.secret };
    const check = ['gate', 'check', 'toy@1', '--policy', 'severe'];
    const text = await world.assay(check, asContributor);
    expect(text).toMatchObject({ code: 1, stdout: expect.stringContaining('accurate') });
    expect(text.stdout).not.toMatch(/0\.9\b|n 100|90%/);
    const { decisionId } = JSON.parse(
      (await world.assay([...check, '--json'], asContributor)).stdout,
    ) as GateDecision;
    const bundle = world.path('redacted.json');
    expect((await world.assay(['gate', 'show', decisionId, '--bundle', bundle], asContributor)).code).toBe(0);
    expect((await world.assay(['verify', bundle])).code).toBe(0);
  });

  it('prints help, with the exit codes of the gate, and its version', async () => {
    const help = await world.assay(['gate', 'check', '--help']);
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('3 inconclusive') });
    expect((await world.assay(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+/);
  });
});
