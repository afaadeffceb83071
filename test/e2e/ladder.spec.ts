import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { ApiClient } from '../support/api-client.js';
import { extent, SEED } from '../support/extent.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

interface Evaluation {
  splits: Record<
    string,
    { metrics: Record<string, { defined: boolean; value?: number; ci?: unknown; reason?: string }> }
  >;
}
interface Decision {
  verdict: string;
  caveats: string[];
  rules: { verdict: string; reason: string; observed: number | null }[];
}

const ROWS = 1000;
const LOOKS = 400;
/** Predictors that know nothing; their majority vote is one look more. STATISTICS, section 4: 300. */
const PREDICTORS = extent(12, 300);

/** 1,000 labels that are coins. */
describe('who sends coins and keeps those that looked lucky', () => {
  let test: TestApp;
  let admin: ApiClient;
  let contributor: ApiClient;
  const random = seededRandom(SEED);
  const coins = () => Array.from({ length: ROWS }, () => (random() < 0.5 ? 1 : 0));
  const csv = (column: string, values: readonly number[]) =>
    `id,${column}\n${values.map((value, i) => `${i},${value === 1 ? 'yes' : 'no'}\n`).join('')}`;
  const labels = coins();
  const predictors: number[][] = [];
  const released: number[] = [];
  /** The evaluation of each predictor. */
  const evaluations: string[] = [];
  let last: string;

  beforeAll(async () => {
    test = await startTestApp({ workers: true });
    admin = new ApiClient(test);
    contributor = new ApiClient(test, await test.key('contributor'));
    await admin.job('datasets/coins/versions', {
      splits: [
        { name: 'train', role: 'train', uploadId: await admin.upload('id,y\nt1,no\nt2,yes\n') },
        { name: 'holdout', role: 'holdout', uploadId: await admin.upload(csv('y', labels)) },
      ],
      key: 'id',
      label: 'y',
      looks: LOOKS,
    });
    await contributor.post('models/coins/versions', { artifactUploadId: await contributor.upload('none') });
  });
  afterAll(() => test.stop());

  async function look(values: readonly number[]): Promise<Evaluation> {
    const { evaluationId } = await contributor.job<{ evaluationId: string }>('evaluations', {
      modelVersion: 'coins@1',
      datasetVersion: 'coins@1',
      predictions: [{ split: 'holdout', uploadId: await contributor.upload(csv('prediction', values)) }],
    });
    last = evaluationId;
    return contributor.get<Evaluation>(`evaluations/${evaluationId}`);
  }
  const hits = (values: readonly number[]) => values.filter((value, i) => value === labels[i]).length / ROWS;
  const voteOf = (kept: readonly number[][]) =>
    Array.from({ length: ROWS }, (_, i) => {
      const yes = kept.filter((values) => values[i] === 1).length * 2;
      return yes > kept.length || (yes === kept.length && random() < 0.5) ? 1 : 0;
    });

  it('is told a number each time, and none above one step over chance', async () => {
    for (let i = 0; i < PREDICTORS; i++) {
      const values = coins();
      predictors.push(values);
      const { accuracy } = (await look(values)).splits.holdout!.metrics;
      evaluations.push(last);
      expect(accuracy).toMatchObject({ defined: true, ci: null });
      released.push(accuracy!.value!);
    }
    const { accuracy } = (await look(voteOf(predictors.filter((_, i) => released[i]! > 0.5)))).splits.holdout!
      .metrics;
    released.push(accuracy!.value!);
    // z(1 - .05/400) sqrt(.25/1000), rounded up.
    const eta = 0.058;
    expect(Math.max(...released)).toBeLessThanOrEqual(0.5 + eta);
    expect(released.filter((value) => value !== 0.5 && Math.abs(value - 0.5 - eta) > 1e-12)).toEqual([]);
    console.log(
      `ladder: ${PREDICTORS} coins and their vote, ${released.filter((value) => value === 0.5).length} of ${released.length} released .5`,
    );
  });

  it('is told nothing else', async () => {
    const { metrics } = (await contributor.get<Evaluation>(`evaluations/${last}`)).splits.holdout!;
    const others = Object.entries(metrics).filter(([name]) => name !== 'accuracy');
    expect(others.length).toBeGreaterThan(5);
    expect(others.map(([, metric]) => metric)).toEqual(
      others.map(() => ({ defined: false, reason: 'sealed' })),
    );
  });

  it('while an auditor sees each estimate, and how a board that shows them would be climbed', async () => {
    const auditor = new ApiClient(test, await test.key('auditor'));
    const shown = async (id: string) =>
      (await auditor.get<Evaluation>(`evaluations/${id}`)).splits.holdout!.metrics.accuracy!.value!;
    const estimates: number[] = [];
    for (const id of evaluations) estimates.push(await shown(id));
    expect(estimates).toEqual(predictors.map((values) => expect.closeTo(hits(values), 12)));
    const vote = voteOf(predictors.filter((_, i) => estimates[i]! > 0.5));
    const { accuracy } = (await look(vote)).splits.holdout!.metrics;
    expect(accuracy!.value).toBeLessThanOrEqual(0.558);
    const naive = await shown(last);
    console.log(
      `ladder: of the vote of ${PREDICTORS} coins that a board of numbers would choose an auditor sees ${naive}, its contributor ${accuracy!.value}`,
    );
    expect(naive).toBeGreaterThan(extent(0.5, 0.58));
  });

  it('is told the same again for the same predictions, by no new look', async () => {
    const used = async () =>
      (
        await contributor.get<{ splits: { name: string; looks: { used: number } | null }[] }>(
          'datasets/coins/versions/1',
        )
      ).splits.find(({ name }) => name === 'holdout')!.looks!.used;
    const before = await used();
    await contributor.post('models/coins/versions', { artifactUploadId: await contributor.upload('others') });
    const again = await contributor.job<{ evaluationId: string }>('evaluations', {
      modelVersion: 'coins@2',
      datasetVersion: 'coins@1',
      predictions: [
        { split: 'holdout', uploadId: await contributor.upload(csv('prediction', predictors[0]!)) },
      ],
    });
    const { metrics } = (await contributor.get<Evaluation>(`evaluations/${again.evaluationId}`)).splits
      .holdout!;
    expect(metrics.accuracy!.value).toBe(released[0]);
    expect(await used()).toBe(before);
    // Another positive class asks anew.
    await contributor.job('evaluations', {
      modelVersion: 'coins@2',
      datasetVersion: 'coins@1',
      predictions: [
        { split: 'holdout', uploadId: await contributor.upload(csv('prediction', predictors[0]!)) },
      ],
      protocol: { positive: 'no' },
    });
    expect(await used()).toBe(before + 1);
  });

  it('is judged at less of alpha for every answer that told something', async () => {
    const policy = (name: string, atLeast: number) =>
      admin.post('policies', {
        document: {
          apiVersion: 'assay/v1',
          kind: 'GatePolicy',
          metadata: { name, stage: name },
          spec: {
            dataset: 'coins',
            rules: [{ id: 'accuracy', metric: 'accuracy', split: 'holdout', atLeast }],
          },
        },
      });
    await policy('high', 0.9);
    await policy('low', 0.9);
    const check = (who: ApiClient, name: string) =>
      who.post<Decision>('gate-decisions', { modelVersion: 'coins@1', policy: name, stage: name });
    const levelOf = ({ caveats }: Decision) =>
      Number(/PASS is decided at ([\d.e-]+) instead/.exec(caveats.join('\n'))?.[1]);
    await look(coins());
    const failed = await check(contributor, 'high');
    expect(failed).toMatchObject({ verdict: 'FAIL' });
    expect(failed.rules[0]!.observed).toBeNull();
    const [first] = [levelOf(failed)];
    // That FAIL was an answer; of the next look it is known, and one more would be the same again.
    await look(coins());
    const second = levelOf(await check(contributor, 'high'));
    expect(first).toBeGreaterThan(0);
    expect(second).toBeLessThan(first);
  });
});
