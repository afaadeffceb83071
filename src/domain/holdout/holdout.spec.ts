import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { aucStatistic } from '../statistics/auc.js';
import { normalDraw, seededRandom } from '../statistics/random.js';
import { attackPasses, climbByVotes } from './attack-fixtures.js';
import { freeRelease, zeroOneSpread } from './free-ladder.js';
import { accuracyVariance, chanceAucVariance, climb, ladderOf, ladderQuantile, released } from './ladder.js';
import {
  adaptiveAlpha,
  informativeLooks,
  isInformative,
  otherAnswers,
  type Feedback,
} from './look-budget.js';

describe('the ladder', () => {
  it.each([
    [20, 0.0444],
    [301, 0.0567],
  ])('eta at n = 1,000, accuracy against one half, L = %d (STATISTICS, section 4)', (looks, eta) => {
    const ladder = ladderOf(0.5, accuracyVariance(0.5, 1000), looks);
    expect(ladder.eta).toBeCloseTo(eta, 4);
    expect(ladder.cells).toBe(Math.floor(0.5 / ladder.eta));
  });

  it('by hand: R0 .5, eta .04', () => {
    const ladder = { baseline: 0.5, eta: 0.04, cells: 12 };
    const step = (from: number, value: number) => climb(ladder, from, value);
    expect(step(0, 0.539)).toBe(0);
    expect(step(0, 0.541)).toBe(1);
    expect(step(0, 0.7)).toBe(5);
    // The step itself is reached, and the double below it is not, whatever the quotient rounds to.
    for (let k = 1; k <= 12; k++) {
      const edge = released(ladder, k);
      expect(step(0, edge), `step ${k}`).toBe(k);
      expect(step(0, edge * (1 - Number.EPSILON / 2)), `below step ${k}`).toBe(k - 1);
    }
    // .35/.01 is 35, and .5 + 35 * .01 is above .85: not more than was estimated.
    expect(climb({ baseline: 0.5, eta: 0.01, cells: 50 }, 0, 0.85)).toBe(34);
    expect(step(3, 0.63)).toBe(3);
    expect(step(3, 0.1)).toBe(3);
    expect(step(3, Number.NaN)).toBe(3);
    expect(released(ladder, 5)).toBeCloseTo(0.7, 12);
  });

  it('variance of a chance AUC: (m + n + 1)/(12 m n), as DeLong finds it', () => {
    expect(chanceAucVariance(1, 1)).toBe(0.25);
    const random = seededRandom('chance auc');
    const labels = Uint8Array.from({ length: 60 }, (_, i) => (i < 20 ? 1 : 0));
    let square = 0;
    for (let run = 0; run < 10_000; run++) {
      const scores = Float64Array.from(labels, () => normalDraw(random));
      square += (aucStatistic(scores, labels)!.auc - 0.5) ** 2;
    }
    expect(square / 10_000 / chanceAucVariance(20, 40)).toBeCloseTo(1, 1);
  });

  it('never falls, never releases more than was estimated, and moves exactly where a step was reached', () => {
    const ladders = fc
      .record({
        baseline: fc.double({ min: 0, max: 0.9, noNaN: true }),
        n: fc.integer({ min: 10, max: 1_000_000 }),
        looks: fc.integer({ min: 1, max: 400 }),
      })
      .map(({ baseline, n, looks }) => ladderOf(baseline, 0.25 / n, looks));
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });
    fc.assert(
      fc.property(ladders, values, (ladder, seen) => {
        let step = 0;
        for (const value of seen) {
          const next = climb(ladder, step, value);
          expect(next > step).toBe(value >= released(ladder, step + 1));
          expect(next).toBeGreaterThanOrEqual(step);
          if (next > step) expect(released(ladder, next)).toBeLessThanOrEqual(value);
          expect(next).toBeLessThanOrEqual(ladder.cells + 1e-9);
          expect(climb(ladder, next, value)).toBe(next);
          step = next;
        }
      }),
    );
  });

  it('refuses a baseline that nothing can exceed, or rows that do not vary', () => {
    expect(() => ladderOf(1, 0.1, 20)).toThrow(RangeError);
    expect(() => ladderOf(0.5, 0, 20)).toThrow(RangeError);
    expect(() => ladderOf(0.5, Infinity, 20)).toThrow(RangeError);
    expect(() => ladderQuantile(0)).toThrow(RangeError);
  });
});

describe('the parameter-free ladder', () => {
  it('by hand: a candidate right on 60 rows and wrong on 30 where the best is not, of 1,000, L = 20', () => {
    const spread = zeroOneSpread(60, 30, 1000);
    expect(spread).toBeCloseTo(Math.sqrt(0.09 - 0.0009), 12);
    const needed = (ladderQuantile(20) * spread) / Math.sqrt(1000);
    expect(needed).toBeCloseTo(2.807034 * 0.0094393, 5);
    const look = (value: number) => freeRelease(0.7, { value, n: 1000, spread }, 20);
    expect(look(0.7 + needed + 1e-9)).toBeGreaterThan(0.7);
    expect(look(0.7 + needed - 1e-9)).toBe(0.7);
    expect(look(Number.NaN)).toBe(0.7);
    expect(freeRelease(0.7, { value: 0.9, n: 1000, spread: 0 }, 20)).toBe(0.7);
  });

  it('the spread is that of the rows', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.integer({ min: 1, max: 60 }), (b, c, same) => {
        const rows = [...Array(b).fill(1), ...Array(c).fill(-1), ...Array(same).fill(0)] as number[];
        const mean = rows.reduce((sum, x) => sum + x, 0) / rows.length;
        const variance = rows.reduce((sum, x) => sum + (x - mean) ** 2, 0) / rows.length;
        expect(zeroOneSpread(b, c, rows.length)).toBeCloseTo(Math.sqrt(variance), 10);
      }),
    );
  });
});

describe('alpha of adaptive looks', () => {
  it('by hand: alpha / (L 2^(j+1) C(t-1, j) A^j)', () => {
    expect(adaptiveAlpha(0.05, 20, { look: 1, informative: 0 }, 35)).toBeCloseTo(0.05 / 40, 15);
    expect(adaptiveAlpha(0.05, 20, { look: 20, informative: 0 }, 35)).toBeCloseTo(0.05 / 40, 15);
    const third = adaptiveAlpha(0.05, 20, { look: 11, informative: 2 }, 35);
    expect(third / (0.05 / (20 * 8 * 45 * 35 * 35))).toBeCloseTo(1, 11);
    expect(otherAnswers(11)).toBe(35);
    expect(otherAnswers(null)).toBe(2);
    // A long history leaves nothing to spend, and never what is no number.
    expect(adaptiveAlpha(0.05, 400, { look: 400, informative: 300 }, 50)).toBe(0);
  });

  it('summed over every history of feedback it is at most alpha', () => {
    const budget = fc.record({
      looks: fc.integer({ min: 1, max: 60 }),
      answers: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(budget, fc.double({ min: 1e-6, max: 0.5, noNaN: true }), ({ looks, answers }, alpha) => {
        let sum = 0;
        for (let look = 1; look <= looks; look++) {
          // C(t-1, j) A^j histories of t-1 answers of which j differ from the default.
          let histories = 1;
          for (let informative = 0; informative < look; informative++) {
            sum += histories * adaptiveAlpha(alpha, looks, { look, informative }, answers);
            histories *= ((look - 1 - informative) / (informative + 1)) * answers;
          }
        }
        expect(sum).toBeLessThanOrEqual(alpha * (1 + 1e-9));
        expect(sum).toBeGreaterThan(alpha / 2 - 1e-9);
      }),
    );
  });

  it('more that was told never leaves more to spend', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 100 }),
        fc.nat(),
        fc.integer({ min: 1, max: 50 }),
        (look, at, answers) => {
          const informative = at % (look - 1);
          const alphaAt = (j: number) => adaptiveAlpha(0.05, 100, { look, informative: j }, answers);
          // Below half the histories, C(t-1, j) grows with j; beyond it A and 2 make up for what it loses in all but a few looks.
          if (informative + 1 <= (look - 1) / 2)
            expect(alphaAt(informative + 1)).toBeLessThanOrEqual(alphaAt(informative));
          expect(alphaAt(informative)).toBeLessThanOrEqual(0.05 / 200 + 1e-15);
        },
      ),
    );
  });

  it('counts the looks whose answer differed from the default', () => {
    const answer = (verdict: Feedback['verdict'], step: number): Feedback => ({ verdict, step });
    expect(informativeLooks([])).toBe(0);
    expect(
      informativeLooks([
        answer('INCONCLUSIVE', 0),
        answer('FAIL', 0),
        answer('FAIL', 0),
        answer('FAIL', 1),
        answer('INCONCLUSIVE', 1),
        answer('INCONCLUSIVE', 1),
      ]),
    ).toBe(3);
    expect(isInformative(answer('PASS', 2), answer('PASS', 2))).toBe(false);
  });

  it('refuses looks beyond the budget', () => {
    const at = (look: number, informative: number) => () => adaptiveAlpha(0.05, 20, { look, informative }, 2);
    expect(at(21, 0)).toThrow(RangeError);
    expect(at(0, 0)).toThrow(RangeError);
    expect(at(3, 3)).toThrow(RangeError);
    expect(() => adaptiveAlpha(0.05, 20, { look: 1, informative: 0 }, 0)).toThrow(RangeError);
  });
});

// The full number of runs: bench/coverage.
describe('attacks, simulated', () => {
  it('300 coins and their vote, 1,000 labels, L = 301: the ladder stays at R0, a naive board shows .62', () => {
    const random = seededRandom('ladder');
    let [still, naive] = [0, 0];
    const runs = 60;
    for (let run = 0; run < runs; run++) {
      const attempt = climbByVotes(random, 1000, 300, 301);
      if (attempt.highest === attempt.baseline) still++;
      naive += attempt.naive / runs;
      expect(attempt.highest).toBeLessThanOrEqual(attempt.baseline + attempt.eta);
    }
    // .94 less three standard errors of 60 runs.
    expect(still / runs).toBeGreaterThanOrEqual(0.85);
    expect(Math.abs(naive - 0.62)).toBeLessThan(0.01);
  });

  it('twenty looks: shown numbers at alpha/L pass most of the time, verdict and ladder at alpha_t hardly ever', () => {
    const setting = { n: 1000, looks: 20, alpha: 0.05 };
    const share = (holder: 'numbers' | 'ladder', eager: boolean, runs: number) => {
      const random = seededRandom(`attack ${holder} ${eager}`);
      let passed = 0;
      for (let run = 0; run < runs; run++) if (attackPasses(random, holder, { ...setting, eager })) passed++;
      return passed / runs;
    };
    expect(share('numbers', false, 100)).toBeGreaterThan(0.6);
    // .05 and three standard errors of 300 runs.
    expect(share('ladder', false, 300)).toBeLessThanOrEqual(0.087);
    expect(share('ladder', true, 300)).toBeLessThanOrEqual(0.087);
  });
});
