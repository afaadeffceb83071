import { describe, expect, it } from 'vitest';
import { buildSplitEvidence } from '../metrics/index.js';
import { releaseOf, type Release } from './release.js';

/** The first `right` of n rows right; every second is positive. */
function evidence(n: number, right: number, classes = ['no', 'yes']) {
  const labels = Array.from({ length: n }, (_, i) => i % 2);
  const predictions = labels.map((label, i) => (i < right ? label : 1 - label));
  return buildSplitEvidence({
    labels,
    predictions,
    classes,
    positive: classes.length === 2 ? classes[1]! : null,
  });
}

/** Scores that order `misplaced` of the positives wrongly. */
function scored(n: number, misplaced: number) {
  const labels = Array.from({ length: n }, (_, i) => i % 2);
  const scores = Float64Array.from(labels, (label, i) =>
    label === 1 && i < 2 * misplaced ? 0.1 : label === 1 ? 0.9 : 0.5,
  );
  const predictions = labels;
  return buildSplitEvidence({ labels, predictions, scores, classes: ['no', 'yes'], positive: 'yes' });
}

describe('what a look releases', () => {
  it('accuracy on 1,000 rows, 20 looks: steps of .0444 (STATISTICS, section 4), rounded up to .045', () => {
    const first = releaseOf(evidence(1000, 540), 2, 20, [])!;
    expect(first).toEqual({ metric: 'accuracy', baseline: 0.5, eta: 0.045, cells: 11, step: 0 });
    expect(releaseOf(evidence(1000, 545), 2, 20, [first])!.step).toBe(1);
    expect(releaseOf(evidence(1000, 700), 2, 20, [first])!.step).toBe(4);
  });

  it('nothing of a regression, whose losses have no largest value', () => {
    const rows = { labels: [1, 2, 3], predictions: [1, 2, 5], classes: [], positive: null };
    expect(releaseOf(buildSplitEvidence({ ...rows, regression: { quantile: 0.5 } }), 2, 20, [])).toBeNull();
  });

  it('never falls, and keeps its steps when the budget shrinks', () => {
    const first = releaseOf(evidence(1000, 700), 2, 301, [])!;
    const next = releaseOf(evidence(1000, 400), 2, 20, [first])!;
    expect(next).toEqual(first);
  });

  it('AUC where scores of two classes were sent; its own ladder', () => {
    const auc = releaseOf(scored(400, 40), 2, 20, [])!;
    expect(auc).toMatchObject({ metric: 'auc', baseline: 0.5 });
    // z(.9975) sqrt(401 / (12 200^2)) = .0811.
    expect(auc.eta).toBe(0.082);
    expect(auc.step).toBe(Math.floor(0.3 / 0.082));
    const accuracy = releaseOf(evidence(400, 210), 2, 20, [auc])!;
    expect(accuracy).toMatchObject({ metric: 'accuracy', step: 0 });
  });

  it('tells by no choice of metric, chance level or step that sealed labels are of one class, or of more than were known', () => {
    const rows = (labels: number[]) =>
      buildSplitEvidence({
        labels,
        predictions: labels.map(() => 0),
        scores: Float64Array.from(labels, (_, i) => (i % 7) / 7),
        classes: ['no', 'yes'],
        positive: 'yes',
      });
    const one = releaseOf(rows(new Array<number>(100).fill(0)), 2, 20, [])!;
    const both = releaseOf(rows(Array.from({ length: 100 }, (_, i) => i % 2)), 2, 20, [])!;
    expect(one).toEqual({ ...both, step: 0 });
    const hidden = evidence(100, 50, ['no', 'yes', '(sealed class 3)']);
    expect(releaseOf(hidden, 2, 20, [])).toMatchObject({ metric: 'accuracy', baseline: 0.5 });
    expect(releaseOf(hidden, 0, 20, [])).toMatchObject({ baseline: 0.5 });
    expect(releaseOf(hidden, 4, 20, [])).toMatchObject({ baseline: 0.25 });
  });

  it('one label more or less does not show in the height of a step', () => {
    const of = (positives: number) => {
      const labels = Array.from({ length: 1000 }, (_, i) => (i < positives ? 1 : 0));
      const scores = Float64Array.from(labels, (_, i) => ((i * 7919) % 1000) / 1000);
      return releaseOf(
        buildSplitEvidence({ labels, predictions: labels, scores, classes: ['no', 'yes'], positive: 'yes' }),
        2,
        20,
        [],
      )!.eta;
    };
    expect(of(400)).toBe(of(401));
    expect(of(500)).toBe(of(499));
  });

  it('is nothing where there are no rows', () => {
    const none: Release[] = [];
    expect(releaseOf(evidence(0, 0), 2, 20, none)).toBeNull();
  });
});
