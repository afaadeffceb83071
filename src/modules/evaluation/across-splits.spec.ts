import { describe, expect, it } from 'vitest';
import { robustness } from '../../domain/generalisation/index.js';
import { buildSplitEvidence } from '../../domain/metrics/index.js';
import { acrossSplits } from './across-splits.js';
import type { EvaluationSplitView } from './evaluation.view.js';
import { reportOf } from './split-report.js';

const labels = Array.from({ length: 40 }, (_, i) => i % 2);
const right = (wrongOneIn: number) => labels.map((_, i) => (i % wrongOneIn === 0 ? 0 : 1));
const split = (name: string, role: string, wrongOneIn: number, sealed = false): EvaluationSplitView => {
  const evidence = buildSplitEvidence({
    classes: ['no', 'yes'],
    positive: 'yes',
    labels,
    predictions: right(wrongOneIn).map((hit, i) => (hit ? labels[i]! : 1 - labels[i]!)),
  });
  return {
    split: name,
    role,
    domain: role === 'cross_domain' ? name : null,
    sealed,
    root: 'ab'.repeat(32),
    rows: 40,
    look: sealed ? 1 : null,
    budget: sealed ? 20 : null,
    released: sealed ? { metric: 'accuracy', baseline: 0.5, eta: 0.1, cells: 6, step: 2 } : null,
    predictionsDigest: 'cd'.repeat(32),
    predictionsBlob: 'ef'.repeat(32),
    evidence,
    evidenceDigest: '01'.repeat(32),
    report: reportOf(evidence),
  };
};
const paired = (clean: EvaluationSplitView, names: string[]): EvaluationSplitView => ({
  ...clean,
  evidence: {
    ...clean.evidence,
    robustness: [
      {
        n: 40,
        ...robustness(
          { rows: 'same', scores: right(20) },
          names.map((name, i) => ({ name, rows: 'same', scores: right(4 - i) })),
        ),
      },
    ],
  },
});

describe('acrossSplits', () => {
  it('sets every domain against the holdout, and else against validation', () => {
    const domains = [split('north', 'cross_domain', 4), split('south', 'cross_domain', 10)];
    const all = [split('validation', 'validation', 8), split('holdout', 'holdout', 20), ...domains];
    const accuracy = acrossSplits({ splits: all }, true).domains!.metrics['accuracy']!;
    expect(acrossSplits({ splits: all }, true).domains!.source).toBe('holdout');
    expect(accuracy).toMatchObject({ source: { value: 0.95 }, worstDomain: 'north', worst: { value: 0.75 } });
    expect(accuracy.domains.map(({ gap }) => gap)).toMatchObject([
      { value: expect.closeTo(0.2, 12) as number },
      { value: expect.closeTo(0.05, 12) as number },
    ]);
    expect(acrossSplits({ splits: [all[0]!, ...domains] }, true).domains!.source).toBe('validation');
    expect(acrossSplits({ splits: domains }, true).domains).toMatchObject({ source: null });
    expect(acrossSplits({ splits: [all[0]!] }, true).domains).toBeNull();
  });

  it('shows no number that a sealed split is a part of to those who may not see it, not even what was released', () => {
    const splits = [
      paired(split('validation', 'validation', 20), ['noise', 'blur']),
      split('north', 'cross_domain', 4, true),
      split('noise', 'stress', 4),
      split('blur', 'stress', 3, true),
      split('alone', 'stress', 3),
    ];
    const { domains, robustness: found } = acrossSplits({ splits }, false);
    const sealed = { defined: false, reason: 'sealed' };
    const accuracy = domains!.metrics['accuracy']!;
    expect(accuracy.source).toMatchObject({ value: 0.95 });
    expect(accuracy.domains[0]).toMatchObject({ metric: sealed, gap: { defined: false } });
    expect(accuracy.worst.defined).toBe(false);
    expect(found).toEqual({
      paired: [
        {
          clean: 'validation',
          n: 40,
          perturbations: [
            { name: 'noise', drop: sealed },
            { name: 'blur', drop: sealed },
          ],
          mean: sealed,
          worst: sealed,
          worstName: null,
        },
      ],
      unpaired: ['alone'],
    });
    const seen = acrossSplits({ splits }, true).robustness.paired[0]!;
    expect(seen).toMatchObject({ worstName: 'blur', worst: { defined: true } });
  });
});
