import type { SplitEvidence } from '../metrics/index.js';
import {
  accuracyVariance,
  chanceAucVariance,
  climb,
  ladderOf,
  type Ladder,
  type LadderStep,
} from './ladder.js';

/** What is shown of a look at a sealed split: R0 + eta step of its primary metric, and nothing else. */
export interface Release extends Ladder {
  metric: 'auc' | 'accuracy';
  step: LadderStep;
}

/** Heights of steps are rounded up to this: to their last digit they would tell how many rows are positive. */
const GRID = 1000;

/**
 * What a look at a model with this evidence releases, at most `looks` looks being allowed. The primary metric is AUC where scores of two
 * classes were sent, otherwise accuracy, whose chance level is one of the `openClasses` that everybody knows: which it is tells nothing of
 * sealed labels. `earlier`: the releases of earlier looks at the same rows; the first of the same metric says how high steps are, whatever
 * became of the budget since. Null where there are no rows, and of a regression: its losses have no largest value, so that no height of
 * a step bounds what one would tell; such a look tells nothing. STATISTICS, section 4.
 */
export function releaseOf(
  evidence: SplitEvidence,
  openClasses: number,
  looks: number,
  earlier: readonly Release[],
): Release | null {
  if (evidence.n === 0 || evidence.regression !== undefined) return null;
  const metric = evidence.losses !== null && openClasses === 2 ? 'auc' : 'accuracy';
  const same = earlier.filter((release) => release.metric === metric);
  const { baseline, eta, cells } = same[0] ?? ladderFor(metric, evidence, openClasses, looks);
  const step = Math.max(0, ...same.map((release) => release.step));
  return {
    metric,
    baseline,
    eta,
    cells,
    step: climb({ baseline, eta, cells }, step, valueOf(metric, evidence)),
  };
}

/** NaN where it has none: nothing changes then. */
function valueOf(metric: Release['metric'], { n, auc, confusion }: SplitEvidence): number {
  if (metric === 'auc') return auc?.auc ?? Number.NaN;
  return confusion.reduce((sum, row, label) => sum + (row[label] ?? 0), 0) / n;
}

function ladderFor(
  metric: Release['metric'],
  { n, auc }: SplitEvidence,
  openClasses: number,
  looks: number,
): Ladder {
  const chance = metric === 'auc' ? 0.5 : 1 / Math.max(2, openClasses);
  // Rows of one class have no AUC, and that they are is not told either.
  const variance =
    metric === 'auc'
      ? chanceAucVariance(auc?.positives || n / 2, auc?.negatives || n / 2)
      : accuracyVariance(chance, n);
  const ladder = ladderOf(chance, variance, looks);
  const eta = Math.ceil(ladder.eta * GRID - 1e-9) / GRID;
  return { baseline: ladder.baseline, eta, cells: Math.floor((1 - ladder.baseline) / eta) };
}
