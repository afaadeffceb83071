/**
 * How far a bound lies from an estimate of variance `variance` when that variance may rise by `rise` for each unit of distance: the
 * root m of m^2 = z^2 (variance + rise m). With p(1-p)/n and 1/n it is Wilson's bound of a proportion, to its conservative side:
 * where few rows are wrong, their number does not show how many might have been, and a bound without the rise passes too often.
 */
export function scoreMargin(z: number, variance: number, rise: number): number {
  const half = (z * z * rise) / 2;
  return half + Math.sqrt(half * half + z * z * variance);
}
