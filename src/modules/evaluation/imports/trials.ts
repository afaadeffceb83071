import type { ImportedResults } from './imported-results.js';

/** One try at one item: `success` is a truth value where every score of the metric is 0 or 1, else a score in [0, 1]. */
export interface Trial {
  taskId: string;
  trial: number;
  success: boolean | number;
}

/** Tries of one task under one metric, by item and trial: what completion rate, pass@k, pass^k and clustered errors are made of. */
export interface TaskTrials {
  task: string | null;
  metric: string;
  trials: Trial[];
  /** Tries without a score, which stand in no rate. */
  unscored: number;
}

/** `recomputed` where there are scores of items to compute from; totals alone are what somebody reports. */
export function levelOf({ metrics }: ImportedResults): 'recomputed' | 'reported' {
  return metrics.some(({ kind, scored }) => kind === 'score' && scored > 0) ? 'recomputed' : 'reported';
}

/** Of every task and every metric that is a score, in the order of tasks and metrics. Empty where there are totals only. */
export function trialsOf({ items, metrics }: ImportedResults): TaskTrials[] {
  const found = new Map<string, TaskTrials>();
  const scores = metrics.filter(({ kind, scored }) => kind === 'score' && scored > 0);
  for (const { task, taskId, trial, scores: given } of items) {
    for (const { name } of scores) {
      const key = JSON.stringify([task, name]);
      let of = found.get(key);
      if (!of) found.set(key, (of = { task, metric: name, trials: [], unscored: 0 }));
      const score = Object.hasOwn(given, name) ? given[name]! : null;
      if (score === null) of.unscored += 1;
      else of.trials.push({ taskId, trial, success: score });
    }
  }
  const all = [...found.values()].filter(({ trials }) => trials.length > 0);
  for (const of of all) if (of.trials.every(isBinary)) of.trials = of.trials.map(toBoolean);
  return all;
}

const isBinary = ({ success }: Trial) => success === 0 || success === 1;
const toBoolean = (trial: Trial): Trial => ({ ...trial, success: trial.success === 1 });
