import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairedUnconditionalP } from './paired-unconditional.js';
import { tangoZ } from './tango.js';

describe('paired proportions, against an enumeration', () => {
  // Every table of three outcomes, with scipy 1.17.1: order by Tango's bound (likelihood by `minimize_scalar`, root by `brentq`),
  // chances by `multinomial.pmf`, the share of discordant pairs by `beta.ppf` and tried at 2,001 points.
  it.each([
    [3, 1, 40, -0.1, 0.05, 0.012786903285964463],
    [10, 12, 60, -0.2, 0.05, 0.02338226117975252],
    [8, 1, 30, 0, 0.05, 0.013618695312857925],
    [0, 0, 59, -0.05, 0.05, 0.04854452524942322],
    [2, 5, 50, -0.2, 0.01, 0.018735636812022026],
    [12, 3, 45, 0.05, 0.05, 0.04525332669069329],
  ])('%i and %i of %i, a difference above %f, alpha %f', (b, c, n, D, alpha, expected) => {
    const ratio = pairedUnconditionalP(b, c, n, D, alpha) / expected;
    expect(ratio).toBeGreaterThan(0.995);
    expect(ratio).toBeLessThan(1.0005);
  });

  it('by hand: n pairs that agree exclude a loss of m at (1 - m)^n', () => {
    for (const [n, m] of [
      [58, 0.05],
      [299, 0.01],
    ] as const)
      expect(pairedUnconditionalP(0, 0, n, -m, 0.05)).toBeCloseTo((1 - m) ** n + 0.05e-3, 6);
  });
});

/** ln k! */
const logFactorial = [0];
for (let k = 1; k <= 60; k++) logFactorial.push(logFactorial[k - 1]! + Math.log(k));

describe('its level, over every table', () => {
  it.each([
    [1, -0.5],
    [7, -0.3],
    [25, -0.1],
    [25, 0],
    [40, -0.1],
    [30, 0.05],
  ])('%i pairs at a difference of %f: never above alpha', (n, D) => {
    const alpha = 0.05;
    const passing: [number, number][] = [];
    for (let b = 0; b <= n; b++)
      for (let c = 0; c <= n - b; c++)
        // What does not even lie above D need not be asked.
        if (tangoZ(b, c, n, D) > 0 && pairedUnconditionalP(b, c, n, D, alpha) <= alpha) passing.push([b, c]);
    const powers = (p: number) => Math.log(Math.max(p, 1e-300));
    let most = 0;
    for (let i = 0; i <= 80; i++) {
      const discordant = Math.abs(D) + ((1 - Math.abs(D)) * i) / 80;
      const [first, second] = [(discordant + D) / 2, (discordant - D) / 2].map(powers);
      const neither = powers(1 - discordant);
      const chance = passing.reduce(
        (sum, [b, c]) =>
          sum +
          Math.exp(
            logFactorial[n]! -
              logFactorial[b]! -
              logFactorial[c]! -
              logFactorial[n - b - c]! +
              b * first! +
              c * second! +
              (n - b - c) * neither,
          ),
        0,
      );
      most = Math.max(most, chance);
    }
    expect(most).toBeLessThanOrEqual(alpha);
  });
});

describe('properties', () => {
  const pairs = fc
    .tuple(fc.nat(12), fc.nat(12), fc.nat(60))
    .map(([b, c, same]) => [b, c, b + c + same + 1] as const);
  const margin = fc.integer({ min: 1, max: 50 }).map((percent) => percent / 100);

  it('a wider margin is shown by whatever shows a narrower one, and a larger alpha by what shows at a smaller', () => {
    fc.assert(
      fc.property(pairs, margin, fc.constantFrom(0.01, 0.05, 0.2), ([b, c, n], m, alpha) => {
        const p = pairedUnconditionalP(b, c, n, -m, alpha);
        expect(pairedUnconditionalP(b, c, n, -m - 0.05, alpha)).toBeLessThanOrEqual(p + 1e-3);
        if (pairedUnconditionalP(b, c, n, -m, alpha / 2) <= alpha / 2) expect(p).toBeLessThanOrEqual(alpha);
      }),
      { numRuns: 60 },
    );
  });

  it('a difference on the wrong side is never shown', () => {
    fc.assert(
      fc.property(pairs, margin, ([b, c, n], m) => {
        if ((b - c) / n <= -m) expect(pairedUnconditionalP(b, c, n, -m, 0.05)).toBeGreaterThan(0.05);
      }),
      { numRuns: 60 },
    );
  });

  it('the score grows with the pairs that speak for it, and falls with those against: what the search rests on', () => {
    fc.assert(
      fc.property(pairs, margin, ([b, c, n], m) => {
        expect(tangoZ(b + 1, c, n, -m)).toBeGreaterThanOrEqual(tangoZ(b, c, n, -m) - 1e-9);
        expect(tangoZ(b, c + 1, n, -m)).toBeLessThanOrEqual(tangoZ(b, c, n, -m) + 1e-9);
      }),
    );
  });
});
