import { DISPLAY_CONFIDENCE, undefinedMetric, type Metric } from '../metrics/metric.js';
import {
  clusteredMean,
  FEWEST_CLUSTERS,
  meanBound,
  meanInterval,
  type ClusterSums,
} from '../statistics/index.js';

/** The trials of one task. */
export interface TaskTrials {
  task: string;
  trials: number;
  successes: number;
}

/** One trial's outcome. What ended early or was never measured is no success. */
export interface TrialOutcome {
  task: string;
  success: boolean;
}

/** Outcomes counted by task, in the order in which tasks first appear. */
export function trialsByTask(outcomes: Iterable<TrialOutcome>): TaskTrials[] {
  const tasks = new Map<string, TaskTrials>();
  for (const { task, success } of outcomes) {
    const counted = tasks.get(task) ?? { task, trials: 0, successes: 0 };
    counted.trials++;
    if (success) counted.successes++;
    tasks.set(task, counted);
  }
  return [...tasks.values()];
}

/**
 * The share of trials that succeeded, in [0, 1], with the 95 % interval of a mean over clusters: trials of one task stand and fall
 * together. Cameron and Miller 2015 with G / (G - 1), Student with G - 1 degrees of freedom; Miller 2024 for evaluations.
 */
export function completionRate(tasks: readonly TaskTrials[]): Metric {
  checkTrials(tasks);
  const held = tasks.filter(({ trials }) => trials > 0);
  const total = held.reduce((sum, { trials }) => sum + trials, 0);
  if (total === 0) return undefinedMetric('no trials');
  const rate = held.reduce((sum, { successes }) => sum + successes, 0) / total;
  const robust = clusteredMean(held.map(({ trials, successes }) => ({ n: trials, sum: successes })));
  const variance = robust ? robust.se ** 2 * held.length : 0;
  return clustered('completion-rate/trials', rate, variance, held.length, total);
}

/**
 * The mean over trials of a score in [0, 1], from each task's sum over its trials, with the same interval as `completionRate`: of
 * successes, 0 or 1, it is that rate. Throws RangeError for a sum outside [0, trials].
 */
export function meanScore(tasks: readonly ClusterSums[]): Metric {
  const wrong = tasks.find(({ n, sum }) => !(Number.isInteger(n) && n >= 0 && sum >= 0 && sum <= n));
  if (wrong) throw new RangeError(`${wrong.n} scores in [0, 1] cannot sum to ${wrong.sum}`);
  const held = tasks.filter(({ n }) => n > 0);
  const total = held.reduce((sum, { n }) => sum + n, 0);
  if (total === 0) return undefinedMetric('no trials');
  const robust = clusteredMean(held);
  const mean = robust?.mean ?? held[0]!.sum / total;
  const variance = robust ? robust.se ** 2 * held.length : 0;
  return clustered('mean-score/trials', mean, variance, held.length, total);
}

/** The unbiased chance that at least one of k trials succeeds, 1 - C(n - c, k) / C(n, k), from c successes of n >= k. Chen and others 2021. */
export function passAtK(trials: number, successes: number, k: number): number {
  checkK(trials, k);
  let allFail = 1;
  for (let i = 0; i < k; i++) allFail *= Math.max(0, trials - successes - i) / (trials - i);
  return 1 - allFail;
}

/** The unbiased chance that all of k trials succeed, C(c, k) / C(n, k), from c successes of n >= k. Yao and others 2024 (tau-bench). */
export function passHatK(trials: number, successes: number, k: number): number {
  checkK(trials, k);
  let allSucceed = 1;
  for (let i = 0; i < k; i++) allSucceed *= Math.max(0, successes - i) / (trials - i);
  return allSucceed;
}

/** The mean over tasks of pass@k, in [0, 1], with its 95 % interval over tasks; undefined where a task has fewer than k trials. */
export function meanPassAtK(tasks: readonly TaskTrials[], k: number): Metric {
  return meanOverTasks(`pass@${k}/unbiased`, tasks, k, passAtK);
}

/** The mean over tasks of pass^k, in [0, 1], with its 95 % interval over tasks; undefined where a task has fewer than k trials. */
export function meanPassHatK(tasks: readonly TaskTrials[], k: number): Metric {
  return meanOverTasks(`pass^${k}/unbiased`, tasks, k, passHatK);
}

function meanOverTasks(
  formula: string,
  tasks: readonly TaskTrials[],
  k: number,
  estimate: (trials: number, successes: number, k: number) => number,
): Metric {
  checkTrials(tasks);
  if (!(Number.isInteger(k) && k >= 1)) throw new RangeError(`k must be a whole number from 1, found ${k}`);
  if (tasks.length === 0) return undefinedMetric('no tasks');
  const short = tasks.filter(({ trials }) => trials < k);
  if (short.length > 0)
    return undefinedMetric(
      `${short.length} of ${tasks.length} tasks have fewer than ${k} trials (${short[0]!.task} has ${short[0]!.trials})`,
    );
  const values = tasks.map(({ trials, successes }) => estimate(trials, successes, k));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return clustered(
    formula,
    mean,
    values.length > 1 ? squares / (values.length - 1) : 0,
    values.length,
    values.length,
  );
}

/** Student's interval over clusters inside [0, 1]; where all tasks are alike, what may not have been seen (`meanBound`). */
function clustered(formula: string, mean: number, variance: number, clusters: number, n: number): Metric {
  const alike = variance < 1e-24;
  const { lower, upper } = meanBound({ n: clusters, mean, variance: 0 }, 1, (1 - DISPLAY_CONFIDENCE) / 2);
  const student = meanInterval(mean, variance, clusters, DISPLAY_CONFIDENCE);
  const ci: [number, number] =
    alike || student === null ? [lower, upper] : [Math.max(0, student.low), Math.min(1, student.high)];
  return {
    defined: true,
    value: mean,
    ci,
    n,
    formulaId: `${formula}/clustered-by-task`,
    ...(clusters < FEWEST_CLUSTERS ? { smallSample: true } : {}),
  };
}

function checkTrials(tasks: readonly TaskTrials[]): void {
  const names = new Set<string>();
  for (const { task, trials, successes } of tasks) {
    if (!(Number.isInteger(trials) && Number.isInteger(successes) && successes >= 0 && successes <= trials))
      throw new RangeError(`task ${task} has ${successes} successes of ${trials} trials`);
    if (names.has(task)) throw new RangeError(`task ${task} stands twice: count its trials together`);
    names.add(task);
  }
}

function checkK(trials: number, k: number): void {
  if (!(Number.isInteger(k) && k >= 1 && k <= trials))
    throw new RangeError(`k must lie in 1..${trials}, the number of trials, found ${k}`);
}
