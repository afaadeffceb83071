import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/main.js';
import { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { liveSampleCases } from './live-sample-cases.js';

interface Report {
  status: string;
  reason: string;
  share: [number, number];
  reference: { ref: string; split: string; rows: number };
  columns: {
    column: string;
    kind: string;
    status: string;
    method: string;
    effect: number | null;
    p: number | null;
    adjustedP: number | null;
    measures: Record<string, { defined: boolean; effect?: number; p?: number; reason?: string }>;
  }[];
}

interface AgreementAnswer {
  pairable: number;
  coefficients: { id: string; metric: { value: number; ci: [number, number] | null } }[];
  raters: { column: string; counts: number[]; missing: number }[];
}

// scipy 1.17.1: ks_2samp(range(200), range(50, 250)); spatial.distance.jensenshannon([.5, .5], [.75, .25], base=2);
// stats.chi2_contingency([[100, 100], [150, 50]], correction=False).
const KS_P = 6.734842895808746e-6;
const JS = 0.22089576884901735;
const CHI_P = 2.417563881119013e-7;

/** 200 rows: x counts up from `from`, every fourth of `colours` is its own, `same` and y never change. */
function people(prefix: string, from: number, colours: string): string {
  const rows = Array.from(
    { length: 200 },
    (_, i) =>
      `${prefix}${i},${from + i},${colours[i % 4]},${i % 7},${i % 2 ? 'yes' : 'no'},${i % 5 ? `2026-01-0${(i % 7) + 1}` : ''}`,
  );
  return `id,x,colour,same,y,day\n${rows.join('\n')}\n`;
}

let test: TestApp;
let client: ApiClient;
beforeAll(async () => {
  test = await startTestApp({ workers: true });
  client = new ApiClient(test);
});
afterAll(() => test.stop());

describe('live samples', () => liveSampleCases(() => ({ test, client })));

describe('drift between two samples', () => {
  beforeAll(async () => {
    const push = async (name: string, files: [string, string, string][], sealed = false) =>
      client.job(`datasets/${name}/versions`, {
        splits: await Promise.all(
          files.map(async ([split, role, csv]) => ({
            name: split,
            role,
            ...(role === 'holdout' ? { sealed } : {}),
            uploadId: await client.upload(csv),
          })),
        ),
        key: 'id',
        label: 'y',
      });
    await push(
      'people',
      [
        ['train', 'train', people('t', 0, 'aabb')],
        ['twin', 'validation', people('v', 0, 'aabb')],
        ['holdout', 'holdout', people('h', 50, 'aaab')],
      ],
      true,
    );
    await push('people', [['train', 'train', people('n', 50, 'aaab')]]);
    const odd = people('o', 0, 'aabb').replaceAll(/^(o\d+),\d+,/gm, '$1,word,');
    await push('odd', [['train', 'train', odd]]);
  });

  const at = (datasetVersion: string, split: string) => ({ datasetVersion, split });
  async function measure(reference: object, sample: object, more: object = {}): Promise<Report> {
    return client.job<Report>('drift-reports', { reference, sample, ...more });
  }
  async function refused(body: object): Promise<[number, string, string]> {
    const answer = await client.send('post', 'drift-reports').send(body);
    const { code, detail } = answer.body as { code: string; detail: string };
    return [answer.status, code, detail];
  }

  it('is none between a sample and its twin', async () => {
    const report = await measure(at('people@1', 'train'), at('people@1', 'twin'));
    expect(report).toMatchObject({
      status: 'not_drifted',
      share: [0, 0],
      reference: { ref: 'people@1', rows: 200 },
    });
    expect(report.columns.map(({ column, kind, effect }) => [column, kind, effect])).toEqual([
      ['x', 'numeric', 0],
      ['colour', 'categorical', 0],
      ['same', 'numeric', 0],
      ['y', 'categorical', 0],
      ['day', 'categorical', 0],
    ]);
  });

  it('is found where it is, with effect, p and sizes that others compute too', async () => {
    const report = await measure(at('people@1', 'train'), at('people@2', 'train'));
    const [x, colour, same] = report.columns;
    expect(x).toMatchObject({ column: 'x', status: 'drifted', method: 'ks', effect: 0.25 });
    expect(x!.p).toBeCloseTo(KS_P, 12);
    // The smaller of five is that of colour.
    expect(x!.adjustedP).toBeCloseTo(4 * KS_P, 12);
    expect(x!.measures.wasserstein!.effect).toBeCloseTo(50 / Math.sqrt((200 ** 2 - 1) / 12), 12);
    expect(colour).toMatchObject({ column: 'colour', status: 'drifted', method: 'js_base2' });
    expect(colour!.effect).toBeCloseTo(JS, 12);
    expect(colour!.p).toBeCloseTo(CHI_P, 12);
    expect(same).toMatchObject({ status: 'not_drifted', effect: 0 });
    expect(report.status).toBe('not_drifted');
    expect(report.reason).toBe('2 of 5 columns drifted');
    expect(
      (await measure(at('people@1', 'train'), at('people@2', 'train'), { shareAtLeast: 0.4 })).status,
    ).toBe('drifted');
    const strict = await measure(at('people@1', 'train'), at('people@2', 'train'), {
      threshold: 0.3,
      columns: ['x'],
    });
    expect(strict.columns).toMatchObject([{ column: 'x', status: 'not_drifted' }]);
    const psi = await measure(at('people@1', 'train'), at('people@2', 'train'), {
      numericMethod: 'psi_jeffreys',
    });
    expect(psi.columns[0]).toMatchObject({ method: 'psi_jeffreys', status: 'drifted' });
  });

  it('leaves the label of a sealed split out, and refuses it by name', async () => {
    const report = await measure(at('people@1', 'train'), at('people@1', 'holdout'));
    expect(report.columns.map(({ column }) => column)).toEqual(['x', 'colour', 'same', 'day']);
    const body = { reference: at('people@1', 'train'), sample: at('people@1', 'holdout'), columns: ['y'] };
    expect(await refused(body)).toEqual([
      400,
      'DRIFT_COLUMN_SEALED',
      expect.stringContaining('"y" is the label'),
    ]);
  });

  it('says what cannot be compared', async () => {
    const [reference, sample] = [at('people@1', 'train'), at('people@1', 'twin')];
    expect(await refused({ reference, sample, columns: ['z'] })).toEqual([
      400,
      'DRIFT_COLUMN_UNKNOWN',
      expect.stringContaining('people@1 has no column "z"; found id, x'),
    ]);
    expect(await refused({ reference, sample: at('odd@1', 'train'), columns: ['x'] })).toEqual([
      400,
      'DRIFT_COLUMN_TYPES',
      expect.stringContaining('int64 in the reference and text in the sample'),
    ]);
    expect((await refused({ reference, sample: at('people@1', 'nothing') })).slice(0, 2)).toEqual([
      404,
      'SPLIT_NOT_FOUND',
    ]);
    expect((await refused({ reference, sample: at('nobody@1', 'train') })).slice(0, 2)).toEqual([
      404,
      'DATASET_VERSION_NOT_FOUND',
    ]);
    for (const body of [
      {},
      { reference },
      { reference: null, sample },
      { reference: 'people@1', sample },
      { reference: [], sample },
    ])
      expect([body, (await refused(body))[0]]).toEqual([body, 400]);
    for (const wrong of [
      { alpha: 2 },
      { threshold: -1 },
      { numericMethod: 'ks_sketch' },
      { columns: [] },
      { shareAtLeast: 0 },
      { other: 1 },
    ])
      expect([wrong, (await refused({ reference, sample, ...wrong }))[0]]).toEqual([wrong, 400]);
  });
});

/** Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section D: what four observers said of twelve units. */
const OBSERVERS = {
  a: '1 2 3 3 2 1 4 1 2 . . .',
  b: '1 2 3 3 2 2 4 1 2 5 . 3',
  c: '. 3 3 3 2 3 4 2 2 5 1 .',
  d: '1 2 3 3 2 4 4 1 2 5 1 .',
};
const ALPHA = { nominal: 0.743, ordinal: 0.815, interval: 0.849, ratio: 0.797 };

describe('agreement of annotators', () => {
  let contributor: ApiClient;
  const terms = { ratings: Object.keys(OBSERVERS), categories: ['1', '2', '3', '4', '5'] };
  const train = { datasetVersion: 'units@1', split: 'train' };
  beforeAll(async () => {
    contributor = new ApiClient(test, await test.key('contributor'));
    const said = Object.values(OBSERVERS).map((line) => line.replaceAll('.', '').split(' '));
    const csv = (prefix: string) =>
      `id,${terms.ratings.join(',')},y\n${said[0]!.map((_, u) => [`${prefix}${u}`, ...said.map((row) => row[u]), u % 2].join(',')).join('\n')}\n`;
    const splits = [];
    for (const [name, role] of [
      ['train', 'train'],
      ['holdout', 'holdout'],
    ])
      splits.push({ name, role, uploadId: await client.upload(csv(name!)) });
    await client.job('datasets/units/versions', { splits, key: 'id', label: 'y' });
  });

  it('is that of the literature at every level, with raw agreement beside it', async () => {
    for (const [level, alpha] of Object.entries(ALPHA)) {
      const report = await client.job<AgreementAnswer>('agreement-reports', { ...train, ...terms, level });
      expect(report).toMatchObject({ pairable: 11, alone: 1, level });
      expect(report.coefficients[0]!.id).toBe('raw');
      const found = report.coefficients.find(({ id }) => id === `alpha_${level}`)!.metric;
      expect([level, Number(found.value.toFixed(3))]).toEqual([level, alpha]);
      expect(found.ci![0]).toBeLessThan(found.value);
      expect(report.raters[0]).toEqual({ column: 'a', counts: [3, 3, 2, 1, 0], missing: 3 });
    }
  });

  it('is a table on the command line, and a mutation', async () => {
    let said = '';
    const args = ['units@1:train', '--ratings', 'a,b', '--level', 'nominal', '--categories', '1,2,3,4,5'];
    const server = ['--url', test.url, '--api-key', test.apiKey, '--project', test.project];
    const write = { write: (text: string) => (said += text) };
    expect(
      await run(['dataset', 'agreement', ...args, ...server], {
        env: {},
        cwd: '/',
        stdout: write,
        stderr: write,
      }),
    ).toBe(0);
    expect(said).toContain('9 of 12 rows have two ratings or more');
    for (const coefficient of ['raw', 'kappa', 'pi', 'alpha_nominal'])
      expect(said).toMatch(new RegExp(`^${coefficient} +0\\.\\d{4} `, 'm'));
    // Not every unit has as many labels as another.
    expect(said).toMatch(/^fleiss +undefined +units have from 0 to 2 labels/m);
    const { measureAgreement } = await client.graphql<{ measureAgreement: { id: string } }>(
      'mutation ($input: AgreementRequestInput!) { measureAgreement(input: $input) { id } }',
      { input: { ...train, ...terms, level: 'ordinal' } },
    );
    expect((await client.ended(measureAgreement.id)).state).toBe('succeeded');
  });

  it.each<[string, object, number, string]>([
    ['an unknown column', { ...train, ratings: ['a', 'z'] }, 400, 'AGREEMENT_COLUMN_UNKNOWN'],
    ['one rater', { ...train, ratings: ['a'] }, 400, 'REQUEST_INVALID'],
    ['a level that is none', { ...train, level: 'cardinal' }, 400, 'REQUEST_INVALID'],
    [
      'names for numbers',
      { ...train, level: 'interval', categories: ['1', 'two'] },
      400,
      'AGREEMENT_CATEGORIES',
    ],
    [
      'numbers below 0 of a ratio scale',
      { ...train, level: 'ratio', categories: ['-1', '1'] },
      400,
      'AGREEMENT_CATEGORIES',
    ],
    ['an unknown split', { ...train, split: 'test' }, 404, 'SPLIT_NOT_FOUND'],
    ['a sealed label', { ...train, split: 'holdout', ratings: ['a', 'y'] }, 400, 'AGREEMENT_COLUMN_SEALED'],
  ])('is refused for %s', async (_, wrong, status, code) => {
    const answer = await client
      .send('post', 'agreement-reports')
      .send({ ...train, ...terms, level: 'nominal', ...wrong });
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([status, code]);
  });

  it('is refused for ratings that the guideline does not know, and for sealed rows to those who may not see them', async () => {
    const body = { ...train, ...terms, level: 'nominal' };
    const { job } = await client.post<{ job: { id: string } }>('agreement-reports', {
      ...body,
      categories: ['1', '2', '3'],
    });
    expect(await client.ended(job.id)).toMatchObject({
      state: 'failed',
      error: {
        code: 'AGREEMENT_CATEGORY_UNKNOWN',
        message: 'column "a" of split train has 1 rating that are none of the categories; the first: "4"',
      },
    });
    const holdout = { ...body, split: 'holdout' };
    expect((await client.job<AgreementAnswer>('agreement-reports', holdout)).pairable).toBe(11);
    const answer = await contributor.send('post', 'agreement-reports').send(holdout);
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([403, 'AGREEMENT_SPLIT_SEALED']);
  });
});
