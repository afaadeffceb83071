import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aucStatistic, type AucStatistic } from './auc.js';
import { aucBound, aucDecisionBound, aucDecisionPAbove, aucDecisionPBelow } from './auc-bound.js';

/** The bounds that decide. Those that are published, and their p-values, are in auc.spec.ts. */

const stat = (auc: number, se: number | null, positives: number, negatives: number): AucStatistic => ({
  auc,
  se,
  positives,
  negatives,
});

// scipy 1.17.1: expit and logit, the roots of Hanley and McNeil's score and of m^2 = z^2 se^2 + max(z^2, -ln alpha) A m / rarer by brentq.
it.each([
  [0.97, 0.02, 33, 300, 0.05, 0.8710109312548953, 1],
  [0.95, 0.02, 30, 50, 0.05, 0.8448436381677022, 0.9854881032966416],
  [0.85, 0.03, 40, 40, 0.05, 0.7594496832213353, 0.9052812686243193],
  [0.9, 0.02, 200, 200, 0.01, 0.8397292533255578, 0.9478995987271538],
  [0.06, 0.03, 60, 90, 0.05, 0.009133796726455104, 0.13810784500727602],
  [0.99, 0.004, 500, 2000, 0.2, 0.9846821478510535, 0.9933826177849322],
])(
  'AUC %f, standard error %f, %i and %i rows, alpha %f: against scipy',
  (auc, se, m, n, alpha, low, high) => {
    const { lower, upper } = aucDecisionBound(stat(auc, se, m, n), alpha);
    expect(lower).toBeCloseTo(low, 10);
    expect(upper).toBeCloseTo(high, 10);
  },
);

it('is claimed from a mean of 10 misplaced rows of the rarer class on, on either side, and not one below', () => {
  // min(positives, negatives) (1 - A): 10, just below, 7, and mirrored.
  const small = (auc: number, m: number) => aucBound(stat(auc, 0.02, m, 400), 0.05).smallSample;
  expect([small(0.75, 40), small(0.75, 39), small(0.9, 70), small(0.25, 40), small(0.25, 39)]).toEqual([
    ...[false, true, true],
    ...[false, true],
  ]);
});

/** Binomial chances by Pascal's triangle. */
function chances(n: number, p: number): number[] {
  let row = [1];
  for (let i = 0; i < n; i++)
    row = Array.from({ length: i + 2 }, (_, x) => (row[x] ?? 0) * (1 - p) + (row[x - 1] ?? 0) * p);
  return row;
}

/** A model whose positives all rank above a share `above` of the negatives, but for those that rank below all of them, with a chance of `lost`. */
interface Lossy {
  positives: number;
  above: number;
  lost: number;
}

/** The number of the lost is binomial, and so the chance of a false PASS at the truth, above (1 - lost), is a sum. */
function falsePass(
  { positives, above, lost }: Lossy,
  alpha: number,
  side: 'lower' | 'upper',
  boundOf = aucDecisionBound,
): number {
  const negatives = 20;
  const labels = Uint8Array.from({ length: positives + negatives }, (_, i) => (i < positives ? 1 : 0));
  const truth = above * (1 - lost);
  return chances(positives, lost).reduce((sum, chance, k) => {
    const scores = Float64Array.from(labels, (label, i) => {
      if (label === 1) return i < k ? 0 : 0.5;
      return i - positives < Math.round(above * negatives) ? 0.2 : 0.9;
    });
    const { auc, positives: m } = aucStatistic(scores, labels)!;
    // So many negatives that they add nothing: the spread is that of the positives.
    const se = m < 2 ? null : Math.sqrt((k * (m - k)) / (m * (m - 1)) / m) * above;
    const bound = boundOf(stat(auc, se, m, 1_000_000), alpha);
    return sum + ((side === 'lower' ? bound.lower >= truth : bound.upper <= truth) ? chance : 0);
  }, 0);
}

const SHARES = [0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.08, 0.2];

describe('its level, where rows rank at the wrong end and are few', () => {
  it.each([5, 20, 33, 100, 300])(
    '%i positives, of which any share is lost: never above alpha, whatever the others are',
    (positives) => {
      for (const alpha of [0.01, 0.05])
        for (const above of [1, 0.95, 0.9, 0.7])
          for (const lost of SHARES)
            expect([above, lost, falsePass({ positives, above, lost }, alpha, 'lower') <= alpha]).toEqual([
              above,
              lost,
              true,
            ]);
    },
  );

  it.each([20, 100])(
    '%i positives, of which nearly all are lost: "at most" keeps alpha, too',
    (positives) => {
      for (const found of SHARES) {
        const lossy = { positives, above: 1, lost: 1 - found };
        expect([found, falsePass(lossy, 0.05, 'upper') <= 0.05]).toEqual([found, true]);
      }
    },
  );

  it('as published it is not: three times alpha with 300 positives, of which one in a hundred is lost', () => {
    const lossy = { positives: 300, above: 0.9, lost: 0.01 };
    expect(falsePass(lossy, 0.05, 'lower', aucBound)).toBeGreaterThan(0.14);
  });
});

describe('properties', () => {
  const any = fc.record({
    auc: fc.oneof(fc.constantFrom(0, 1, 0.5), fc.double({ min: 0.01, max: 0.99, noNaN: true })),
    se: fc.oneof(fc.constant(null), fc.constant(0), fc.double({ min: 0.002, max: 0.1, noNaN: true })),
    positives: fc.integer({ min: 1, max: 500 }),
    negatives: fc.integer({ min: 1, max: 500 }),
  });
  const level = fc.constantFrom(0.01, 0.05, 0.2);

  it('it is never nearer than the published bound, widens as alpha falls, and stays within [0, 1]', () => {
    fc.assert(
      fc.property(any, level, (one, alpha) => {
        const [published, decides] = [aucBound(one, alpha), aucDecisionBound(one, alpha)];
        expect(decides.lower).toBeLessThanOrEqual(published.lower);
        expect(decides.upper).toBeGreaterThanOrEqual(published.upper - 1e-15);
        expect(decides.lower).toBeGreaterThanOrEqual(0);
        expect(decides.upper).toBeLessThanOrEqual(1);
        const surer = aucDecisionBound(one, alpha / 2);
        expect(surer.lower).toBeLessThanOrEqual(decides.lower);
        expect(surer.upper).toBeGreaterThanOrEqual(decides.upper);
      }),
    );
  });

  it('its p-values reject exactly what it excludes', () => {
    fc.assert(
      fc.property(any, level, fc.double({ min: 0.02, max: 0.98, noNaN: true }), (one, alpha, threshold) => {
        const { lower, upper } = aucDecisionBound(one, alpha);
        if (Math.abs(upper - threshold) > 1e-7)
          expect(upper < threshold).toBe(aucDecisionPBelow(one, threshold) < alpha);
        if (Math.abs(lower - threshold) > 1e-7)
          expect(lower > threshold).toBe(aucDecisionPAbove(one, threshold) < alpha);
      }),
    );
  });

  it('an inverted ranking with the classes exchanged is its mirror', () => {
    fc.assert(
      fc.property(any, level, (one, alpha) => {
        const { lower, upper } = aucDecisionBound(one, alpha);
        const mirror = aucDecisionBound(stat(1 - one.auc, one.se, one.negatives, one.positives), alpha);
        expect(mirror.lower).toBeCloseTo(1 - upper, 9);
        expect(mirror.upper).toBeCloseTo(1 - lower, 9);
      }),
    );
  });
});
