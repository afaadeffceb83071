import type { Metric } from '../../../domain/metrics/index.js';
import { undefinedMetric } from '../../../domain/metrics/index.js';
import {
  completionRate,
  meanPassAtK,
  meanPassHatK,
  meanScore,
  trialsByTask,
} from '../../../domain/tasks/index.js';
import { importError } from './import-errors.js';
import type { ImportedMetric, ImportedResults, ReportedTotal } from './imported-results.js';
import { trialsOf, type TaskTrials } from './trials.js';

/** Of pass@k and pass^k. */
const MOST_K = 8;
/** Pairs of a task and a metric. */
const MOST_SCORES = 2_000;

/** What is computed from the items of one task under one metric. */
export interface ImportedScore {
  /** Null where the file does not say. */
  task: string | null;
  metric: string;
  /** Items with a score: the clusters. */
  items: number;
  /** Tries with a score. */
  trials: number;
  /** Tries without one, which stand in no rate. */
  unscored: number;
  /** `completion_rate`, `mean_score`, and `pass@k` and `pass^k` for each k up to the fewest trials of an item, at most 8. */
  metrics: Record<string, Metric>;
}

export interface ImportReport {
  tasks: string[];
  metrics: ImportedMetric[];
  /** Computed from items; empty where the file has none that can be. */
  scores: ImportedScore[];
  /** What the tool says. */
  totals: ReportedTotal[];
}

/** Everything that follows from a file of results. The same results give the same report. Throws IMPORT_TOO_MANY_METRICS. */
export function importReport(results: ImportedResults): ImportReport {
  const { tasks, metrics, totals } = results;
  const groups = trialsOf(results);
  if (groups.length > MOST_SCORES) {
    throw importError(
      'IMPORT_TOO_MANY_METRICS',
      'the file',
      `its tasks have ${groups.length} metrics together; at most ${MOST_SCORES} are computed`,
      'Import the run in parts.',
    );
  }
  return { tasks, metrics, scores: groups.map(scoreOf), totals };
}

function scoreOf({ task, metric, trials, unscored }: TaskTrials): ImportedScore {
  const byItem = new Map<string, { n: number; sum: number }>();
  for (const { taskId, success } of trials) {
    const sums = byItem.get(taskId) ?? { n: 0, sum: 0 };
    sums.n += 1;
    sums.sum += Number(success);
    byItem.set(taskId, sums);
  }
  const sums = [...byItem.values()];
  return {
    task,
    metric,
    items: sums.length,
    trials: trials.length,
    unscored,
    metrics: { ...successMetrics(trials, sums), mean_score: meanScore(sums.map(rounded)) },
  };
}

/** Scores of 1 in the last digit more than 1 have been cut already; their sum may round up. */
const rounded = ({ n, sum }: { n: number; sum: number }) => ({ n, sum: Math.min(n, sum) });

/** Of outcomes that are yes or no; others have no rate of success, and a threshold is nobody's to choose here. */
function successMetrics(
  trials: TaskTrials['trials'],
  sums: readonly { n: number }[],
): Record<string, Metric> {
  const outcomes = trials.flatMap(({ taskId, success }) =>
    typeof success === 'boolean' ? [{ task: taskId, success }] : [],
  );
  if (outcomes.length < trials.length)
    return { completion_rate: undefinedMetric('scores between 0 and 1 do not say what succeeded') };
  const tasks = trialsByTask(outcomes);
  const fewest = sums.reduce((least, { n }) => Math.min(least, n), MOST_K);
  const ks = Array.from({ length: fewest }, (_, i) => i + 1);
  return {
    completion_rate: completionRate(tasks),
    ...Object.fromEntries(ks.map((k) => [`pass@${k}`, meanPassAtK(tasks, k)])),
    ...Object.fromEntries(ks.map((k) => [`pass^${k}`, meanPassHatK(tasks, k)])),
  };
}
