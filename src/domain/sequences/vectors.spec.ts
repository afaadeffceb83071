import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bernoulliSequence } from './bernoulli-sequence.js';
import { betaBinomialMixture } from './beta-binomial-mixture.js';
import { gammaExponentialMixture } from './gamma-exponential-mixture.js';
import { normalMixture } from './normal-mixture.js';
import { polyStitchingBound } from './poly-stitching.js';

// Reference values stand beside the clone on the machines where this is tried; mixtures.spec holds the same numbers.
const VECTORS = new URL('../../../../shared/vectors/evaluation.json', import.meta.url).pathname;
const present = existsSync(VECTORS);
if (!present) console.error(`SKIPPED: the reference vectors need ${VECTORS}`);

interface Vectors {
  confseq: {
    v_opt: number;
    alpha: number;
    bernoulli_ci: [number, number, number, number, number][];
  } & Record<string, Record<string, number> | number>;
}

const vectors = present ? (JSON.parse(readFileSync(VECTORS, 'utf8')) as Vectors).confseq : null;
const TOLERANCE = 1e-5;

describe.skipIf(!present)('reference vectors of confidence sequences', () => {
  it('mixtures: rho, log, bound', () => {
    const tuning = { vOpt: vectors!.v_opt, alphaOpt: vectors!.alpha };
    const cases = {
      two_sided_normal: normalMixture(tuning, 2),
      one_sided_normal: normalMixture(tuning, 1),
      gamma_exponential_c2: gammaExponentialMixture({ ...tuning, c: 2 }),
      'beta_binomial_two_sided_g.2_h.8': betaBinomialMixture({ ...tuning, g: 0.2, h: 0.8 }, 2),
    };
    for (const [name, mixture] of Object.entries(cases)) {
      const expected = Object.entries(vectors![name] as Record<string, number>);
      expect(expected.length, name).toBeGreaterThanOrEqual(2);
      for (const [what, value] of expected) {
        const found = what.startsWith('log')
          ? mixture.log(10, 100)
          : what.startsWith('bound')
            ? mixture.bound(100, vectors!.alpha)
            : normalMixture(tuning, 2).rho;
        expect(Math.abs(found - value), `${name} ${what}`).toBeLessThan(TOLERANCE);
      }
    }
  });

  it('poly stitching and Bernoulli intervals', () => {
    const { alpha, bernoulli_ci, 'poly_stitching(v=100,vmin=10,c=3)': stitched } = vectors!;
    expect(Math.abs(polyStitchingBound(100, alpha, { vMin: 10, c: 3 }) - (stitched as number))).toBeLessThan(
      TOLERANCE,
    );
    expect(bernoulli_ci).toHaveLength(6);
    for (const [successes, trials, optimalTrials, low, high] of bernoulli_ci) {
      const found = bernoulliSequence(successes, trials, { alpha, optimalTrials });
      expect(Math.abs(found.low - low)).toBeLessThan(TOLERANCE);
      expect(Math.abs(found.high - high)).toBeLessThan(TOLERANCE);
    }
  });
});
