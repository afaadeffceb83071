/** Shannon's entropy of counts in nats: 0 for one kind; the plug-in estimate, which small samples make too small. */
export function entropyOf(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log(count / total)),
    0,
  );
}

/**
 * The effective number of kinds, the Hill number of order 1: as many as equally frequent kinds would have this entropy. From 1 to the number
 * of kinds; null without rows. Hill 1973, Ecology 54(2); Jost 2006, Oikos 113(2).
 */
export function effectiveNumber(counts: readonly number[]): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? null : Math.exp(entropyOf(counts));
}
