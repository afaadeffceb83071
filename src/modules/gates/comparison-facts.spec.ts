import { describe, expect, it } from 'vitest';
import type { ComparisonView, EvaluationView } from '../evaluation/index.js';
import type { ModelVersionView } from '../registry/index.js';
import type { Baseline } from './baseline.reader.js';
import { comparisonFacts } from './comparison-facts.js';

const evidence = {
  n: 10,
  confusion: [
    [4, 1],
    [1, 4],
  ],
  auc: { auc: 0.9, se: 0.05, positives: 5, negatives: 5 },
};
const evaluation = (id: string, protocolHash = 'p') =>
  ({
    id,
    protocolHash,
    digest: id,
    ageSeconds: 1,
    createdAt: new Date(0),
    splits: [{ split: 'holdout', evidence }],
  }) as unknown as EvaluationView;
const baseline = (isSubject: boolean, found: EvaluationView | null): Baseline => ({
  modelVersion: { id: 'm0', model: 'credit', version: 1 } as ModelVersionView,
  isSubject,
  bySplit: new Map(found ? [['holdout', found]] : []),
});
const stored = {
  id: 'c',
  digest: 'c',
  ageSeconds: 2,
  createdAt: new Date(1),
  statistics: { accuracy: { n: 10, b: 1, c: 2, candidate: 0.8, baseline: 0.9, mcnemarP: 1 }, auc: null },
} as unknown as ComparisonView;
const need = (metric: 'accuracy' | 'auc') =>
  ({ kind: 'comparison', to: 'champion', split: 'holdout', metric }) as const;
const finds = (found: ComparisonView | null) => ({ find: async () => found });

describe('what is known of candidate against baseline', () => {
  it('nothing without a baseline, or without an evaluation of the candidate', async () => {
    const none = await comparisonFacts(need('auc'), evaluation('a'), null, finds(null));
    expect(none).toMatchObject({ facts: { baseline: null, paired: null }, request: null });
    expect(
      await comparisonFacts(need('auc'), null, baseline(false, evaluation('b')), finds(null)),
    ).toMatchObject({ facts: { paired: null }, request: null });
  });

  it('nothing under another protocol, and no use in comparing', async () => {
    const found = await comparisonFacts(
      need('auc'),
      evaluation('a'),
      baseline(false, evaluation('b', 'q')),
      finds(stored),
    );
    expect(found).toMatchObject({
      facts: { paired: null, missing: expect.stringContaining('another protocol') },
      request: null,
    });
  });

  it('what to compute, where nobody did', async () => {
    const found = await comparisonFacts(
      need('accuracy'),
      evaluation('a'),
      baseline(false, evaluation('b')),
      finds(null),
    );
    expect(found).toMatchObject({
      facts: { paired: null },
      request: { candidateEvaluationId: 'a', baselineEvaluationId: 'b', split: 'holdout' },
    });
  });

  it('the stored statistics of the metric, or why it has none', async () => {
    const accuracy = await comparisonFacts(
      need('accuracy'),
      evaluation('a'),
      baseline(false, evaluation('b')),
      finds(stored),
    );
    expect(accuracy.facts.paired).toEqual({
      metric: 'accuracy',
      n: 10,
      onlyCandidate: 1,
      onlyBaseline: 2,
      candidate: 0.8,
      baseline: 0.9,
      id: 'c',
      digest: 'c',
      ageSeconds: 2,
    });
    const auc = await comparisonFacts(
      need('auc'),
      evaluation('a'),
      baseline(false, evaluation('b')),
      finds(stored),
    );
    expect(auc).toMatchObject({
      facts: { paired: null, missing: expect.stringContaining('scores of both') },
      request: null,
    });
  });

  it('no difference of the champion from itself', async () => {
    const accuracy = await comparisonFacts(
      need('accuracy'),
      evaluation('a'),
      baseline(true, null),
      finds(null),
    );
    expect(accuracy.facts.paired).toMatchObject({ onlyCandidate: 0, onlyBaseline: 0, candidate: 0.8, n: 10 });
    const auc = await comparisonFacts(need('auc'), evaluation('a'), baseline(true, null), finds(null));
    expect(auc.facts.paired).toMatchObject({ auc: { aucA: 0.9, aucB: 0.9, seDiff: 0 } });
  });
});
