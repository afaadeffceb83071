import { meanInterval, type MeanStatistic } from './mean.js';
import { notDefined, type NotDefined } from './not-defined.js';
import { studentCdf } from './student.js';

/** A mean of per-row differences with Student's interval and test. */
export interface PairedMean {
  defined: true;
  difference: number;
  se: number;
  low: number;
  high: number;
  t: number;
  df: number;
  /** Two-sided p of "the mean difference is 0". Reported, never decides: it says nothing about how much. */
  p: number;
  n: number;
  formulaId: 'paired-mean/student';
}

/**
 * The mean difference of a loss or score between two models on the same rows. `differences` are the sums over the rows' differences
 * (`FixedPointSums`), so that shards merge. Undefined below two rows, or where every row differs by the same. Student 1908.
 */
export function pairedMean(differences: MeanStatistic, confidence: number): PairedMean | NotDefined {
  const { n, mean, variance } = differences;
  const interval = meanInterval(mean, variance, n, confidence);
  if (!interval) return notDefined(`a paired difference needs 2 rows, found ${n}`);
  if (!(variance > 0)) return notDefined('every row differs by the same: the error of the mean is unknown');
  const se = Math.sqrt(variance / n);
  const t = mean / se;
  return {
    defined: true,
    difference: mean,
    se,
    ...interval,
    t,
    df: n - 1,
    p: 2 * studentCdf(-Math.abs(t), n - 1),
    n,
    formulaId: 'paired-mean/student',
  };
}
