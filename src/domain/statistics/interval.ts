/** A two-sided confidence interval, `low <= high`. */
export interface Interval {
  low: number;
  high: number;
}

/** The standard normal quantile is two-sided here: alpha = 1 - confidence is split over both ends. */
export function tailOf(confidence: number): number {
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`confidence must lie in (0, 1), found ${confidence}`);
  return (1 - confidence) / 2;
}
