import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DefinedMetric } from '../metrics/metric.js';
import { seededRandom } from '../statistics/index.js';
import {
  completionRate,
  meanPassAtK,
  meanPassHatK,
  meanScore,
  passAtK,
  passHatK,
  trialsByTask,
  type TaskTrials,
} from './task-success.js';

const close = (value: number) => expect.closeTo(value, 12) as number;

const SIX: TaskTrials[] = [
  { task: 'a', trials: 5, successes: 5 },
  { task: 'b', trials: 4, successes: 1 },
  { task: 'c', trials: 5, successes: 0 },
  { task: 'd', trials: 3, successes: 2 },
  { task: 'e', trials: 6, successes: 3 },
  { task: 'f', trials: 5, successes: 4 },
];

describe('pass@k and pass^k of one task', () => {
  it('by hand: 2 of 5 succeed', () => {
    // 1 - C(3,3)/C(5,3) = 9/10; C(2,2)/C(5,2) = 1/10.
    expect(passAtK(5, 2, 3)).toBeCloseTo(0.9, 14);
    expect(passHatK(5, 2, 2)).toBeCloseTo(0.1, 14);
    expect([passAtK(5, 2, 4), passAtK(5, 0, 5), passAtK(5, 5, 1)]).toEqual([1, 0, 1]);
    expect([passHatK(5, 2, 3), passHatK(5, 5, 5), passHatK(5, 0, 1)]).toEqual([0, 1, 0]);
  });

  it('are the shares of all choices of k trials', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), fc.nat(8), (trials, which) => {
        const k = 1 + (which % trials.length);
        let [any, every, all] = [0, 0, 0];
        for (let mask = 0; mask < 1 << trials.length; mask++) {
          const drawn = trials.filter((_, i) => mask & (1 << i));
          if (drawn.length !== k) continue;
          all++;
          if (drawn.some(Boolean)) any++;
          if (drawn.every(Boolean)) every++;
        }
        const successes = trials.filter(Boolean).length;
        expect(passAtK(trials.length, successes, k)).toBeCloseTo(any / all, 12);
        expect(passHatK(trials.length, successes, k)).toBeCloseTo(every / all, 12);
      }),
    );
  });

  it('refuse k beyond the trials: the plug-in (c / n)^k would be biased', () => {
    expect(() => passAtK(3, 1, 4)).toThrow(/1..3/);
    expect(() => passHatK(3, 1, 0)).toThrow(RangeError);
  });
});

describe('over tasks', () => {
  it('completion rate: statsmodels 0.15.0 OLS(cov_type="cluster", use_t=True)', () => {
    expect(completionRate(SIX)).toEqual({
      defined: true,
      value: close(15 / 28),
      ci: [expect.closeTo(0.13575403, 7), expect.closeTo(0.93567454, 7)],
      n: 28,
      formulaId: 'completion-rate/trials/clustered-by-task',
      smallSample: true,
    });
  });

  it('mean score: the sandwich in matrix form with G / (G - 1), numpy 2 and scipy 1.17.1 t.ppf', () => {
    const scores = [[1, 0.5, 0.25], [0, 0], [0.75, 0.5, 1, 1], [0.2], [0.9, 0.1, 0.4, 0.6, 0.3]];
    const sums = scores.map((of) => ({ n: of.length, sum: of.reduce((sum, score) => sum + score, 0) }));
    expect(meanScore(sums)).toEqual({
      defined: true,
      value: close(0.5),
      ci: [close(0.15651036205102625), close(0.8434896379489734)],
      n: 15,
      formulaId: 'mean-score/trials/clustered-by-task',
      smallSample: true,
    });
    expect(meanScore([])).toEqual({ defined: false, reason: 'no trials' });
    expect(meanScore([{ n: 0, sum: 0 }])).toMatchObject({ defined: false });
    expect(() => meanScore([{ n: 2, sum: 2.5 }])).toThrow(RangeError);
    expect(() => meanScore([{ n: 2, sum: -1 }])).toThrow(RangeError);
  });

  it('mean score of successes is the completion rate', () => {
    const { formulaId: _, ...rate } = completionRate(SIX) as DefinedMetric;
    expect(meanScore(SIX.map(({ trials, successes }) => ({ n: trials, sum: successes })))).toMatchObject(
      rate,
    );
  });

  it('pass@k and pass^k: means of scipy 1.17.1 comb with t.ppf, ends inside [0, 1]', () => {
    expect(meanPassAtK(SIX, 1)).toMatchObject({
      value: close(0.5361111111111111),
      ci: [close(0.15125179660180887), close(0.9209704256204133)],
      n: 6,
      formulaId: 'pass@1/unbiased/clustered-by-task',
    });
    expect(meanPassHatK(SIX, 1)).toMatchObject({ value: close(0.5361111111111111) });
    expect(meanPassAtK(SIX, 2)).toMatchObject({
      value: close(0.7166666666666667),
      ci: [close(0.2947117505489655), 1],
    });
    expect(meanPassHatK(SIX, 2)).toMatchObject({
      value: close(0.35555555555555557),
      ci: [0, close(0.7627021221000292)],
    });
    expect(meanPassAtK(SIX, 3)).toMatchObject({ value: close(0.7833333333333333) });
    expect(meanPassHatK(SIX, 3)).toMatchObject({ value: close(0.2416666666666667) });
  });

  it('are undefined where a task has fewer than k trials, and leave none out', () => {
    expect(meanPassAtK(SIX, 4)).toEqual({
      defined: false,
      reason: '1 of 6 tasks have fewer than 4 trials (d has 3)',
    });
    expect(meanPassHatK(SIX, 6)).toMatchObject({ defined: false });
    expect(meanPassHatK([], 1)).toEqual({ defined: false, reason: 'no tasks' });
    expect(completionRate([])).toEqual({ defined: false, reason: 'no trials' });
    expect(completionRate([{ task: 'a', trials: 0, successes: 0 }])).toMatchObject({ defined: false });
    expect(() => meanPassAtK(SIX, 0)).toThrow(RangeError);
    expect(() => completionRate([{ task: 'a', trials: 1, successes: 2 }])).toThrow(/2 successes of 1 trials/);
    expect(() => completionRate([SIX[0]!, SIX[0]!])).toThrow(/stands twice/);
  });

  it('thirty tasks that all succeed are not certain to', () => {
    const all = Array.from({ length: 30 }, (_, i) => ({ task: String(i), trials: 4, successes: 4 }));
    for (const metric of [completionRate(all), meanPassHatK(all, 4)]) {
      expect(metric).toMatchObject({ value: 1, ci: [close(0.025 ** (1 / 30)), 1] });
      expect(metric).not.toHaveProperty('smallSample');
    }
    expect(completionRate([{ task: 'only', trials: 50, successes: 25 }])).toMatchObject({
      value: 0.5,
      smallSample: true,
      ci: [close(0.5 * 0.025), close(1 - 0.5 * 0.025)],
    });
  });

  it('outcomes are counted by task', () => {
    const outcomes = [
      { task: 'b', success: true },
      { task: 'a', success: false },
      { task: 'b', success: false },
    ];
    expect(trialsByTask(outcomes)).toEqual([
      { task: 'b', trials: 2, successes: 1 },
      { task: 'a', trials: 1, successes: 0 },
    ]);
  });

  it('pass@k rises with k, pass^k falls, both meet at 1; more trials of each task are no more tasks', () => {
    const task = fc
      .integer({ min: 4, max: 9 })
      .chain((trials) => fc.tuple(fc.constant(trials), fc.nat(trials)));
    fc.assert(
      fc.property(fc.array(task, { minLength: 2, maxLength: 30 }), (counts) => {
        const tasks = counts.map(([trials, successes], i) => ({ task: String(i), trials, successes }));
        const of = (estimate: typeof meanPassAtK, k: number) => {
          const metric = estimate(tasks, k);
          if (!metric.defined) throw new Error(metric.reason);
          expect(metric.ci![0]).toBeLessThanOrEqual(metric.value + 1e-12);
          expect(metric.ci![1]).toBeGreaterThanOrEqual(metric.value - 1e-12);
          return metric.value;
        };
        for (let k = 1; k < 4; k++) {
          expect(of(meanPassAtK, k + 1)).toBeGreaterThanOrEqual(of(meanPassAtK, k) - 1e-12);
          expect(of(meanPassHatK, k + 1)).toBeLessThanOrEqual(of(meanPassHatK, k) + 1e-12);
        }
        expect(of(meanPassAtK, 1)).toBeCloseTo(of(meanPassHatK, 1), 12);
        // Doubling every trial of equally many changes no rate and no interval: the tasks are the sample.
        const even = tasks.map((one) => ({ ...one, trials: 10 }));
        const doubled = even.map(({ task: name, successes }) => ({
          task: name,
          trials: 20,
          successes: 2 * successes,
        }));
        const [once, twice] = [completionRate(even), completionRate(doubled)];
        expect(once.defined && twice.defined && [twice.value, ...twice.ci!]).toEqual(
          once.defined && [once.value, ...once.ci!].map((x) => close(x)),
        );
      }),
    );
  });

  // 300 samples of 40 tasks of 5 trials, success varying by task, true rate .5; taking trials as independent covers about 70 %.
  it('the clustered interval covers', () => {
    let covered = 0;
    for (let run = 0; run < 300; run++) {
      const random = seededRandom(run);
      const tasks = Array.from({ length: 40 }, (_, i) => {
        const p = random() < 0.5 ? 0.1 : 0.9;
        const successes = Array.from({ length: 5 }, () => random()).filter((u) => u < p).length;
        return { task: String(i), trials: 5, successes };
      });
      const metric = completionRate(tasks);
      if (metric.defined && metric.ci![0] <= 0.5 && 0.5 <= metric.ci![1]) covered++;
    }
    // Binomial(300, .95): below 272 has probability .001.
    expect(covered).toBeGreaterThanOrEqual(272);
  });
});
