import { binomialLowerTail, binomialUpperTail, checkCounts } from './binomial.js';

/** Steps of the search; each leaves two thirds of the interval. */
const STEPS = 100;

/**
 * A valid p-value, at any group sizes, against "p1 is at most `line`(p2)", a rising line: the two binomial tails multiplied,
 * w (1 - ln w), at the p2 in [from, to] that explains x1/n1 so large and x2/n2 so small best. Fisher 1932, for two tests.
 * Score tests of single successes in groups of a few people are off by factors of hundreds where Holm reads them. The product of
 * tails is log-concave in p2, so a ternary search finds its maximum.
 */
function worstProduct(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  line: (p2: number) => number,
  [from, to]: readonly [number, number],
): number {
  checkCounts(x1, n1);
  checkCounts(x2, n2);
  const clamped = (p: number) => Math.min(1, Math.max(0, p));
  const fewer = (p2: number) => binomialLowerTail(x2, n2, clamped(p2));
  const product = (p2: number) => binomialUpperTail(x1, n1, clamped(line(p2))) * fewer(p2);
  let [low, high] = [from, to];
  for (let step = 0; step < STEPS && high - low > 1e-9; step++) {
    const third = (high - low) / 3;
    const [left, right] = [low + third, high - third];
    const [atLeft, atRight] = [product(left), product(right)];
    // Where both vanish, the tail that vanished says on which side the maximum lies.
    if (atLeft > atRight || (atLeft === 0 && atRight === 0 && fewer(right) === 0)) high = right;
    else low = left;
  }
  const w = Math.max(product(from), product((low + high) / 2), product(to));
  return w <= 0 ? 0 : Math.min(1, w * (1 - Math.log(w)));
}

/** The valid p-value against "p1 - p2 is at most d": small when x1/n1 exceeds x2/n2 by more. */
export function differenceProductTest(x1: number, n1: number, x2: number, n2: number, d: number): number {
  return worstProduct(x1, n1, x2, n2, (p2) => p2 + d, [Math.max(0, -d), Math.min(1, 1 - d)]);
}

/** The valid p-value against "p1 / p2 is at most c", c > 0. */
export function ratioProductTest(x1: number, n1: number, x2: number, n2: number, c: number): number {
  return worstProduct(x1, n1, x2, n2, (p2) => c * p2, [0, Math.min(1, 1 / c)]);
}
