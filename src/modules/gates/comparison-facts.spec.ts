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
const PROTOCOL = { version: 1, positive: '1', threshold: 0.5, bins: 15, metrics: 'accuracy@1,auc@1' };
const evaluation = (id: string, change: object = {}) =>
  ({
    id,
    protocol: { ...PROTOCOL, ...change },
    protocolHash: JSON.stringify(change),
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
    expect(none).toMatchObject({ facts: { baseline: null, paired: null }, requests: [] });
    expect(
      await comparisonFacts(need('auc'), null, baseline(false, evaluation('b')), finds(null)),
    ).toMatchObject({ facts: { paired: null }, requests: [] });
  });

  it('nothing under another protocol, and no use in comparing', async () => {
    const found = await comparisonFacts(
      need('auc'),
      evaluation('a'),
      baseline(false, evaluation('b', { positive: '0' })),
      finds(stored),
    );
    expect(found).toMatchObject({
      facts: { paired: null, missing: expect.stringContaining('another protocol') },
      requests: [],
    });
  });

  it('as before where rows are erased, and no use in comparing what was not in time', async () => {
    const compare = (found: ComparisonView | null) =>
      comparisonFacts(
        need('accuracy'),
        evaluation('a'),
        baseline(false, evaluation('b')),
        finds(found),
        '1 of 10 rows of people@1:holdout were erased with their subject',
      );
    expect(await compare(stored)).toMatchObject({ facts: { paired: { id: 'c' } }, requests: [] });
    expect(await compare(null)).toMatchObject({
      facts: { paired: null, erased: true, missing: expect.stringContaining('1 of 10 rows of people@1') },
      requests: [],
    });
  });

  it('under another protocol, where the metric does not depend on what differs', async () => {
    const compare = async (metric: 'accuracy' | 'auc', change: object) =>
      (
        await comparisonFacts(
          need(metric),
          evaluation('a'),
          baseline(false, evaluation('b', change)),
          finds(stored),
        )
      ).facts;
    expect(await compare('accuracy', { bins: 10 })).toMatchObject({ paired: { id: 'c' } });
    expect(await compare('accuracy', { threshold: 0.4 })).toMatchObject({
      paired: null,
      missing: expect.stringContaining('another protocol'),
    });
    // Compared, and found to have no scores.
    expect(await compare('auc', { threshold: 0.4 })).toMatchObject({
      missing: expect.stringContaining('scores of both'),
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
      requests: [{ candidateEvaluationId: 'a', baselineEvaluationId: 'b', split: 'holdout' }],
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
      requests: [],
    });
  });

  it('the same whichever of several baselines is the strongest', async () => {
    const comparisons = (counts: Record<string, [b: number, c: number]>) => ({
      find: async (_: string, against: string) => {
        const [b, c] = counts[against]!;
        const accuracy = { n: 10, b, c, candidate: 0.8, baseline: 0.8 + (c - b) / 10, mcnemarP: 1 };
        const createdAt = new Date(against === 'b1' ? 10 : 20);
        return {
          ...{ id: `c-${against}`, digest: against, ageSeconds: against === 'b1' ? 9 : 2, createdAt },
          statistics: { accuracy, auc: null },
        } as unknown as ComparisonView;
      },
    });
    const asked = async (strongest: string, other: string, find: Parameters<typeof comparisonFacts>[3]) =>
      comparisonFacts(
        need('accuracy'),
        evaluation('a'),
        {
          ...baseline(false, evaluation(strongest)),
          others: new Map([['holdout', [evaluation(other)]]]),
        },
        find,
      );
    const counts = comparisons({ b1: [1, 2], b2: [2, 1] });
    const [one, two] = [await asked('b1', 'b2', counts), await asked('b2', 'b1', counts)];
    // The strongest counts.
    expect(one.facts.paired).toMatchObject({ id: 'c-b1', onlyBaseline: 2 });
    expect(two.facts.paired).toMatchObject({ id: 'c-b2', onlyBaseline: 1 });
    for (const { facts, createdAt } of [one, two]) {
      expect(facts.considered).toEqual([
        { id: 'c-b1', digest: 'b1' },
        { id: 'c-b2', digest: 'b2' },
      ]);
      expect([facts.paired?.ageSeconds, createdAt]).toEqual([9, new Date(10)]);
    }
    const requests = ['b1', 'b2'].map((baselineEvaluationId) => ({
      candidateEvaluationId: 'a',
      baselineEvaluationId,
      split: 'holdout',
    }));
    for (const [strongest, other] of [
      ['b1', 'b2'],
      ['b2', 'b1'],
    ] as const)
      expect((await asked(strongest, other, finds(null))).requests).toEqual(requests);
  });

  it('says whether it is for lack of scores, which is no secret, or of a class', async () => {
    const scored = (losses: object | null) => {
      const view = evaluation('a');
      return {
        ...view,
        splits: [{ split: 'holdout', evidence: { ...evidence, losses } }],
      } as unknown as EvaluationView;
    };
    const asked = async (losses: object | null) =>
      comparisonFacts(need('auc'), scored(losses), baseline(false, scored(losses)), finds(stored));
    expect((await asked(null)).facts.tellsLabels).toBe(false);
    expect((await asked({})).facts.tellsLabels).toBe(true);
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
