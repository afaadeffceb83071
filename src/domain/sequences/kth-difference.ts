/**
 * The k-th smallest (from 1) of all differences a_i - b_j of two samples sorted ascending, in time O((n + m) log) and no more memory
 * than theirs: counts the differences up to a guess, and halves. Both ends stay differences, so that it ends on the very one.
 */
export function kthDifference(a: Float64Array, b: Float64Array, k: number): number {
  let low = a[0]! - b[b.length - 1]!;
  let high = a[a.length - 1]! - b[0]!;
  while (low < high) {
    const half = low + (high - low) / 2;
    // Between neighbouring doubles the half may round up to the higher one, for ever.
    const middle = half < high ? half : low;
    const { upTo, largestUpTo, smallestAbove } = around(a, b, middle);
    if (upTo >= k) high = largestUpTo;
    else low = smallestAbove;
  }
  return low;
}

/** How many differences are at most `value`, the largest of those and the smallest of the others. */
function around(a: Float64Array, b: Float64Array, value: number) {
  let [upTo, largestUpTo, smallestAbove] = [0, -Infinity, Infinity];
  // For each a, the differences up to `value` are those of the largest b; how many only falls as a grows.
  let first = 0;
  for (const x of a) {
    while (first < b.length && x - b[first]! > value) first++;
    upTo += b.length - first;
    if (first < b.length) largestUpTo = Math.max(largestUpTo, x - b[first]!);
    if (first > 0) smallestAbove = Math.min(smallestAbove, x - b[first - 1]!);
  }
  return { upTo, largestUpTo, smallestAbove };
}
