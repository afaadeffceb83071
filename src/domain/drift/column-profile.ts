import type { BinnedSample } from './binned-sample.js';
import type { QuantileSketch } from './quantile-sketch.js';

/** One column of one sample, as far as it is known: a stored profile has counts and a sketch, a live one its values too. */
export interface ColumnProfile {
  column: string;
  kind: 'numeric' | 'categorical';
  /** Counted over the bins of the reference. */
  binned: BinnedSample | null;
  /** A numeric column's values, ascending, without the missing ones. */
  values: Float64Array | null;
  sketch: QuantileSketch | null;
}

/** A numeric column's values as profiles hold them: NaN, the missing ones, left out. */
export function sortedValues(values: Iterable<number>): Float64Array {
  return Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
}
