import type { MetricName } from '../../metrics/index.js';
import { isDescriptive } from '../descriptive-metrics.js';
import type { DecideOn } from '../gate-policy.js';
import { invalid, type PolicyProblem } from '../policy-problem.js';

export interface Thresholds {
  atLeast?: number;
  atMost?: number;
}

/** Thresholds that say nothing, contradict each other, or lie outside what the metric can be. */
export function checkThresholds(
  { atLeast, atMost }: Thresholds,
  [low, high]: readonly [number, number],
  path: string,
): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  if (atLeast === undefined && atMost === undefined)
    problems.push(invalid(path, 'no threshold', 'atLeast or atMost'));
  if (atLeast !== undefined && !(atLeast > low && atLeast <= high)) {
    problems.push(invalid(`${path}.atLeast`, String(atLeast), between(low, 'above', high, 'at most')));
  }
  if (atMost !== undefined && !(atMost >= low && atMost < high)) {
    problems.push(invalid(`${path}.atMost`, String(atMost), between(low, 'at least', high, 'below')));
  }
  if (atLeast !== undefined && atMost !== undefined && atLeast > atMost) {
    problems.push(
      invalid(path, `atLeast ${atLeast} with atMost ${atMost}`, 'thresholds that a value can meet together'),
    );
  }
  return problems;
}

/** Ends that are infinite are none. */
function between(low: number, from: string, high: number, to: string): string {
  const ends = [
    ...(low === -Infinity ? [] : [`${from} ${low}`]),
    ...(high === Infinity ? [] : [`${to} ${high}`]),
  ];
  return `a number ${ends.length === 1 ? 'of ' : ''}${ends.join(' and ')}`;
}

/** A metric without an interval cannot be decided on its bound. */
export function checkBound(metric: MetricName, decideOn: DecideOn, path: string): PolicyProblem[] {
  if (decideOn === 'point' || !isDescriptive(metric)) return [];
  return [
    invalid(
      `${path}.decideOn`,
      'bound',
      `point, because ${metric} is descriptive: it has no confidence interval`,
    ),
  ];
}
