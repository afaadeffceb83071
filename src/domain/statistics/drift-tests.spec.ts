import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { andersonDarling } from './anderson-darling.js';
import { kolmogorovSmirnov, kolmogorovUpper } from './kolmogorov.js';
import { seededRandom } from './random.js';

const sorted = (values: readonly number[]) => Float64Array.from(values).sort();
/** Smoothness of paper from two laboratories. Scholz and Stephens 1987; the drift tests of evidently (Apache-2.0). */
const PAPER_A = sorted([38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0]);
const PAPER_B = sorted([39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8]);
/** Made with numpy's default_rng(5), rounded: normal, shifted, coarser so that values tie. */
const C = sorted([
  -0.8, -1.32, -0.25, 0.42, 1.14, 0.11, -0.55, -0.78, 0.75, 1.63, 0.27, -1.23, -0.96, 1.6, 0.2, -1.73, -0.08,
  -1.16, -0.63, -0.49, -0.71, 0.55, -0.06, -0.59, 0.41, 0.83, -1.64, -0.26, -0.98, -0.17, -1.29, 0.02, -0.04,
  -0.3, -1.05, -0.4, -1.09, -1.36, 0.22, -1.11,
]);
const D = sorted([
  1.9, 1.36, -1.9, 0.83, -0.82, 0.54, 0.55, -1.89, 0.22, 0.19, 1.65, -0.92, 1.39, -0.82, 0.1, -0.51, 2.24,
  1.18, 3.42, 1.27, 1.51, 1.51, -0.23, 0.42, 2.12, 0.02, 0.73, 0.47, 1.23, 0.06,
]);
const E = sorted([
  -0.2, 0.2, 0.1, -0.9, 0.9, -1.3, -1.2, -1.3, 1.0, -0.4, -1.0, -1.1, 0.4, -1.1, -1.3, 0.6, -1.2, -0.3, 0,
  -0.4, -0.1, 1.3, -0.5, -1.3, -1.8,
]);

// Expected values: scipy 1.17.1 (special.kolmogorov, stats.ks_2samp method exact, stats.anderson_ksamp with midranks).
describe('Kolmogorov-Smirnov, against scipy', () => {
  it.each([
    [0.3, 0.9999906941986655],
    [0.5, 0.9639452436648751],
    [0.8, 0.5441424115741981],
    [1, 0.26999967167735456],
    [1.18, 0.1234538094297657],
    [1.36, 0.049485876755377876],
    [2, 0.0006709252557796953],
    [3, 3.045995948942526e-8],
  ])('P(K >= %d)', (x, p) => expect(kolmogorovUpper(x) / p).toBeCloseTo(1, 12));

  it.each([
    ['paper', PAPER_A, PAPER_B, 0.625, 0.08702408702408701],
    // With ties scipy counts arrangements that do not differ (.0016667 and .76634). These by whole-number path counts; the latter is
    // .747 of 20,000 permutations too.
    ['shifted', C, D, 0.44166666666666665, 0.0016379193445355627],
    ['ties', C, E, 0.16, 0.7505451893048785],
  ] as const)('two samples: %s', (_name, a, b, distance, p) => {
    const found = kolmogorovSmirnov(a, b);
    expect(found.distance).toBeCloseTo(distance, 14);
    expect(found.p / p).toBeCloseTo(1, 11);
    expect(found.method).toBe('exact');
  });
});

describe('Anderson-Darling, against scipy', () => {
  it.each([
    ['paper', [PAPER_A, PAPER_B], 1.7183096744360893, 0.06351467728760844, null],
    ['shifted', [C, D], 7.940693538522775, 0.001, 'below'],
    ['three samples', [C, D, E], 7.13131589825823, 0.001, 'below'],
    ['ties, no difference', [C, E], -0.8002667630647297, 0.25, 'above'],
  ] as const)('%s', (_name, samples, statistic, p, beyond) => {
    const found = andersonDarling(samples)!;
    expect(found.statistic).toBeCloseTo(statistic, 11);
    expect(found.p).toBeCloseTo(p, 9);
    expect(found.beyond).toBe(beyond);
  });
});

describe('two-sample tests, properties', () => {
  const sample = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 3, maxLength: 40 });

  it('depend on ranks alone, and on no order of the samples', () => {
    fc.assert(
      fc.property(sample, sample, (one, two) => {
        const [a, b] = [sorted(one), sorted(two)];
        const stretched = (values: Float64Array) => values.map((value) => Math.exp(value / 7));
        const ks = kolmogorovSmirnov(a, b);
        expect(kolmogorovSmirnov(stretched(a), stretched(b))).toEqual(ks);
        const swapped = kolmogorovSmirnov(b, a);
        expect(swapped.distance).toBe(ks.distance);
        expect(swapped.p).toBeCloseTo(ks.p, 11);
        const ad = andersonDarling([a, b]);
        if (ad === null) expect(new Set([...a, ...b]).size).toBe(1);
        else {
          expect(andersonDarling([b, a])!.statistic).toBeCloseTo(ad.statistic, 9);
          expect(andersonDarling([stretched(a), stretched(b)])).toEqual(ad);
        }
      }),
    );
  });

  it('the limit joins the exact distribution', () => {
    const random = seededRandom('kolmogorov');
    const a = sorted(Array.from({ length: 1001 }, random));
    const b = sorted(Array.from({ length: 1000 }, () => random() * 1.06));
    const large = kolmogorovSmirnov(a, b);
    const small = kolmogorovSmirnov(a.slice(0, 1000), b);
    expect([large.method, small.method]).toEqual(['asymptotic', 'exact']);
    expect(Math.abs(large.p - small.p)).toBeLessThan(0.02);
  });

  it('reject equal distributions no more often than they say', () => {
    const random = seededRandom('two samples');
    let [ks, ad] = [0, 0];
    for (let run = 0; run < 5000; run++) {
      const draw = (n: number) => sorted(Array.from({ length: n }, random));
      const [a, b] = [draw(60), draw(40)];
      if (kolmogorovSmirnov(a, b).p <= 0.05) ks++;
      if (andersonDarling([a, b])!.p <= 0.05) ad++;
    }
    // .05 and three standard errors of 5,000 runs.
    expect(ks).toBeLessThanOrEqual(296);
    expect(ad).toBeLessThanOrEqual(296);
    expect(ad).toBeGreaterThan(204);
  });

  it('say where nothing can be said', () => {
    expect(andersonDarling([sorted([1, 1, 1]), sorted([1, 1])])).toBeNull();
    expect(() => andersonDarling([sorted([1, 2, 3, 4, 5])])).toThrow(RangeError);
    expect(() => kolmogorovSmirnov(sorted([]), sorted([1]))).toThrow(RangeError);
    expect(kolmogorovSmirnov(sorted([1]), sorted([1]))).toMatchObject({ distance: 0, p: 1 });
  });
});
