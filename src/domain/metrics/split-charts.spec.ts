import { describe, expect, it } from 'vitest';
import { sortScores } from '../statistics/index.js';
import { buildSplitEvidence } from './build-split-evidence.js';
import { reliabilityCurve, SCORE_BINS, scoreCharts } from './split-charts.js';

const evidenceOf = (scores: number[], labels: number[], bins: number) =>
  buildSplitEvidence({
    labels,
    predictions: scores.map((score) => (score >= 0.5 ? 1 : 0)),
    scores: Float64Array.from(scores),
    classes: ['0', '1'],
    positive: '1',
    bins,
  });

// The 60 rows of ece-bound.spec.ts.
const SCORES = [
  63, 90, 78, 23, 30, 87, 1, 82, 80, 47, 30, 28, 25, 45, 50, 55, 100, 79, 62, 99, 22, 16, 61, 4, 4, 51, 47,
  92, 63, 51, 50, 25, 1, 19, 69, 20, 37, 0, 83, 15, 27, 88, 51, 85, 64, 74, 9, 54, 51, 87, 36, 60, 6, 39, 32,
  15, 82, 38, 98, 59,
].map((percent) => percent / 100);
const LABELS = [...'011001010100001010010000000111100010101001010100110000100110'].map(Number);

describe('reliabilityCurve', () => {
  it("is calibration_curve's documented example (scikit-learn)", () => {
    const curve = reliabilityCurve(
      evidenceOf([0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1], [0, 0, 0, 0, 1, 1, 1, 1, 1], 3),
    )!;
    expect(curve.map(({ observedRate }) => observedRate)).toEqual([0, 0.5, 1]);
    for (const [i, mean] of [0.2, 0.525, 0.85].entries()) expect(curve[i]!.meanScore).toBeCloseTo(mean, 10);
    expect(curve.map(({ n }) => n)).toEqual([3, 2, 4]);
    // Wilson, 0 of 3: 0 to z^2 / (3 + z^2), z = 1.959964.
    expect(curve[0]!.ci![0]).toBe(0);
    expect(curve[0]!.ci![1]).toBeCloseTo(1.959964 ** 2 / (3 + 1.959964 ** 2), 6);
  });

  it('is what scikit-learn 1.7.2 gives of 60 rows in 5 bins, and leaves empty bins empty', () => {
    const curve = reliabilityCurve(evidenceOf(SCORES, LABELS, 5))!;
    const rates = [0, 0.23076923076923078, 0.38461538461538464, 0.4, 0.9166666666666666];
    const means = [0.09166666666666666, 0.30153846153846153, 0.5161538461538461, 0.693, 0.8941666666666667];
    for (const [i, bin] of curve.entries()) {
      expect(bin.observedRate).toBeCloseTo(rates[i]!, 12);
      expect(bin.meanScore).toBeCloseTo(means[i]!, 10);
      expect([bin.from, bin.to]).toEqual([i / 5, (i + 1) / 5]);
    }
    const empty = reliabilityCurve(evidenceOf([0.1, 0.9], [0, 1], 4))!;
    expect(empty[1]).toEqual({ from: 0.25, to: 0.5, n: 0, meanScore: null, observedRate: null, ci: null });
  });

  it('is null where no scores were sent', () => {
    const evidence = buildSplitEvidence({
      labels: [0, 1],
      predictions: [0, 1],
      classes: ['0', '1'],
      positive: '1',
    });
    expect(reliabilityCurve(evidence)).toBeNull();
  });
});

describe('scoreCharts', () => {
  it('counts each class by score; an edge belongs to the bin below', () => {
    const { histogram } = scoreCharts(sortScores(Float64Array.from(SCORES), LABELS), { sealed: false })!;
    const expected = (label: number) =>
      Array.from(
        { length: SCORE_BINS },
        (_, bin) =>
          SCORES.filter(
            (score, i) =>
              LABELS[i] === label && Math.max(0, Math.ceil(Math.round(score * 100) / 5) - 1) === bin,
          ).length,
      );
    expect(histogram).toEqual({ bins: 20, positives: expected(1), negatives: expected(0) });
    expect([...histogram.positives, ...histogram.negatives].reduce((sum, count) => sum + count, 0)).toBe(60);
  });

  it('of a sealed split has no point for each row', () => {
    const sorted = sortScores(Float64Array.from(SCORES), LABELS);
    expect(scoreCharts(sorted, { sealed: false })!.roc.points.length).toBeGreaterThan(15);
    expect(scoreCharts(sorted, { sealed: true })!.roc.points.length).toBeLessThanOrEqual(4);
  });

  it('is null without rows of both classes', () => {
    expect(scoreCharts(sortScores(Float64Array.of(0.5, 0.6), [1, 1]), { sealed: false })).toBeNull();
  });
});
