/**
 * Holm's step-down adjusted p-values, in the order given: reject hypothesis i at alpha when adjusted[i] <= alpha.
 * Controls the family-wise error under any dependence. Every p in [0, 1]; undefined atoms enter with p = 1. Holm 1979.
 */
export function holm(pValues: readonly number[]): number[] {
  for (const p of pValues) {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`a p-value must lie in [0, 1], found ${p}`);
  }
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]! || a - b);
  const adjusted = new Array<number>(pValues.length);
  let running = 0;
  order.forEach((index, rank) => {
    running = Math.max(running, Math.min(1, pValues[index]! * (pValues.length - rank)));
    adjusted[index] = running;
  });
  return adjusted;
}
