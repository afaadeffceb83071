import type { CanaryBounds } from './canary-comparison.js';

/** One metric, of all traffic or of a slice. */
export interface CanaryMeasurement {
  name: string;
  /** How much worse the canary may be, in (-1, 1): D >= -margin is required. */
  margin: number;
  /** Null where nothing could be measured. */
  bounds: CanaryBounds | null;
  /** Why there are no bounds, as a sentence part: "every query failed". */
  problem?: string;
}

export interface CanaryEvidence {
  measurements: readonly CanaryMeasurement[];
  /** Pairs that every measurement needs before the canary may advance, at least 1. */
  minPairs: number;
  /** `terminated`: it was ended before its time. */
  phase: 'running' | 'deadline' | 'terminated';
}

export type CanaryDecision = 'rollBack' | 'advance' | 'continue' | 'hold';

export interface CanaryOutcome {
  decision: CanaryDecision;
  /** Of the question "is the canary as good as required?". */
  verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE';
  /** A sentence for each measurement that decided, or that is still open. */
  reasons: string[];
}

/**
 * What to do with a canary, at any look: roll back where a metric is shown to be worse than its margin; advance where all are shown not to
 * be, each on enough pairs; otherwise continue, and hold at the deadline. What was not measured is never a success: no traffic, no
 * measurement, every query failed, or ended early cannot advance. STATISTICS, section 5.
 */
export function decideCanary({ measurements, minPairs, phase }: CanaryEvidence): CanaryOutcome {
  if (!(Number.isInteger(minPairs) && minPairs >= 1))
    throw new RangeError(`expected 1 pair or more, found ${minPairs}`);
  for (const { name, margin } of measurements) {
    if (!(margin > -1 && margin < 1))
      throw new RangeError(`the margin of ${name} must lie in (-1, 1), found ${margin}`);
  }
  const worse = measurements.filter(({ bounds, margin }) => bounds && bounds.n > 0 && bounds.upper < -margin);
  if (worse.length > 0) return { decision: 'rollBack', verdict: 'FAIL', reasons: worse.map(worseThan) };
  const open = measurements.length === 0 ? ['nothing is measured'] : openOf(measurements, minPairs);
  if (open.length === 0 && phase !== 'terminated')
    return { decision: 'advance', verdict: 'PASS', reasons: measurements.map(shown) };
  if (phase === 'running') return { decision: 'continue', verdict: 'INCONCLUSIVE', reasons: open };
  const ended = phase === 'terminated' ? ['it was ended before its time'] : [];
  return { decision: 'hold', verdict: 'INCONCLUSIVE', reasons: [...ended, ...open] };
}

function openOf(measurements: readonly CanaryMeasurement[], minPairs: number): string[] {
  return measurements.flatMap(({ name, margin, bounds, problem }) => {
    if (!bounds) return [`${name}: ${problem ?? 'not measured'}`];
    if (bounds.n === 0) return [`${name}: no traffic to compare`];
    if (!(bounds.n >= minPairs)) return [`${name}: ${bounds.n} of ${minPairs} pairs`];
    // Not "lower < -margin": what is no number is not shown.
    return bounds.lower >= -margin
      ? []
      : [`${name}: the difference may still be as low as ${digits(bounds.lower)}, allowed is ${-margin}`];
  });
}

function worseThan({ name, margin, bounds }: CanaryMeasurement): string {
  return `${name}: the difference is at most ${digits(bounds!.upper)} on ${bounds!.n} pairs, allowed is ${-margin}`;
}

function shown({ name, margin, bounds }: CanaryMeasurement): string {
  return `${name}: the difference is at least ${digits(bounds!.lower)} on ${bounds!.n} pairs, allowed is ${-margin}`;
}

function digits(value: number): string {
  return value.toFixed(4);
}
