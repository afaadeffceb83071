import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { seededRandom } from '../statistics/random.js';
import { EmpiricalBernstein } from './empirical-bernstein.js';

/** x_i = ((7919 i) mod 101)/100, i from 1. */
const value = (i: number) => ((7919 * i) % 101) / 100;

function after(n: number, tail: number): EmpiricalBernstein {
  const sequence = new EmpiricalBernstein(tail);
  for (let i = 1; i <= n; i++) sequence.add(value(i));
  return sequence;
}

describe('empirical Bernstein', () => {
  it.each([
    [50, 0.312448, 0.681743],
    [100, 0.395793, 0.614053],
    [500, 0.454753, 0.546676],
  ])('known answers of STATISTICS, section 5: n = %d, alpha .05', (n, low, high) => {
    const sequence = after(n, 0.025);
    expect(Math.abs(sequence.lower() - low)).toBeLessThan(5e-7);
    expect(Math.abs(sequence.upper() - high)).toBeLessThan(5e-7);
  });

  // The formula of section 5 in numpy 2.4.6, vectorised.
  it('further digits, other levels', () => {
    expect(after(2000, 0.025).lower()).toBeCloseTo(0.47517124016736534, 12);
    expect(after(2000, 0.025).upper()).toBeCloseTo(0.5249476435543787, 12);
    expect(after(50, 0.05).lower()).toBeCloseTo(0.3401734735643797, 12);
    expect(after(500, 0.005).upper()).toBeCloseTo(0.5553111701362685, 12);
  });

  it('knows nothing without values, and little after few', () => {
    const sequence = new EmpiricalBernstein(0.025);
    expect([sequence.lower(), sequence.upper(), sequence.n]).toEqual([0, 1, 0]);
    sequence.add(1);
    expect([sequence.lower(), sequence.upper()]).toEqual([0, 1]);
  });

  it('mirrors, stays in range, and goes on from its state as if never stopped', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.double({ min: 0.001, max: 0.2, noNaN: true }), (xs, tail) => {
        const [whole, mirror, first] = [0, 0, 0].map(() => new EmpiricalBernstein(tail)) as [
          EmpiricalBernstein,
          EmpiricalBernstein,
          EmpiricalBernstein,
        ];
        xs.forEach((x) => {
          whole.add(x);
          mirror.add(1 - x);
        });
        expect(mirror.lower()).toBeCloseTo(1 - whole.upper(), 9);
        expect(mirror.upper()).toBeCloseTo(1 - whole.lower(), 9);
        expect(whole.lower()).toBeGreaterThanOrEqual(0);
        expect(whole.upper()).toBeLessThanOrEqual(1);
        const half = xs.length >>> 1;
        xs.slice(0, half).forEach((x) => first.add(x));
        const stored = JSON.parse(JSON.stringify(first.state())) as ReturnType<typeof first.state>;
        const resumed = new EmpiricalBernstein(stored);
        xs.slice(half).forEach((x) => resumed.add(x));
        expect(resumed.state()).toEqual(whole.state());
      }),
    );
  });

  it('looked at after every value, it misses the mean no more often than alpha', () => {
    const random = seededRandom('every look');
    for (const p of [0.5, 0.05]) {
      let missed = 0;
      for (let run = 0; run < 400; run++) {
        const sequence = new EmpiricalBernstein(0.025);
        let miss = false;
        for (let t = 0; t < 1000 && !miss; t++) {
          sequence.add(random() < p ? 1 : 0);
          miss = sequence.lower() > p || sequence.upper() < p;
        }
        if (miss) missed++;
      }
      // .05 and three standard errors of 400 runs.
      expect(missed, `mean ${p}`).toBeLessThanOrEqual(33);
    }
  });

  it('refuses what lies outside [0, 1], NaN, and tails that are none', () => {
    const sequence = new EmpiricalBernstein(0.025);
    for (const x of [-0.01, 1.01, Number.NaN]) expect(() => sequence.add(x)).toThrow(RangeError);
    expect(sequence.n).toBe(0);
    expect(() => new EmpiricalBernstein(0)).toThrow(RangeError);
  });
});
