import { aucDecisionBound, aucDecisionPAbove, holm, type AucStatistic } from '../statistics/index.js';

/** How well something tells a group of a protected attribute. */
export interface MeasuredProxy {
  split: string;
  attribute: string;
  /** The group that is told from all others. */
  group: string;
  /** The column; null: all of them together. */
  column: string | null;
  stat: AucStatistic;
}

export interface JudgedProxy extends Omit<MeasuredProxy, 'stat'> {
  auc: number;
  /** One-sided bounds at the level, each. */
  lower: number;
  upper: number;
  /** Of Holm's correction, against "it tells no better than the limit". */
  adjustedP: number;
  atMost: number;
  status: 'above' | 'within' | 'undecided';
}

/**
 * `above`: Holm's p over all of them is at most alpha. `within`: the upper 1 - alpha bound is at most the limit, of each by itself, as every
 * one has to be. As gates decide.
 */
export function judgeProxies(
  measured: readonly MeasuredProxy[],
  limits: { atMost: number; atMostTogether: number; alpha: number },
): JudgedProxy[] {
  const limitOf = ({ column }: MeasuredProxy) => (column === null ? limits.atMostTogether : limits.atMost);
  const adjusted = holm(measured.map((one) => aucDecisionPAbove(one.stat, limitOf(one))));
  return measured.map((one, i): JudgedProxy => {
    const { stat, ...of } = one;
    const { lower, upper } = aucDecisionBound(stat, limits.alpha);
    const atMost = limitOf(one);
    const adjustedP = adjusted[i]!;
    const status = adjustedP <= limits.alpha ? 'above' : upper <= atMost ? 'within' : 'undecided';
    return { ...of, auc: stat.auc, lower, upper, adjustedP, atMost, status };
  });
}
