import { ladderQuantile } from './ladder.js';

/** One look at the parameter-free ladder. */
export interface FreeLook {
  /** The estimate: a mean over rows, higher is better. */
  value: number;
  /** Rows. */
  n: number;
  /** Standard deviation (divisor n) over rows of its loss less that of the best model released; of its loss alone before any was. */
  spread: number;
}

/**
 * What the parameter-free ladder releases: the new estimate where it exceeds the released one by kappa sd(loss - loss of the best)/sqrt(n),
 * kappa = z_{1 - .05/L}, otherwise the old one again. Needs no step, and the losses of the best model instead. An undefined value (NaN)
 * changes nothing. Blum and Hardt 2015, figure 2; kappa as STATISTICS, section 4.
 */
export function freeRelease(current: number, { value, n, spread }: FreeLook, looks: number): number {
  const needed = current + (ladderQuantile(looks) * spread) / Math.sqrt(n);
  // Equal losses on every row are no better model, whatever rounding says.
  return spread > 0 && value > needed ? value : current;
}

/** The spread of 0/1 losses: of n rows, b only the new model gets right and c only the best. */
export function zeroOneSpread(b: number, c: number, n: number): number {
  const mean = (b - c) / n;
  return Math.sqrt(Math.max(0, (b + c) / n - mean * mean));
}
