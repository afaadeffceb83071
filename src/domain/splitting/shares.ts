const TOLERANCE = 1e-9;

/** What is wrong with shares, as the middle of a sentence; null: they are above 0 and make 1. */
export function shareProblem(shares: readonly number[]): string | null {
  const wrong = shares.find((share) => !(share > 0 && share <= 1));
  if (wrong !== undefined) return `${wrong} is no share between 0 and 1`;
  const sum = shares.reduce((total, share) => total + share, 0);
  return Math.abs(sum - 1) <= TOLERANCE ? null : `they make ${Number(sum.toPrecision(12))}`;
}

/**
 * Whole numbers that make `n`, each the floor or the ceiling of its share: the rows that floors leave go to the largest remainders
 * (Hamilton's method), the first of equal ones first.
 */
export function quotas(n: number, shares: readonly number[]): number[] {
  return roundedTo(n, shares, fractionsOf(n, shares));
}

/** As `quotas`, but what floors leave goes where `claim` is largest, of those that are not whole. */
export function roundedTo(n: number, shares: readonly number[], claim: readonly number[]): number[] {
  const fractions = fractionsOf(n, shares);
  const counts = shares.map((share, i) => Math.round(n * share - fractions[i]!));
  const left = n - counts.reduce((total, count) => total + count, 0);
  const order = shares
    .map((_, i) => i)
    .sort((a, b) => Number(fractions[b]! > 0) - Number(fractions[a]! > 0) || claim[b]! - claim[a]! || a - b);
  for (const i of order.slice(0, left)) counts[i]! += 1;
  return counts;
}

/** What a whole number of rows lacks of each share; shares that are whole but for rounding lack nothing. */
function fractionsOf(n: number, shares: readonly number[]): number[] {
  return shares.map((share) => {
    const exact = n * share;
    const whole = Math.round(exact);
    return Math.abs(exact - whole) <= TOLERANCE * Math.max(1, exact) ? 0 : exact - Math.floor(exact);
  });
}
