import { describe, expect, it } from 'vitest';
import { importReport } from './import-report.js';
import { sourceOfBytes } from './import-source.js';
import { readResults } from './read-results.js';

const report = async (content: object) =>
  importReport(await readResults(sourceOfBytes(Buffer.from(JSON.stringify(content)))));

/** Trials of tasks as tau-bench writes them, from successes and trials of each. */
const tauBench = (tasks: readonly [number, number][]) =>
  tasks.flatMap(([successes, trials], task) =>
    Array.from({ length: trials }, (_, trial) => ({
      task_id: task,
      trial,
      reward: Number(trial < successes),
    })),
  );
const inspect = (samples: object[]) => ({
  version: 2,
  status: 'success',
  eval: { task: 'guide', model: 'm' },
  samples,
});
const close = (value: number, digits = 12) => expect.closeTo(value, digits) as number;

describe('the report of an import', () => {
  it('has rates over items, trials of one item together', async () => {
    const { scores } = await report(
      tauBench([
        [5, 5],
        [1, 4],
        [0, 5],
        [2, 3],
        [3, 6],
        [4, 5],
      ]),
    );
    expect(scores).toHaveLength(1);
    const [{ metrics, ...facts }] = scores as [(typeof scores)[0]];
    expect(facts).toEqual({ task: null, metric: 'reward', items: 6, trials: 28, unscored: 0 });
    // The fewest trials are three.
    expect(Object.keys(metrics)).toEqual([
      ...['completion_rate', 'pass@1', 'pass@2', 'pass@3', 'pass^1', 'pass^2', 'pass^3', 'mean_score'],
    ]);
    // statsmodels 0.15.0 OLS(cov_type="cluster", use_t=True).
    const ci = [close(0.13575403, 7), close(0.93567454, 7)];
    expect(metrics.completion_rate).toMatchObject({ defined: true, value: close(15 / 28), ci, n: 28 });
    expect(metrics.mean_score).toMatchObject({ defined: true, value: close(15 / 28), ci, n: 28 });
    // scipy 1.17.1: means of comb(c, k) / comb(n, k), and t.ppf.
    expect(metrics['pass^3']).toMatchObject({ defined: true, value: close(0.2416666666666667), n: 6 });
    expect(metrics['pass@3']).toMatchObject({ defined: true, value: close(0.7833333333333333), n: 6 });
    expect(metrics['pass@1']).toMatchObject({
      ci: [close(0.15125179660180887), close(0.9209704256204133)],
    });
  });

  it('has no more than eight pass@k', async () => {
    const { scores } = await report(tauBench(Array.from({ length: 3 }, () => [4, 12] as [number, number])));
    expect(Object.keys(scores[0]!.metrics).filter((name) => name.startsWith('pass@'))).toHaveLength(8);
  });

  it('has a mean and no rate of success where a score lies between, and unscored tries beside them', async () => {
    const { scores } = await report(
      inspect([
        { id: 1, epoch: 1, scores: { match: { value: 'C' } } },
        { id: 1, epoch: 2, scores: { match: { value: 'P' } } },
        { id: 2, epoch: 1, scores: { match: { value: 'I' } } },
        { id: 2, epoch: 2, scores: { match: { value: null } } },
      ]),
    );
    expect(scores).toMatchObject([
      { task: 'guide', metric: 'match', items: 2, trials: 3, unscored: 1, metrics: {} },
    ]);
    expect(scores[0]!.metrics).toMatchObject({
      completion_rate: { defined: false, reason: 'scores between 0 and 1 do not say what succeeded' },
      mean_score: { defined: true, value: 0.5, n: 3 },
    });
    expect(Object.keys(scores[0]!.metrics)).toHaveLength(2);
  });

  it('computes nothing from totals, marks out of ten, or nothing but unscored tries', async () => {
    const totals = await report({ results: { arc: { acc: 0.25, acc_stderr: 0.01 } }, versions: { arc: 0 } });
    expect(totals).toMatchObject({ tasks: ['arc'], scores: [], totals: [{ metric: 'acc', value: 0.25 }] });
    const marks = inspect([{ id: 1, epoch: 1, scores: { mark: { value: 7 } } }]);
    expect(await report(marks)).toMatchObject({ metrics: [{ name: 'mark', kind: 'value' }], scores: [] });
    const none = inspect([{ id: 1, epoch: 1, scores: { match: { value: null } } }]);
    expect(await report(none)).toMatchObject({ scores: [] });
  });

  it('refuses more pairs of task and metric than anybody reads', async () => {
    const scores = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`m${i}`, { pass: i % 2 === 0 }]));
    const suite = (task: string) => ({ doc_id: 1, doc_hash: task, ...scores });
    const samples = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [
        `t${i}`,
        [{ ...suite(String(i)), ...Object.fromEntries(Object.keys(scores).map((name) => [name, 1])) }],
      ]),
    );
    await expect(report({ results: {}, configs: {}, samples })).rejects.toMatchObject({
      code: 'IMPORT_TOO_MANY_METRICS',
      message: 'the file: its tasks have 2100 metrics together; at most 2000 are computed',
    });
  });
});
