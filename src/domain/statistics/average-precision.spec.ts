import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { sortScores } from './auc.js';
import { averagePrecisionOfSorted } from './average-precision.js';

const of = (scores: readonly number[], labels: readonly number[]) =>
  averagePrecisionOfSorted(sortScores(Float64Array.from(scores), labels));

describe('average precision', () => {
  it('of four rows, as the documentation of scikit-learn 1.9.1 has it', () => {
    expect(of([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])!.value).toBeCloseTo(0.8333333333333333, 15);
  });

  it('is the share of positives where all scores are equal, and 1 where all positives lead', () => {
    expect(of([0.5, 0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1, 0])).toEqual({
      value: 0.4,
      positives: 2,
      negatives: 3,
    });
    expect(of([0.9, 0.9, 0.2], [1, 1, 0])!.value).toBe(1);
  });

  it('is none without rows of both classes', () => {
    expect(of([0.1, 0.2], [1, 1])).toBeNull();
    expect(of([0.1, 0.2], [0, 0])).toBeNull();
    expect(of([], [])).toBeNull();
  });

  const rows = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.nat(1)), { minLength: 2, maxLength: 60 })
    .filter((all) => all.some(([, y]) => y === 1) && all.some(([, y]) => y === 0));

  it('is the sum over thresholds of its definition, counted anew for each', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const positives = all.filter(([, y]) => y === 1).length;
        const thresholds = [...new Set(all.map(([s]) => s))].sort((a, b) => b - a);
        let [expected, recall] = [0, 0];
        for (const threshold of thresholds) {
          const selected = all.filter(([s]) => s >= threshold);
          const hits = selected.filter(([, y]) => y === 1).length;
          expected += (hits / positives - recall) * (hits / selected.length);
          recall = hits / positives;
        }
        const found = of(
          all.map(([s]) => s),
          all.map(([, y]) => y),
        )!;
        expect(found.value).toBeCloseTo(expected, 13);
      }),
    );
  });

  it('depends on the order of the scores alone, and on no order of the rows', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const labels = all.map(([, y]) => y);
        const scores = all.map(([s]) => s);
        const found = of(scores, labels);
        expect(
          of(
            scores.map((s) => Math.exp(s / 3)),
            labels,
          ),
        ).toEqual(found);
        expect(of([...scores].reverse(), [...labels].reverse())).toEqual(found);
      }),
    );
  });
});
