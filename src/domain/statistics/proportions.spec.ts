import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { binomialTestGreater, binomialTestLess } from './binomial.js';
import { clopperPearson, clopperPearsonLower, clopperPearsonUpper } from './clopper-pearson.js';
import type { Interval } from './interval.js';
import { mcnemarChiSquared, mcnemarExact } from './mcnemar.js';
import { newcombeInterval } from './newcombe.js';
import { miettinenNurminenInterval, miettinenNurminenUpper, miettinenNurminenZ } from './score-difference.js';
import { koopmanInterval, ratioLower, ratioScoreZ, ratioUpper } from './score-ratio.js';
import { tangoInterval, tangoLower, tangoZ } from './tango.js';
import { wilson } from './wilson.js';

function expectInterval(found: Interval, low: number, high: number, digits: number): void {
  expect(found.low).toBeCloseTo(low, digits);
  expect(found.high).toBeCloseTo(high, digits);
}

describe('one proportion, against statsmodels 0.15.0 (proportion_confint, methods beta and wilson)', () => {
  it.each([
    [81, 263, 0.25273674558527126, 0.3676219226013514, 0.2552885198782742, 0.36620957698280004],
    [0, 20, 0, 0.16843347098308534, 0, 0.1611251580528194],
    [15, 15, 0.7819806390894659, 1, 0.7961166989641513, 1],
    [1, 29, 0.000872646883579922, 0.17764429548872293, 0.006113214292762667, 0.17175521879320294],
    [805, 1795, 0.42528226326049784, 0.4718223700868356, 0.42559496162893107, 0.4715610667176223],
  ])('%d of %d', (x, n, exactLow, exactHigh, scoreLow, scoreHigh) => {
    expectInterval(clopperPearson(x, n, 0.95), exactLow, exactHigh, 11);
    expectInterval(wilson(x, n, 0.95), scoreLow, scoreHigh, 12);
  });

  it('Newcombe 1998 (Statistics in Medicine 17:857), table I: 81 of 263', () => {
    expectInterval(clopperPearson(81, 263, 0.95), 0.2527, 0.3676, 4);
    expectInterval(wilson(81, 263, 0.95), 0.2553, 0.3662, 4);
  });
});

describe('difference of two proportions', () => {
  it('Miettinen-Nurminen and Newcombe, 56/70 against 48/80 (STATISTICS, section 3; Newcombe 1998)', () => {
    expectInterval(miettinenNurminenInterval(56, 70, 48, 80, 0.95), 0.05283, 0.33817, 5);
    expectInterval(newcombeInterval(56, 70, 48, 80, 0.95), 0.05243, 0.33387, 5);
  });

  // Restricted maximum likelihood by numeric optimisation (scipy 1.17.1 minimize_scalar) instead of the cubic's closed root.
  it.each([
    [56, 70, 48, 80, 0.0528297132, 0.33817294, 1.3432387433, 3.921070122],
    [9, 10, 3, 10, 0.1700250167, 0.8406495438, 2.2480403449, 3.1148980512],
    [805, 1795, 349, 1488, 0.1821573665, 0.2451704212, 6.9061399935, 18.6431897427],
    [5, 56, 0, 29, -0.0325965618, 0.1933309767, -0.2656844657, 2.5360335262],
  ])(
    'Miettinen-Nurminen, %d/%d against %d/%d, against an optimiser',
    (x1, n1, x2, n2, low, high, z, opposite) => {
      expectInterval(miettinenNurminenInterval(x1, n1, x2, n2, 0.95), low, high, 6);
      expect(miettinenNurminenZ(x1, n1, x2, n2, 0.1)).toBeCloseTo(z, 5);
      expect(miettinenNurminenZ(x1, n1, x2, n2, -0.1)).toBeCloseTo(opposite, 5);
    },
  );

  it.each([
    [805, 1795, 349, 1488, 0.18205318232698947, 0.24502334032690656],
    [5, 56, 0, 29, -0.038137147903536936, 0.19256001385511165],
  ])('Newcombe, %d/%d against %d/%d, against statsmodels', (x1, n1, x2, n2, low, high) =>
    expectInterval(newcombeInterval(x1, n1, x2, n2, 0.95), low, high, 12),
  );

  it('a gap observed as exactly 0 first passes gap <= .10 at n = 135, 90, 40 for rates .5, .2, .05 (STATISTICS, section 3)', () => {
    // The counts that the table was made with are the nearest multiples, so the crossing is looked for around each.
    const passes = (rate: number, n: number) =>
      miettinenNurminenZ(Math.round(rate * n), n, Math.round(rate * n), n, 0.1) <= -1.6448536269514722;
    for (const [rate, n] of [
      [0.5, 135],
      [0.2, 90],
      [0.05, 40],
    ] as const) {
      expect(passes(rate, n + 5)).toBe(true);
      expect(passes(rate, n - 5)).toBe(false);
    }
  });
});

describe('ratio of two proportions', () => {
  it('Koopman, 36/40 against 16/80 (STATISTICS, section 3; Koopman 1984)', () => {
    expectInterval(koopmanInterval(36, 40, 16, 80, 0.95), 2.9396, 7.1522, 4);
  });

  // The same optimiser as above; without and with N/(N-1).
  it.each([
    [36, 40, 16, 80, [2.9395691922, 7.1522234372], [2.9346464594, 7.1662983019], 8.4205789367, 8.4558855021],
    [5, 56, 1, 29, [0.4326891723, 16.4408321436], [0.4291366481, 16.5837549064], 1.1751265999, 1.1821007063],
    [
      30,
      100,
      50,
      100,
      [0.4168447506, 0.8515321137],
      [0.4164592691, 0.8522649091],
      -1.600297138,
      -1.6043129465,
    ],
  ] as const)('%d/%d against %d/%d, against an optimiser', (x1, n1, x2, n2, plain, corrected, z, zPlain) => {
    const { low, high } = koopmanInterval(x1, n1, x2, n2, 0.95);
    expect(low / plain[0]).toBeCloseTo(1, 6);
    expect(high / plain[1]).toBeCloseTo(1, 6);
    expect(ratioLower(x1, n1, x2, n2, 0.025) / corrected[0]).toBeCloseTo(1, 6);
    expect(ratioUpper(x1, n1, x2, n2, 0.025) / corrected[1]).toBeCloseTo(1, 6);
    expect(ratioScoreZ(x1, n1, x2, n2, 0.8)).toBeCloseTo(z, 5);
    expect(ratioScoreZ(x1, n1, x2, n2, 0.8, 'plain')).toBeCloseTo(zPlain, 5);
  });

  it('needs 344 and 3,096 per group to pass a ratio >= .8 at a true ratio of 1 (STATISTICS, section 3)', () => {
    // 80 % power under normal approximation: (z.95 + z.8)^2 (p q)(1 + c^2) / (p - c p)^2 is 254; both orders at once need 344.
    const shown = (p: number, n: number) => {
      const sd = Math.sqrt((p * (1 - p)) / n);
      // The rate of the lower order that still passes, as a shift of one group's rate: both orders allow |shift| up to `room`.
      let room = 0;
      while (ratioScoreZ(p * n - room, n, p * n, n, 0.8) >= 1.6448536) room += 1;
      return room / n / (sd * Math.SQRT2);
    };
    // P(|Z| <= 1.2816) = .8
    expect(shown(0.5, 344)).toBeGreaterThan(1.15);
    expect(shown(0.5, 344)).toBeLessThan(1.4);
    expect(shown(0.1, 3100)).toBeGreaterThan(1.15);
    expect(shown(0.1, 3100)).toBeLessThan(1.4);
  });

  it('says nothing where no group has a success', () => {
    expect(ratioScoreZ(0, 20, 0, 30, 0.8)).toBe(0);
    expect(ratioLower(0, 20, 3, 30, 0.05)).toBe(0);
    expect(ratioUpper(3, 20, 0, 30, 0.05)).toBe(Infinity);
  });
});

describe('paired proportions', () => {
  it('Tango: airway hyper-responsiveness, 1 and 7 discordant of 21 (Fagerland, Lydersen and Laake 2014): (-0.517, -0.026)', () => {
    expectInterval(tangoInterval(1, 7, 21, 0.95), -0.517, -0.026, 3);
  });

  // Restricted maximum likelihood by numeric optimisation (scipy 1.17.1) instead of the closed root.
  it.each([
    [12, 2, 50, 0.0611124077, 0.3447087476, 2.7807206062],
    [1, 7, 21, -0.5172322773, -0.026003031, -2.0597364126],
    [59, 121, 500, -0.1755225028, -0.0723060126, -4.2612450566],
    [9, 2, 44, 0.0131766739, 0.3116067104, 2.2218247459],
  ])('Tango, %d and %d of %d, against an optimiser', (b, c, n, low, high, z) => {
    expectInterval(tangoInterval(b, c, n, 0.95), low, high, 6);
    expect(tangoZ(b, c, n, -0.01)).toBeCloseTo(z, 5);
  });

  it.each([
    [25, 15, 0.1538599441628321],
    [150, 86, 3.7159361395713866e-5],
    [1, 7, 0.0703125],
    [2360, 2375, 0.8387822166753005],
  ])('McNemar exact, %d and %d, against scipy binomtest', (b, c, p) =>
    expect(mcnemarExact(b, c)).toBeCloseTo(p, 11),
  );

  it('McNemar without discordant pairs says nothing', () => {
    expect(mcnemarExact(0, 0)).toBe(1);
    expect(mcnemarChiSquared(0, 0)).toBe(0);
  });
});

describe('bounds, properties', () => {
  const counts = fc
    .integer({ min: 1, max: 400 })
    .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
  const alpha = fc.constantFrom(0.01, 0.025, 0.05, 0.2);

  it('bounds hold the estimate and widen as alpha falls', () => {
    fc.assert(
      fc.property(counts, counts, alpha, ([x1, n1], [x2, n2], a) => {
        const p = x1 / n1;
        expect(clopperPearsonLower(x1, n1, a)).toBeLessThanOrEqual(p);
        expect(clopperPearsonUpper(x1, n1, a)).toBeGreaterThanOrEqual(p);
        expect(clopperPearsonLower(x1, n1, a / 2)).toBeLessThanOrEqual(clopperPearsonLower(x1, n1, a));
        const { low, high } = miettinenNurminenInterval(x1, n1, x2, n2, 1 - 2 * a);
        expect(low).toBeLessThanOrEqual(p - x2 / n2 + 1e-12);
        expect(high).toBeGreaterThanOrEqual(p - x2 / n2 - 1e-12);
        expect(Math.max(Math.abs(low), Math.abs(high))).toBeLessThanOrEqual(1);
        expect(miettinenNurminenUpper(x1, n1, x2, n2, a / 2)).toBeGreaterThanOrEqual(high - 1e-12);
      }),
    );
  });

  it('a bound clears a threshold exactly when its test rejects', () => {
    fc.assert(
      fc.property(
        counts,
        counts,
        alpha,
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        ([x1, n1], [x2, n2], a, c) => {
          expect(clopperPearsonLower(x1, n1, a) > c).toBe(binomialTestGreater(x1, n1, c) < a);
          expect(clopperPearsonUpper(x1, n1, a) < c).toBe(binomialTestLess(x1, n1, c) < a);
          const upper = miettinenNurminenUpper(x1, n1, x2, n2, a);
          const z = miettinenNurminenZ(x1, n1, x2, n2, c);
          if (Math.abs(upper - c) > 1e-9) expect(upper < c).toBe(z < -quantileOf(a));
        },
      ),
    );
  });

  it('scores fall as the hypothesis grows, and change sign with the groups', () => {
    const d = fc.integer({ min: -990, max: 980 }).map((thousandths) => thousandths / 1000);
    fc.assert(
      fc.property(counts, counts, d, ([x1, n1], [x2, n2], at) => {
        const z = miettinenNurminenZ(x1, n1, x2, n2, at);
        expect(miettinenNurminenZ(x1, n1, x2, n2, at + 0.01)).toBeLessThanOrEqual(z + 1e-9);
        const swapped = miettinenNurminenZ(x2, n2, x1, n1, -at);
        if (Number.isFinite(z)) expect(swapped).toBeCloseTo(-z, 6);
        const c = Math.exp(2 * at);
        const ratio = ratioScoreZ(x1, n1, x2, n2, c);
        expect(ratioScoreZ(x1, n1, x2, n2, c * 1.01)).toBeLessThanOrEqual(ratio + 1e-9);
      }),
    );
  });

  it('Tango: bound and test agree, and swapping the models mirrors', () => {
    const pairs = fc
      .tuple(fc.nat(60), fc.nat(60), fc.nat(300))
      .map(([b, c, same]) => [b, c, b + c + same + 1] as const);
    fc.assert(
      fc.property(pairs, alpha, fc.double({ min: 0.001, max: 0.3, noNaN: true }), ([b, c, n], a, margin) => {
        const lower = tangoLower(b, c, n, a);
        if (Math.abs(lower + margin) > 1e-9) {
          expect(lower > -margin).toBe(tangoZ(b, c, n, -margin) > quantileOf(a));
        }
        const { low, high } = tangoInterval(b, c, n, 0.9);
        const mirror = tangoInterval(c, b, n, 0.9);
        expect(low).toBeCloseTo(-mirror.high, 9);
        expect(high).toBeCloseTo(-mirror.low, 9);
      }),
    );
  });
});

/** z of 1 - alpha, from tables. */
function quantileOf(alpha: number): number {
  return {
    0.01: 2.3263478740408408,
    0.025: 1.959963984540054,
    0.05: 1.6448536269514722,
    0.2: 0.8416212335729143,
  }[alpha]!;
}
