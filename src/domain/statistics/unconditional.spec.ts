import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { miettinenNurminenZ } from './score-difference.js';
import { ratioScoreZ } from './score-ratio.js';
import { boundaryFrom, differenceUnconditionalP, ratioUnconditionalP } from './unconditional.js';

/**
 * Expected values: every table of the two groups enumerated with scipy 1.17.1. The order by score bounds whose restricted likelihood is
 * maximised by `minimize_scalar` and whose roots are found by `brentq`; chances by `binom.pmf`, the nuisance interval by `beta.ppf`
 * and tried at 2,001 points. Ours at 41 may lie below by a few thousandths of itself, never above.
 */
function expectPValue(found: number, expected: number): void {
  expect(found / expected).toBeGreaterThan(0.995);
  expect(found / expected).toBeLessThan(1.0005);
}

describe('two independent proportions, against an enumeration', () => {
  it.each([
    [12, 15, 16, 20, 0.4, 0.05, 0.0022600010922324085],
    [1, 5, 2, 40, 0.5, 0.05, 0.09525658631918324],
    [29, 30, 39, 41, 0.15, 0.05, 0.011003221911387865],
    [4, 45, 3, 50, 0.15, 0.05, 0.026463394391115464],
    [60, 120, 58, 110, 0.15, 0.2, 0.03138428906158607],
    [9, 10, 6, 9, 0.75, 0.01, 0.0018733415340396362],
    [68, 136, 68, 136, 0.1, 0.05, 0.028958299160672864],
  ])('%i of %i and %i of %i lie less than %f apart, alpha %f', (x1, n1, x2, n2, limit, alpha, p) =>
    expectPValue(differenceUnconditionalP(x1, n1, x2, n2, limit, alpha), p),
  );

  it.each([
    [18, 20, 27, 30, 0.7, 0.05, 0.003788075663488519],
    [40, 50, 44, 60, 0.7, 0.05, 0.01067272762614139],
    [5, 5, 37, 40, 0.5, 0.05, 0.013619603088053427],
    [8, 60, 9, 50, 0.3, 0.05, 0.026538777618694213],
    [30, 40, 31, 40, 0.75, 0.1, 0.025369623420171277],
  ])('%i of %i and %i of %i have a ratio above %f, alpha %f', (x1, n1, x2, n2, limit, alpha, p) =>
    expectPValue(ratioUnconditionalP(x1, n1, x2, n2, limit, alpha), p),
  );

  it('by hand: one of one and one of one lie at most c apart only by luck, p(p + c) at p = 1 - c', () => {
    // The only tables as close as (1, 1) are itself and (0, 0): p (p + c) + (1 - p)(1 - p - c) is 1 - c at either end.
    expect(differenceUnconditionalP(1, 1, 1, 1, 0.3, 0.05)).toBeCloseTo(0.7 + 0.05 * 1e-3, 9);
  });
});

function chances(n: number, p: number): number[] {
  let row = [1];
  for (let i = 0; i < n; i++)
    row = Array.from({ length: i + 2 }, (_, x) => (row[x] ?? 0) * (1 - p) + (row[x - 1] ?? 0) * p);
  return row;
}

/** How often p is at most `alpha`, summed over every table. */
function rejected(test: number[][], alpha: number, n1: number, p1: number, n2: number, p2: number): number {
  const [first, second] = [chances(n1, p1), chances(n2, p2)];
  return test.reduce(
    (sum, row, x1) =>
      sum + first[x1]! * row.reduce((inner, p, x2) => inner + (p <= alpha ? second[x2]! : 0), 0),
    0,
  );
}

describe('its level, over every table', () => {
  const alpha = 0.05;
  it.each([
    [1, 12, 0.6],
    [6, 6, 0.5],
    [5, 19, 0.4],
    [20, 20, 0.2],
    [13, 24, 0.25],
  ])('groups of %i and %i, %f apart or more: never above alpha, at the edge or beyond', (n1, n2, limit) => {
    const test = Array.from({ length: n1 + 1 }, (_, x1) =>
      Array.from({ length: n2 + 1 }, (_, x2) => differenceUnconditionalP(x1, n1, x2, n2, limit, alpha)),
    );
    let most = 0;
    for (let i = 0; i <= 60; i++)
      for (const gap of [limit, limit + (1 - limit) / 3, 1 - (1 - limit) / 20]) {
        const low = ((1 - gap) * i) / 60;
        most = Math.max(
          most,
          rejected(test, alpha, n1, low, n2, low + gap),
          rejected(test, alpha, n1, low + gap, n2, low),
        );
      }
    expect(most).toBeLessThanOrEqual(alpha);
  });

  it.each([
    [1, 30, 0.2],
    [12, 12, 0.6],
    [8, 25, 0.5],
  ])('groups of %i and %i, a ratio of %f or less: never above alpha', (n1, n2, limit) => {
    const test = Array.from({ length: n1 + 1 }, (_, x1) =>
      Array.from({ length: n2 + 1 }, (_, x2) => ratioUnconditionalP(x1, n1, x2, n2, limit, alpha)),
    );
    let most = 0;
    for (let i = 1; i <= 60; i++)
      for (const ratio of [limit, limit / 2, limit / 20]) {
        const high = i / 60;
        most = Math.max(
          most,
          rejected(test, alpha, n1, high * ratio, n2, high),
          rejected(test, alpha, n1, high, n2, high * ratio),
        );
      }
    expect(most).toBeLessThanOrEqual(alpha);
  });

  it('is not bought by never clearing: of 30 and 30 at a rate of .5 each, "less than .4 apart" clears three times in four', () => {
    const clears = Array.from({ length: 31 }, (_, x1) =>
      Array.from({ length: 31 }, (_, x2) =>
        // What lies a third apart need not be asked.
        Math.abs(x1 - x2) > 10 ? 1 : differenceUnconditionalP(x1, 30, x2, 30, 0.4, alpha),
      ),
    );
    expect(rejected(clears, alpha, 30, 0.5, 30, 0.5)).toBeGreaterThan(0.75);
  });
});

describe('properties', () => {
  const group = fc.integer({ min: 1, max: 45 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));
  const limit = fc.integer({ min: 5, max: 90 }).map((percent) => percent / 100);
  const level = fc.constantFrom(0.01, 0.05, 0.2);
  const once = { numRuns: 50 };

  it('the order of the groups does not matter, nor which outcome is called success', () => {
    fc.assert(
      fc.property(group, group, limit, level, ([x1, n1], [x2, n2], c, alpha) => {
        const p = differenceUnconditionalP(x1, n1, x2, n2, c, alpha);
        // Counts rarer than 1e-9 are summed differently.
        expect(differenceUnconditionalP(x2, n2, x1, n1, c, alpha)).toBeCloseTo(p, 5);
        // Of two groups alike the one with the lower rate confines the nuisance: mirrored, that is the other.
        if (n1 !== n2) expect(differenceUnconditionalP(n1 - x1, n1, n2 - x2, n2, c, alpha)).toBeCloseTo(p, 5);
        expect(ratioUnconditionalP(x2, n2, x1, n1, c, alpha)).toBeCloseTo(
          ratioUnconditionalP(x1, n1, x2, n2, c, alpha),
          5,
        );
      }),
      once,
    );
  });

  it('a laxer limit is shown by whatever shows a stricter one, and a larger alpha by what shows at a smaller', () => {
    fc.assert(
      fc.property(
        group,
        group,
        limit,
        fc.integer({ min: 1, max: 9 }),
        level,
        ([x1, n1], [x2, n2], c, more, alpha) => {
          const lax = c + (0.99 - c) * (more / 10);
          for (const [test, strict, laxer] of [
            [differenceUnconditionalP, c, lax],
            [ratioUnconditionalP, 1 - c, 1 - lax],
          ] as const) {
            const shows = (at: number, level: number) => test(x1, n1, x2, n2, at, level) <= level;
            if (shows(strict, alpha)) expect(shows(laxer, alpha)).toBe(true);
            if (shows(strict, alpha / 2)) expect(shows(strict, alpha)).toBe(true);
          }
        },
      ),
      once,
    );
  });

  it('no rates that lie further apart than the limit are shown to be near, nor groups without a success to have a ratio', () => {
    fc.assert(
      fc.property(group, group, limit, ([x1, n1], [x2, n2], c) => {
        if (Math.abs(x1 / n1 - x2 / n2) >= c)
          expect(differenceUnconditionalP(x1, n1, x2, n2, c, 0.05)).toBeGreaterThan(0.05);
        expect(ratioUnconditionalP(0, n1, x2, n2, c, 0.05)).toBe(1);
        expect(ratioUnconditionalP(0, n1, 0, n2, c, 0.05)).toBe(1);
      }),
      once,
    );
  });

  it('the score falls as the first count falls or the second grows: what the search for boundaries rests on', () => {
    fc.assert(
      fc.property(group, group, limit, ([x1, n1], [x2, n2], c) => {
        const difference = (a: number, b: number) => miettinenNurminenZ(a, n1, b, n2, c);
        const ratio = (a: number, b: number) => ratioScoreZ(a, n1, b, n2, 1 + c);
        for (const score of [difference, ratio]) {
          if (x1 > 0) expect(score(x1 - 1, x2)).toBeLessThanOrEqual(score(x1, x2) + 1e-9);
          if (x2 < n2) expect(score(x1, x2 + 1)).toBeLessThanOrEqual(score(x1, x2) + 1e-9);
        }
      }),
    );
  });

  it('boundaries are those of a linear search, from any guess', () => {
    fc.assert(
      fc.property(fc.nat(80), fc.nat(100), fc.nat(100), (end, from, guess) => {
        const first = Array.from({ length: end }, (_, y) => y).find((y) => y >= from) ?? end;
        expect(boundaryFrom(guess, end, (y) => y >= from)).toBe(first);
      }),
    );
  });
});
