/**
 * P(U <= u) for u = 0 ... n m of Mann and Whitney's U of n against m values, no ties and no difference: the largest of all comes from
 * either sample in proportion to its size, so that every chance is a mixture and small ones keep their digits. n, m >= 1.
 */
export function rankSumLowerTails(n: number, m: number): Float64Array {
  // chances[j] for i values of the first sample and j of the second.
  let chances = Array.from({ length: m + 1 }, () => Float64Array.of(1));
  for (let i = 1; i <= n; i++) {
    const next = [Float64Array.of(1)];
    for (let j = 1; j <= m; j++) {
      const both = new Float64Array(i * j + 1);
      // The largest is of the first sample: it exceeds all j of the second.
      chances[j]!.forEach((chance, u) => (both[u + j]! += (i / (i + j)) * chance));
      next[j - 1]!.forEach((chance, u) => (both[u]! += (j / (i + j)) * chance));
      next.push(both);
    }
    chances = next;
  }
  let sum = 0;
  return chances[m]!.map((chance) => (sum += chance));
}
