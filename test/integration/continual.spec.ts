import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/main.js';
import { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

interface Score {
  defined: boolean;
  value: number | null;
  reason: string | null;
}
interface Ablation {
  ablated: {
    ref: string;
    effect: { defined: boolean; ci: [number, number] | null; reason: string };
  }[];
}
interface Report {
  cells: {
    step: number;
    task: number;
    evaluationId: string | null;
    score: Score;
    forgotten: number | null;
  }[];
  measures: { id: string; value: Score; worst: { task: number; value: number } | null }[];
}

const ROWS = 10;
const TASKS = ['first', 'second', 'third'];
/** Avalanche's test of its own metrics (eb075be): the score on each task after each task. */
const MATRIX = [
  [1, 0, 0],
  [0.5, 0.8, 1],
  [0.2, 1, 0.5],
];
const keys = (task: string) => Array.from({ length: ROWS }, (_, i) => `${task}-${i}`);

describe('a model that was updated task by task', () => {
  let test: TestApp;
  let admin: ApiClient;
  let contributor: ApiClient;

  beforeAll(async () => {
    test = await startTestApp({ workers: true });
    admin = new ApiClient(test);
    contributor = new ApiClient(test, await test.key('contributor'));
    const splits = [];
    for (const [i, name] of TASKS.entries())
      splits.push({
        name,
        role: 'cross_domain',
        domain: name,
        // The third task is sealed.
        sealed: i === 2,
        uploadId: await admin.upload(
          `id,y\n${keys(name)
            .map((key, row) => `${key},${row % 2}\n`)
            .join('')}`,
        ),
      });
    await admin.job('datasets/digits/versions', { splits, key: 'id', label: 'y' });
    for (const row of [...MATRIX, [0, 0, 0]]) {
      await admin.post('models/net/versions', { artifactUploadId: await admin.upload(`weights ${row}`) });
    }
    for (const [step, row] of MATRIX.entries()) await evaluate(`net@${step + 1}`, row);
    await evaluate('net@4', [0, 0, 0]);
  });
  afterAll(() => test.stop());

  /** Right on a share of the rows of each task. */
  async function evaluate(modelVersion: string, shares: readonly number[], protocol = {}): Promise<void> {
    const predictions = [];
    for (const [i, split] of TASKS.entries()) {
      const rows = keys(split).map(
        (key, row) => `${key},${row < shares[i]! * ROWS ? row % 2 : 1 - (row % 2)}\n`,
      );
      predictions.push({ split, uploadId: await admin.upload(`id,prediction\n${rows.join('')}`) });
    }
    await admin.job('evaluations', { modelVersion, datasetVersion: 'digits@1', predictions, protocol });
  }

  const stepsOf = (models: string[], splits = TASKS) =>
    models.map((modelVersion, i) => ({ modelVersion, datasetVersion: 'digits@1', split: splits[i] }));
  const body = (more: object = {}) => ({
    metric: 'accuracy',
    steps: stepsOf(['net@1', 'net@2', 'net@3']),
    ...more,
  });
  const report = (client: ApiClient, more: object = {}) =>
    client.post<Report>('continual-reports', body(more));
  const value = ({ measures }: Report, id: string) => measures.find((measure) => measure.id === id)!.value;

  it('has the numbers of the literature from the evaluations that there are', async () => {
    const found = await report(admin, { baseline: 'net@4' });
    expect(found.cells.slice(0, 9).map(({ score }) => score.value)).toEqual(MATRIX.flat());
    expect(found.cells.slice(9).map(({ step, score }) => [step, score.value])).toEqual([
      [-1, 0],
      [-1, 0],
      [-1, 0],
    ]);
    // STATISTICS: GEM's backward and forward transfer, Chaudhry's and mammoth's forgetting, Diaz-Rodriguez.
    const known = {
      bwt_gem: -0.3,
      fwt_gem: 0.5,
      forgetting_chaudhry: 0.3,
      forgetting_mammoth: 0.4,
      bwt_diaz: -1.1 / 3,
    };
    for (const [id, expected] of Object.entries(known))
      expect(value(found, id).value, id).toBeCloseTo(expected, 12);
    expect(found.measures.find(({ id }) => id === 'bwt_gem')!.worst).toEqual({ task: 0, value: -0.8 });
    expect(found.cells.find(({ step, task }) => step === 2 && task === 0)!.forgotten).toBeCloseTo(0.8, 12);
  });

  it('has no forward transfer without a baseline, and no number for what nobody evaluated', async () => {
    expect(value(await report(admin), 'fwt_gem')).toMatchObject({
      defined: false,
      reason: expect.stringMatching(/baseline/),
    });
    await admin.post('models/net/versions', { artifactUploadId: await admin.upload('weights of nobody') });
    const found = await report(admin, { steps: stepsOf(['net@1', 'net@2', 'net@5']) });
    expect(found.cells[6]).toMatchObject({
      evaluationId: null,
      score: { defined: false, reason: expect.stringMatching(/nobody evaluated/) },
    });
    expect(value(found, 'bwt_gem')).toMatchObject({ defined: false, value: null });
  });

  it('shows the numbers of a sealed task to auditors only', async () => {
    const found = await report(contributor, { baseline: 'net@4' });
    for (const { task, score, forgotten } of found.cells.filter(({ task }) => task === 2))
      expect([task, score, forgotten]).toMatchObject([2, { defined: false, reason: 'sealed' }, null]);
    expect(value(found, 'acc').defined).toBe(false);
  });

  it('is the same in GraphQL', async () => {
    const { continualReport } = await admin.graphql<{ continualReport: Report }>(
      `query ($input: ContinualSequenceInput!) { continualReport(input: $input) { cells { step task evaluationId forgotten score { value } }
         measures { id value { defined value reason } worst { task value } } } }`,
      { input: body() },
    );
    const rest = await report(admin);
    expect(continualReport.cells.map(({ score, evaluationId }) => [score.value, evaluationId])).toEqual(
      rest.cells.map(({ score, evaluationId }) => [score.value, evaluationId]),
    );
    expect(continualReport.measures.map(({ id, value }) => [id, value.value])).toEqual(
      rest.measures.map(({ id, value }) => [id, value.value]),
    );
  });

  it('is a table on the command line', async () => {
    const steps = ['net@1=digits@1:first', 'net@2=digits@1:second', 'net@3=digits@1:third'];
    const said = { stdout: '', stderr: '' };
    const assay = (args: string[]) =>
      run(
        [
          'evaluation',
          'continual',
          ...args,
          '--url',
          test.url,
          '--api-key',
          test.apiKey,
          '--project',
          test.project,
        ],
        {
          env: {},
          cwd: '/',
          stdout: { write: (text) => (said.stdout += text) },
          stderr: { write: (text) => (said.stderr += text) },
        },
      );
    expect(await assay(steps.flatMap((step) => ['--step', step])), said.stderr).toBe(0);
    expect(said.stdout).toMatch(/net@2 +0\.5000 +0\.8000 +1\.0000/);
    expect(said.stdout).toMatch(/bwt_gem +-0\.3000 +first -0\.8000/);
    expect(await assay(['--step', 'net@1'])).toBe(2);
    expect(said.stderr).toContain('--step net@1: expected MODEL@VERSION=DATASET@VERSION:SPLIT');
  });

  it.each([
    [{ steps: [] }, 400, 'REQUEST_INVALID', /steps must contain at least 1/],
    [{ metric: 'brier' }, 400, 'CONTINUAL_REQUEST_INVALID', /lower is better/],
    [{ metric: 'acc' }, 400, 'CONTINUAL_REQUEST_INVALID', /no metric "acc", but accuracy/],
    [
      { steps: [{ modelVersion: 'net@1', datasetVersion: 'digits@1', split: 'fourth' }] },
      400,
      'CONTINUAL_REQUEST_INVALID',
      /no split "fourth", but first, second, third/,
    ],
    [{ baseline: 'net@99' }, 404, 'MODEL_VERSION_NOT_FOUND', /net@99/],
  ])('refuses %j', async (more, status, code, message) => {
    const answer = await admin.send('post', 'continual-reports').send(body(more));
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ code, detail: expect.stringMatching(message) });
  });

  describe('of which parts were left out', () => {
    const ablation = { datasetVersion: 'digits@1', split: 'first', full: 'part@1' };

    beforeAll(async () => {
      await admin.post('experiments', { name: 'parts' });
      // Right on so many of ten rows.
      for (const [version, [params, right]] of [
        [{ augmented: 'yes', depth: '3' }, 10],
        [{ augmented: 'no', depth: '3' }, 2],
        [{ augmented: 'yes', depth: '2' }, 10],
        [{ augmented: 'no', depth: '2' }, 5],
        [null, 5],
      ].entries() as Iterable<[number, [object | null, number]]>) {
        const made = params && (await admin.post<{ id: string }>('experiments/parts/runs', { params }));
        await admin.post('models/part/versions', {
          artifactUploadId: await admin.upload(`part ${version}`),
          ...(made ? { runId: made.id } : {}),
        });
        await evaluate(`part@${version + 1}`, [right / ROWS, 0, 0]);
      }
    });

    it('says what each is worth, paired on the same rows, with Holm over all', async () => {
      const found = await admin.job<Ablation>('ablation-reports', {
        ...ablation,
        ablated: ['part@2', 'part@3', 'part@4', 'part@5'],
      });
      expect(found).toMatchObject({ n: ROWS, full: { ref: 'part@1', accuracy: 1 } });
      const [augmented, depth, two, unknown] = found.ablated;
      // By hand: eight differences of 1 and two of 0, Student's t of 9 degrees 2.262157; McNemar 2 / 2^8, times four arms.
      expect(augmented).toMatchObject({
        ref: 'part@2',
        accuracy: 0.2,
        changed: [{ factor: 'params.augmented', full: 'yes', ablated: 'no' }],
        effect: { defined: true, value: expect.closeTo(0.8, 12) as number, n: ROWS },
        p: expect.closeTo(2 / 2 ** 8, 12) as number,
        adjustedP: expect.closeTo(8 / 2 ** 8, 12) as number,
      });
      expect(augmented!.effect.ci![0]).toBeCloseTo(0.8 - 2.2621571628 * Math.sqrt(1.6 / 9 / 10), 9);
      expect(augmented!.effect.ci![1]).toBe(1);
      expect(depth).toMatchObject({ effect: { defined: true, value: 0 }, p: 1, adjustedP: 1 });
      expect(two).toMatchObject({ effect: { defined: false }, p: null, adjustedP: null });
      expect(two!.effect.reason).toBe('the arms differ in 2 factors: params.augmented, params.depth');
      expect(unknown).toMatchObject({ changed: null, effect: { defined: false }, p: null });
      expect(unknown!.effect.reason).toContain('no run was registered with part@5');
    });

    it('is a table on the command line, and a mutation', async () => {
      let said = '';
      const args = ['part@1', '--on', 'digits@1:first', '--without', 'part@2', '--without', 'part@3'];
      const server = ['--url', test.url, '--api-key', test.apiKey, '--project', test.project];
      const write = { write: (text: string) => (said += text) };
      const code = await run(['evaluation', 'ablation', ...args, ...server], {
        env: {},
        cwd: '/',
        stdout: write,
        stderr: write,
      });
      expect(code, said).toBe(0);
      expect(said).toMatch(
        /^params\.augmented +part@2 +0\.2000 +0\.8000 +0\.4984 to 1\.0000 +0\.0078 +0\.0156/m,
      );
      const { measureAblation } = await admin.graphql<{ measureAblation: { id: string } }>(
        'mutation ($input: AblationRequestInput!) { measureAblation(input: $input) { id } }',
        { input: { ...ablation, ablated: ['part@2'] } },
      );
      expect((await admin.ended(measureAblation.id)).state).toBe('succeeded');
    });

    it.each([
      [{ split: 'third' }, 400, 'ABLATION_SPLIT_SEALED'],
      [{ split: 'fourth' }, 400, 'SPLIT_NOT_EVALUATED'],
      [{ ablated: ['part@1'] }, 400, 'ABLATION_ARM_REPEATED'],
      [{ ablated: [] }, 400, 'REQUEST_INVALID'],
      [{ ablated: ['part@9'] }, 404, 'MODEL_VERSION_NOT_FOUND'],
    ])('refuses %j, of whoever asks', async (wrong, status, code) => {
      const body = { ...ablation, ablated: ['part@2'], ...wrong };
      const answer = await admin.send('post', 'ablation-reports').send(body);
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([status, code]);
    });
  });

  it('does not mix numbers of protocols that differ in what the metric depends on', async () => {
    await evaluate('net@2', MATRIX[1]!, { threshold: 0.9 });
    const answer = await admin.send('post', 'continual-reports').send(body());
    expect(answer.body).toMatchObject({ status: 409, code: 'PROTOCOL_MISMATCH' });
  });
});
