/**
 * Benjamini and Hochberg's adjusted p-values, in the order given: rejecting where adjusted <= q keeps the expected share of false
 * rejections at q, for independent or positively dependent tests. For lists that people read; gates use `holm`. Every p in [0, 1].
 * Benjamini and Hochberg 1995.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  for (const p of pValues) {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`a p-value must lie in [0, 1], found ${p}`);
  }
  const n = pValues.length;
  // From the largest down: each is at most the one above it.
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[b]! - pValues[a]! || b - a);
  const adjusted = new Array<number>(n);
  let running = 1;
  order.forEach((index, fromTop) => {
    running = Math.min(running, pValues[index]! * (n / (n - fromTop)));
    adjusted[index] = running;
  });
  return adjusted;
}
