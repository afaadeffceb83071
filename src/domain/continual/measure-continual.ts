import { undefinedMetric, type Metric } from '../metrics/metric.js';
import type { ContinualFormula, Term } from './continual-formulas.js';
import { checkScoreMatrix, type ScoreMatrix } from './score-matrix.js';

export interface ContinualReport {
  /** Descriptive: a matrix of scores has no interval. `n` is the number of tasks. */
  value: Metric;
  /** The mean of each task's own terms: a mean over tasks hides one that was lost. Empty where the value is undefined. */
  tasks: Term[];
  /** Of `tasks`, the worst in the formula's direction. */
  worst: Term | null;
}

/** One formula on a matrix of scores. Throws RangeError for a matrix that is not square. */
export function measureContinual(formula: ContinualFormula, matrix: ScoreMatrix): ContinualReport {
  checkScoreMatrix(matrix);
  const none = (reason: string): ContinualReport => ({
    value: undefinedMetric(reason),
    tasks: [],
    worst: null,
  });
  const tasks = matrix.scores.length;
  const { baseline } = matrix;
  if (formula.needsBaseline && !baseline)
    return none('it needs the scores of a baseline on each task (zeros, if that is what is meant)');
  let missing: string | null = null;
  const known = (value: number | null | undefined, what: string): number => {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    missing ??= what;
    return Number.NaN;
  };
  const terms = formula.terms(
    (i, j) => known(matrix.scores[i]?.[j], `the score on task ${j} after training on task ${i} is missing`),
    tasks,
    (j) => known(baseline?.[j], `the baseline's score on task ${j} is missing`),
  );
  if (missing !== null) return none(missing);
  if (terms.length === 0) return none(`it needs ${tasks === 0 ? 'tasks' : 'two tasks or more'}`);
  const sum = terms.reduce((total, { value }) => total + value, 0);
  const mean = sum / (formula.divisor?.(tasks) ?? terms.length);
  const byTask = meansByTask(terms);
  const { direction, formulaId } = formula;
  const worse = (a: Term, b: Term) => (direction === 'higher' ? a.value < b.value : a.value > b.value);
  return {
    value: { defined: true, value: formula.finish?.(mean) ?? mean, ci: null, n: tasks, formulaId },
    tasks: byTask,
    worst: byTask.reduce((worst, term) => (worse(term, worst) ? term : worst)),
  };
}

function meansByTask(terms: readonly Term[]): Term[] {
  const sums = new Map<number, { sum: number; n: number }>();
  for (const { task, value } of terms) {
    const { sum, n } = sums.get(task) ?? { sum: 0, n: 0 };
    sums.set(task, { sum: sum + value, n: n + 1 });
  }
  return [...sums].sort(([a], [b]) => a - b).map(([task, { sum, n }]) => ({ task, value: sum / n }));
}
