import { FixedPointSums } from './exact-sum.js';

/** One bin (lo, hi] of a reliability table; r = confidence - outcome. */
export interface EceBin {
  n: number;
  sumConf: number;
  sumY: number;
  sumR: number;
  sumR2: number;
  /** Sum of confidence (1 - confidence): the variance of the outcomes if the model were calibrated. */
  sumConfVar: number;
}

/** A reliability table over equal-width bins (lo, hi] of [0, 1]; 0 falls into the first. JSON-serialisable. */
export interface EceStatistic {
  bins: EceBin[];
}

/** Exact, mergeable sums behind an EceStatistic: per bin and outcome, the distance |r| of the confidence from the outcome. */
export class EceSums {
  private readonly misses: FixedPointSums[];
  private readonly hits: FixedPointSums[];

  constructor(readonly bins: number) {
    if (!(Number.isInteger(bins) && bins >= 1 && bins <= 1000)) {
      throw new RangeError(`expected 1 to 1000 bins, found ${bins}`);
    }
    this.misses = Array.from({ length: bins }, () => new FixedPointSums());
    this.hits = Array.from({ length: bins }, () => new FixedPointSums());
  }

  /** One row: `confidence` in [0, 1], `outcome` 0 or 1. */
  add(confidence: number, outcome: number): void {
    const bin = binOf(confidence, this.bins);
    if (outcome === 1) this.hits[bin]!.add(1 - confidence);
    else this.misses[bin]!.add(confidence);
  }

  merge(other: EceSums): void {
    if (other.bins !== this.bins) throw new RangeError(`cannot merge ${other.bins} bins into ${this.bins}`);
    this.misses.forEach((sums, bin) => sums.merge(other.misses[bin]!));
    this.hits.forEach((sums, bin) => sums.merge(other.hits[bin]!));
  }

  finish(): EceStatistic {
    return { bins: this.misses.map((misses, bin) => binFrom(misses, this.hits[bin]!)) };
  }
}

function binFrom(misses: FixedPointSums, hits: FixedPointSums): EceBin {
  const squares = misses.totalOfSquares() + hits.totalOfSquares();
  return {
    n: misses.count + hits.count,
    sumConf: misses.total() + (hits.count - hits.total()),
    sumY: hits.count,
    sumR: misses.total() - hits.total(),
    sumR2: squares,
    // confidence (1 - confidence) = |r| (1 - |r|) for either outcome.
    sumConfVar: Math.max(0, misses.total() + hits.total() - squares),
  };
}

/** The bin k with k/bins < confidence <= (k + 1)/bins; 0 for confidence 0. */
export function binOf(confidence: number, bins: number): number {
  let bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
  // The product may round across an edge; the edges themselves decide.
  if (bin > 0 && confidence <= bin / bins) bin--;
  else if (bin < bins - 1 && confidence > (bin + 1) / bins) bin++;
  return bin;
}

/** The reliability table of confidences in [0, 1] against 0/1 outcomes. */
export function eceStatistic(
  confidences: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  bins = 15,
): EceStatistic {
  const sums = new EceSums(bins);
  for (let i = 0; i < confidences.length; i++) sums.add(confidences[i]!, outcomes[i]!);
  return sums.finish();
}

/** How many rows the table counts. */
export function eceRows(stat: EceStatistic): number {
  return stat.bins.reduce((sum, bin) => sum + bin.n, 0);
}

/**
 * Expected calibration error over equal-width bins (lo, hi]: the mean over rows of |mean confidence - mean outcome| of their bin.
 * 0 is perfect, 1 worst; NaN for no rows. Naeini, Cooper and Hauskrecht 2015.
 */
export function ece(stat: EceStatistic): number {
  return stat.bins.reduce((sum, bin) => sum + Math.abs(bin.sumR), 0) / eceRows(stat);
}
