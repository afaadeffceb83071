import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metric } from '../metrics/metric.js';
import { seededRandom } from '../statistics/index.js';
import { ablation, changedFactors } from './ablation.js';
import { generalisationGap, worstDomain } from './domain-gap.js';
import { meanDifference } from './paired-difference.js';
import { robustness } from './robustness.js';

const close = (value: number, digits = 12) => expect.closeTo(value, digits) as number;

function metric(
  value: number,
  ci: [number, number] | null = [value - 0.1, value + 0.1],
  formulaId = 'accuracy',
): Metric {
  return { defined: true, value, ci, n: 100, formulaId };
}
const unknown: Metric = { defined: false, reason: 'no rows' };

describe('generalisationGap', () => {
  it('in-domain less out-of-domain, bounds by the squares of the distances', () => {
    // By hand: .9 [.8, .95] and .7 [.6, .73]: .2 - hypot(.1, .03), .2 + hypot(.05, .1).
    const gap = generalisationGap(metric(0.9, [0.8, 0.95]), metric(0.7, [0.6, 0.73]), 'higher');
    expect(gap).toEqual({
      defined: true,
      value: close(0.2),
      ci: [close(0.2 - Math.hypot(0.1, 0.03)), close(0.2 + Math.hypot(0.05, 0.1))],
      n: 100,
      formulaId: 'generalisation-gap/zou-donner/accuracy',
    });
  });

  it('a loss that grows outside is a gap above 0 too', () => {
    const gap = generalisationGap(metric(0.3, [0.28, 0.33]), metric(0.5, [0.46, 0.51]), 'lower');
    expect(gap).toMatchObject({
      value: close(0.2),
      ci: [close(0.2 - Math.hypot(0.04, 0.03)), close(0.2 + Math.hypot(0.01, 0.02))],
    });
  });

  it('what it cannot say', () => {
    expect(generalisationGap(unknown, metric(1), 'higher')).toEqual({
      defined: false,
      reason: 'in domain: no rows',
    });
    expect(generalisationGap(metric(1), unknown, 'higher')).toEqual({
      defined: false,
      reason: 'out of domain: no rows',
    });
    expect(generalisationGap(metric(1), metric(0.5, null), 'higher')).toMatchObject({ value: 0.5, ci: null });
    expect(() => generalisationGap(metric(1), metric(1, null, 'auc'), 'higher')).toThrow(
      /different formulas/,
    );
  });
});

describe('worstDomain', () => {
  const score = (domain: string, one: Metric) => ({ domain, metric: one });
  it('is the worst in the direction of the metric', () => {
    const scores = [score('a', metric(0.9)), score('b', metric(0.6)), score('c', metric(0.7))];
    expect(worstDomain(scores, 'higher')).toMatchObject({ worst: 'b', metric: { value: 0.6 } });
    expect(worstDomain(scores, 'lower')).toMatchObject({ worst: 'a', metric: { value: 0.9 } });
  });

  it('is undefined where a domain was not measured: it may be the worst', () => {
    const found = worstDomain([score('a', metric(0.9)), score('b', unknown)], 'higher');
    expect(found.metric).toEqual({ defined: false, reason: 'not every domain was measured (b: no rows)' });
    expect(found).toMatchObject({ worst: 'a', unmeasured: [{ domain: 'b', reason: 'no rows' }] });
    expect(worstDomain([], 'higher').metric).toEqual({ defined: false, reason: 'no domains' });
    expect(() => worstDomain([score('a', metric(1)), score('b', metric(1, null, 'f1'))], 'higher')).toThrow(
      RangeError,
    );
  });
});

describe('paired differences', () => {
  const TEN = [1, 0, 0, 1, 0, 0, 0, -1, 1, 0];

  it('scipy 1.17.1 t.interval: mean .2 of ten rows', () => {
    expect(meanDifference(TEN, 1, 0.95, 'f')).toEqual({
      defined: true,
      value: close(0.2),
      ci: [close(-0.25243143255964096), close(0.652431432559641)],
      n: 10,
      formulaId: 'f',
    });
  });

  it('rows that all differ equally leave room for those not seen', () => {
    const alike = meanDifference(new Float64Array(10), 1, 0.95, 'f');
    // Of ten rows none differed: another value has a chance of at most 1 - .025^(1/10).
    expect(alike).toMatchObject({ value: 0, ci: [close(-(1 - 0.025 ** 0.1)), close(1 - 0.025 ** 0.1)] });
    expect(meanDifference([1], 1, 0.95, 'f')).toMatchObject({
      value: 1,
      ci: [close(1 - 2 * (1 - 0.025)), 1],
    });
  });

  it('does not depend on the order of the rows, to the bit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }),
        (rows) => {
          const there = meanDifference(rows, 1, 0.95, 'f');
          expect(meanDifference([...rows].reverse(), 1, 0.95, 'f')).toEqual(there);
          if (there.defined) {
            expect(there.ci![0]).toBeLessThanOrEqual(there.value + 1e-12);
            expect(there.ci![1]).toBeGreaterThanOrEqual(there.value - 1e-12);
          }
        },
      ),
    );
  });

  it('is undefined without rows or scores, and refuses what is out of range', () => {
    expect(meanDifference([], 1, 0.95, 'f')).toEqual({ defined: false, reason: 'no rows' });
    expect(meanDifference([0, Number.NaN], 1, 0.95, 'f')).toEqual({
      defined: false,
      reason: 'row 1 has no score on both sides',
    });
    expect(() => meanDifference([1.5], 1, 0.95, 'f')).toThrow(/expected at most 1/);
    expect(() => meanDifference([300], Infinity, 0.95, 'f')).toThrow(/expected at most 256/);
  });
});

describe('robustness', () => {
  const clean = { rows: 'r', scores: [1, 1, 1, 1, 1, 0, 1, 1, 1, 1] };
  const noise = { name: 'noise', rows: 'r', scores: [0, 1, 1, 0, 1, 0, 1, 1, 0, 1] };
  const blur = { name: 'blur', rows: 'r', scores: [1, 1, 1, 1, 1, 1, 1, 1, 0, 1] };

  it('mean and worst drop, the latter with an interval that holds for all', () => {
    const found = robustness(clean, [blur, noise]);
    expect(found.perturbations.map(({ name, drop }) => [name, drop.defined && drop.value])).toEqual([
      ['blur', 0],
      ['noise', close(0.3)],
    ]);
    expect(found.mean).toMatchObject({ value: close(0.15), n: 10 });
    expect(found.worstName).toBe('noise');
    const [b, n] = found.perturbations.map(({ drop }) => (drop.defined ? drop.ci! : [0, 0])) as [
      number[],
      number[],
    ];
    expect(found.worst).toMatchObject({
      value: close(0.3),
      ci: [Math.max(b[0]!, n[0]!), Math.max(b[1]!, n[1]!)],
    });
    // scipy 1.17.1: the interval of one of two is at 97.5 %.
    const ten = { rows: 'r', scores: [1, 0, 0, 1, 0, 0, 0, -1, 1, 0] };
    const zero = { name: 'none', rows: 'r', scores: new Float64Array(10) };
    expect(robustness(ten, [zero, zero]).perturbations[0]!.drop).toMatchObject({
      ci: [close(-0.3370021693632909), close(0.7370021693632915)],
    });
  });

  it('pairs on the same rows only', () => {
    expect(() => robustness(clean, [{ ...noise, rows: 'other' }])).toThrow(/same rows only/);
    expect(() => robustness(clean, [{ ...noise, scores: [1] }])).toThrow(RangeError);
    expect(robustness(clean, []).worst).toEqual({ defined: false, reason: 'no perturbations' });
    const broken = { ...noise, scores: noise.scores.map((score, i) => (i === 3 ? Number.NaN : score)) };
    expect(robustness(clean, [blur, broken]).worst).toEqual({
      defined: false,
      reason: 'noise: row 3 has no score on both sides',
    });
  });

  // True drops .1, .1, .1: the largest plug-in drop is biased upward, its interval must hold .1. Binomial(200, .95): P(< 180) < .002.
  it('the interval of the worst covers the largest true drop', () => {
    let covered = 0;
    for (let run = 0; run < 200; run++) {
      const random = seededRandom(run);
      const scores = Array.from({ length: 200 }, () => (random() < 0.9 ? 1 : 0));
      const perturbed = ['a', 'b', 'c'].map((name) => ({
        name,
        rows: 'r',
        scores: scores.map((score) => (score === 1 && random() < 1 / 9 ? 0 : score)),
      }));
      const { worst } = robustness({ rows: 'r', scores }, perturbed);
      if (worst.defined && worst.ci![0] <= 0.1 && 0.1 <= worst.ci![1]) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(180);
  });
});

describe('ablation', () => {
  const full = { rows: 'r', scores: [1, 1, 0, 1], manifest: { augmentation: true, seed: 1, data: 'v1' } };
  const without = { rows: 'r', scores: [1, 0, 0, 0], manifest: { augmentation: false, seed: 1, data: 'v1' } };

  it('of one factor is what it is worth', () => {
    const { effect, changed } = ablation(full, without);
    expect(effect).toMatchObject({ defined: true, value: close(0.5), n: 4 });
    expect(changed).toEqual([{ factor: 'augmentation', full: true, ablated: false }]);
  });

  it('of none or of several is undefined, and names them', () => {
    expect(ablation(full, full).effect).toEqual({ defined: false, reason: 'the arms have the same factors' });
    const two = { ...without, manifest: { ...without.manifest, seed: 2 } };
    expect(ablation(full, two).effect).toEqual({
      defined: false,
      reason: 'the arms differ in 2 factors: augmentation, seed',
    });
    expect(() => ablation(full, { ...without, rows: 's' })).toThrow(/same rows only/);
  });

  it('a factor that one arm lacks differs, also from null', () => {
    expect(changedFactors({ a: null }, {})).toEqual([{ factor: 'a', full: null, ablated: undefined }]);
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.boolean(), fc.constant(null))),
        (manifest) => {
          expect(changedFactors(manifest, { ...manifest })).toEqual([]);
          expect(changedFactors(manifest, {}).map(({ factor }) => factor)).toEqual(
            Object.keys(manifest).sort(),
          );
        },
      ),
    );
  });
});
