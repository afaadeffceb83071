import { ece, eceRows, type EceBin, type EceStatistic } from './ece.js';
import { normalQuantile } from './normal.js';
import { normalDraw, type Random } from './random.js';
import { rareEventMargin, scoreMargin } from './score-margin.js';

/** How many draws stand for the distribution of a calibrated model's ECE. */
export const ECE_DRAWS = 10_000;

/** Within-bin sample variance of r; a bin of one row takes the worse of its own square and the calibrated variance. */
function spreadOf(bin: EceBin): number {
  if (bin.n < 2) return Math.max(bin.sumR2, bin.sumConfVar);
  const variance = (bin.sumR2 - (bin.sumR * bin.sumR) / bin.n) / (bin.n - 1);
  // Sums are doubles: below this the difference is their rounding.
  return variance < 1e-12 ? 0 : variance;
}

/** sqrt(sum w_b s_b^2): the spread of a single row within its bin. */
export function eceSpread(stat: EceStatistic): number {
  const n = eceRows(stat);
  return Math.sqrt(stat.bins.reduce((sum, bin) => sum + (bin.n === 0 ? 0 : (bin.n / n) * spreadOf(bin)), 0));
}

/**
 * Upper 1 - alpha bound of the binned ECE of this protocol: ECE + z sqrt(sum w_b s_b^2 / n), whose spread is that of an ECE at the
 * bound (`scoreMargin`): without it, scores of 0 and 1 with few errors pass up to 16 % of the time at alpha .05. The estimate's
 * upward bias makes it conservative. Rows that do not vary within any bin show no spread at all; then
 * P(another value) <= 1 - alpha^(1/n_b) bounds each bin. At most 1.
 */
export function eceUpper(stat: EceStatistic, alpha: number): number {
  const n = eceRows(stat);
  if (n === 0) return 1;
  const spread = eceSpread(stat);
  const margin =
    spread > 0 ? scoreMargin(-normalQuantile(alpha), spread ** 2 / n, 1 / n) : unseen(stat, n, alpha);
  return Math.min(1, ece(stat) + margin);
}

/**
 * sqrt(sum w_b (s_b^2 + r_b^2) - ECE^2): the spread of a single row, within its bin and between them, as how many rows fall into which bin
 * is chance too.
 */
export function eceRowSpread(stat: EceStatistic): number {
  const n = eceRows(stat);
  const between = stat.bins.reduce((sum, bin) => sum + (bin.n === 0 ? 0 : bin.sumR ** 2 / bin.n / n), 0);
  return Math.sqrt(eceSpread(stat) ** 2 + Math.max(0, between - ece(stat) ** 2));
}

/**
 * The upper bound that decides: that of `eceUpper`, and at least the one with the whole spread, and with as many mistakes as none seen leaves
 * open. Without the spread between bins scores of 0 and 1 pass up to 10 % of the time at alpha .05.
 */
export function eceDecisionUpper(stat: EceStatistic, alpha: number): number {
  const published = eceUpper(stat, alpha);
  const n = eceRows(stat);
  if (n === 0) return published;
  const margin = rareEventMargin(-normalQuantile(alpha), alpha, eceRowSpread(stat) ** 2 / n, 1 / n);
  return Math.min(1, Math.max(published, ece(stat) + margin));
}

function unseen({ bins }: EceStatistic, n: number, alpha: number): number {
  return bins
    .filter((bin) => bin.n > 0)
    .reduce(
      (sum, bin) => sum + (bin.n / n) * (1 - alpha ** (1 / bin.n)) * (1 + Math.abs(bin.sumR) / bin.n),
      0,
    );
}

/**
 * The ECE that chance alone gives a calibrated model with these bins, 10,000 times, ascending: sum_b sqrt(v_b)/n |Z_b| with
 * v_b = max(sum r^2, sum conf (1 - conf)). No percentile bootstrap: it is biased upward.
 */
export function eceChanceDraws(stat: EceStatistic, random: Random, draws = ECE_DRAWS): Float64Array {
  const n = eceRows(stat);
  const scales = stat.bins
    .filter((bin) => bin.n > 0)
    .map((bin) => Math.sqrt(Math.max(bin.sumR2, bin.sumConfVar)) / n);
  const values = new Float64Array(draws);
  for (let i = 0; i < draws; i++) {
    let sum = 0;
    for (const scale of scales) sum += scale * Math.abs(normalDraw(random));
    values[i] = sum;
  }
  return values.sort();
}

/** Lower 1 - alpha bound of the ECE: the estimate less the 1 - alpha quantile of what chance gives; at least 0. */
export function eceLower(stat: EceStatistic, alpha: number, random: Random): number {
  return eceLowerFrom(stat, alpha, eceChanceDraws(stat, random));
}

/** As `eceLower`, from draws made before. */
export function eceLowerFrom(stat: EceStatistic, alpha: number, draws: Float64Array): number {
  if (eceRows(stat) === 0) return 0;
  const rank = Math.min(draws.length - 1, Math.ceil((1 - alpha) * (draws.length + 1)) - 1);
  return Math.max(0, ece(stat) - draws[rank]!);
}

/**
 * The p-value against "the ECE is at most `threshold`": the share of draws that reach the excess, counting the observed one; where none does,
 * at most `eceTailBound`, as a share of 10,000 draws is never rejected among more than 500 hypotheses.
 */
export function ecePValueAbove(stat: EceStatistic, threshold: number, draws: Float64Array): number {
  if (eceRows(stat) === 0) return 1;
  const excess = ece(stat) - threshold;
  if (excess <= 0) return 1;
  let low = 0;
  let high = draws.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (draws[middle]! < excess) low = middle + 1;
    else high = middle;
  }
  const byDraws = (draws.length - low + 1) / (draws.length + 1);
  return low < draws.length ? byDraws : Math.min(byDraws, eceTailBound(stat, excess));
}

/**
 * The largest chance that the estimate exceeds the true binned ECE by `excess`, of any model and any number of rows. It exceeds it by at most
 * sqrt(bins / n) on average, and one row moves it by at most 2/n: McDiarmid 1989.
 */
export function eceTailBound(stat: EceStatistic, excess: number): number {
  const n = eceRows(stat);
  const beyond = excess - Math.sqrt(stat.bins.length / n);
  return beyond > 0 ? Math.exp((-n * beyond * beyond) / 2) : 1;
}
