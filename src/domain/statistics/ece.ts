import { FixedPointTable, type FixedPointParts } from './fixed-point.js';

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
  private readonly table: FixedPointTable;
  private readonly edges: Float64Array;

  /** `parts`: as `EceSums.parts` wrote them. Throws RangeError for another number of bins. */
  constructor(
    readonly bins: number,
    parts?: readonly FixedPointParts[],
  ) {
    if (!(Number.isInteger(bins) && bins >= 1 && bins <= 1000)) {
      throw new RangeError(`expected 1 to 1000 bins, found ${bins}`);
    }
    if (parts && parts.length !== 2 * bins)
      throw new RangeError(`expected ${2 * bins} exact sums, found ${parts.length}`);
    this.edges = edgesOf(bins);
    // Misses of bin b in slot 2 b, hits in slot 2 b + 1.
    this.table = parts ? FixedPointTable.from(parts) : FixedPointTable.of(2 * bins);
  }

  /**
   * Rows: confidences in [0, 1] and outcomes 0 or 1, shapes (n). Returns twice the bin of each row, and 1 more where its outcome is 1, and
   * writes its distance from the outcome to `distances`.
   */
  addAll(confidences: Float64Array, outcomes: ArrayLike<number>, distances: Float64Array): Uint16Array {
    const slots = new Uint16Array(confidences.length);
    for (let i = 0; i < confidences.length; i++) {
      const confidence = confidences[i]!;
      const hit = outcomes[i] === 1;
      slots[i] = 2 * binAmong(this.edges, confidence) + (hit ? 1 : 0);
      distances[i] = hit ? 1 - confidence : confidence;
    }
    this.table.addEach(slots, distances);
    return slots;
  }

  /** One row. */
  add(confidence: number, outcome: number): void {
    this.addAll(Float64Array.of(confidence), [outcome], new Float64Array(1));
  }

  merge(other: EceSums): void {
    if (other.bins !== this.bins) throw new RangeError(`cannot merge ${other.bins} bins into ${this.bins}`);
    this.table.merge(other.table);
  }

  /** JSON-serialisable; the same for the same rows, however they were added. */
  parts(): FixedPointParts[] {
    return this.table.parts();
  }

  finish(): EceStatistic {
    return { bins: Array.from({ length: this.bins }, (_, bin) => binFrom(this.table, bin)) };
  }
}

function binFrom(table: FixedPointTable, bin: number): EceBin {
  const [misses, hits] = [2 * bin, 2 * bin + 1];
  const squares = table.totalOfSquares(misses) + table.totalOfSquares(hits);
  return {
    n: table.count(misses) + table.count(hits),
    sumConf: table.total(misses) + (table.count(hits) - table.total(hits)),
    sumY: table.count(hits),
    sumR: table.total(misses) - table.total(hits),
    sumR2: squares,
    // confidence (1 - confidence) = |r| (1 - |r|) for either outcome.
    sumConfVar: Math.max(0, table.total(misses) + table.total(hits) - squares),
  };
}

function edgesOf(bins: number): Float64Array {
  return Float64Array.from({ length: bins + 1 }, (_, edge) => edge / bins);
}

/** The bin k with k/bins < confidence <= (k + 1)/bins; 0 for confidence 0. */
export function binOf(confidence: number, bins: number): number {
  return binAmong(edgesOf(bins), confidence);
}

function binAmong(edges: Float64Array, confidence: number): number {
  const bins = edges.length - 1;
  const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
  // The product may round across an edge; the edges themselves decide.
  if (bin > 0 && confidence <= edges[bin]!) return bin - 1;
  return bin < bins - 1 && confidence > edges[bin + 1]! ? bin + 1 : bin;
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
