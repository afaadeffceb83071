import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { andersonDarling } from './anderson-darling.js';
import { benjaminiHochberg } from './benjamini-hochberg.js';
import { bcaAcceleration, cellBootstrap, type Cells } from './cell-bootstrap.js';
import { fisherExact } from './fisher-exact.js';
import { holm } from './holm.js';
import { mcnemarChiSquared, mcnemarChiSquaredP, mcnemarExact } from './mcnemar.js';

// Reference values stand beside the clone on the machines where this is tried; the specs beside hold the same numbers.
const VECTORS = new URL('../../../../shared/vectors/evaluation.json', import.meta.url).pathname;
const present = existsSync(VECTORS);
if (!present) console.error(`SKIPPED: the reference vectors need ${VECTORS}`);

interface Vectors {
  bootstrap: {
    x: number[];
    basic: [number, number];
    percentile: [number, number];
    BCa: [number, number];
    bca_acceleration: { z: number[]; y: number[]; a_hat: number };
  };
  multiplicity: {
    p: number[];
    'rejections_at_.05': { bonferroni: number; holm: number; bh: number };
    bh_adjusted: number[];
  };
  mcnemar: { b: number; c: number; chi2_cc: number; p_cc?: number; chi2?: number; exact_p?: number }[];
  drift: {
    fisher_exact: { ref: string; cur: string; p: number }[];
    anderson_darling: { ref: number[]; cur: number[]; p: number };
  };
}

const vectors = present ? (JSON.parse(readFileSync(VECTORS, 'utf8')) as Vectors) : null;

describe.skipIf(!present)('reference vectors', () => {
  it('bootstrap: basic, percentile, BCa (.5 %), acceleration', () => {
    const { x, basic, percentile, BCa, bca_acceleration } = vectors!.bootstrap;
    const mean = (cells: Cells, values: number[]) =>
      cells.reduce((sum, n, k) => sum + n * values[k]!, 0) / cells.reduce((sum, n) => sum + n, 0);
    const ones = (values: number[]) => values.map(() => 1);
    for (const [method, [low, high]] of [
      ['basic', basic],
      ['percentile', percentile],
      ['bca', BCa],
    ] as const) {
      const options = { method, confidence: 0.95, seed: 'vectors', replicates: 200_000 };
      expect(cellBootstrap([ones(x)], ([cells]) => mean(cells!, x), options)).toMatchObject({
        low: expect.closeTo(low, -Math.log10(0.01 * low)) as number,
        high: expect.closeTo(high, -Math.log10(0.01 * high)) as number,
      });
    }
    const { z, y, a_hat } = bca_acceleration;
    const difference = ([a, b]: readonly Cells[]) => mean(a!, z) - mean(b!, y);
    expect(bcaAcceleration([ones(z), ones(y)], difference)).toBeCloseTo(a_hat, 14);
  });

  it('multiplicity: Bonferroni, Holm and Benjamini-Hochberg', () => {
    const { p, 'rejections_at_.05': rejections, bh_adjusted } = vectors!.multiplicity;
    const count = (values: number[]) => values.filter((one) => one <= 0.05).length;
    expect(count(p.map((one) => one * p.length))).toBe(rejections.bonferroni);
    expect(count(holm(p))).toBe(rejections.holm);
    expect(count(benjaminiHochberg(p))).toBe(rejections.bh);
    benjaminiHochberg(p).forEach((one, i) => expect(one).toBeCloseTo(bh_adjusted[i]!, 11));
  });

  it('McNemar: statistics and p', () => {
    for (const { b, c, chi2_cc, p_cc, chi2, exact_p } of vectors!.mcnemar) {
      expect(mcnemarChiSquared(b, c)).toBeCloseTo(chi2_cc, 5);
      if (p_cc !== undefined) expect(mcnemarChiSquaredP(b, c) / p_cc).toBeCloseTo(1, 10);
      if (chi2 !== undefined) expect(mcnemarChiSquared(b, c, false)).toBeCloseTo(chi2, 11);
      if (exact_p !== undefined) expect(mcnemarExact(b, c)).toBeCloseTo(exact_p, 12);
    }
  });

  it('drift: Fisher and Anderson-Darling, to the digits that evidently asserts', () => {
    for (const { ref, cur, p } of vectors!.drift.fisher_exact) {
      const [one, two] = [ref, cur].map((text) => {
        const [letters, times] = text.split(' x');
        const all = letters!.repeat(Number(times ?? 1));
        return [all.split('a').length - 1, all.length] as const;
      }) as [readonly [number, number], readonly [number, number]];
      expect(Math.abs(fisherExact(...one, ...two) - p), `${ref} v ${cur}`).toBeLessThanOrEqual(0.001);
    }
    const { ref, cur, p } = vectors!.drift.anderson_darling;
    const sorted = [ref, cur].map((values) => Float64Array.from(values).sort());
    expect(andersonDarling(sorted)!.p).toBeCloseTo(p, 4);
  });
});
