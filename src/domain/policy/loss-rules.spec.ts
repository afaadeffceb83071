import { describe, expect, it } from 'vitest';
import { buildSplitEvidence, metricsOf, type SplitEvidence } from '../metrics/index.js';
import { binomialDraw, seededRandom } from '../statistics/index.js';
import { decideGate } from './decide-gate.js';
import { evidenceOf, factsOf, policyOf } from './policy-fixtures.js';

/** Rows of both classes in turn, each with the probability that its label was given. */
function scored(given: ArrayLike<number>): SplitEvidence {
  const labels = Array.from(given, (_, i) => i % 2);
  const scores = Float64Array.from(given, (share, i) => (labels[i] === 1 ? share : 1 - share));
  const predictions = Array.from(scores, (score) => (score >= 0.5 ? 1 : 0));
  return buildSplitEvidence({ classes: ['0', '1'], positive: '1', labels, predictions, scores });
}

const decide = (metric: string, limit: object, evidence: SplitEvidence) =>
  decideGate(
    policyOf([{ id: 'rule', metric, split: 'holdout', ...limit }]),
    evidenceOf([factsOf('holdout', evidence)]),
  ).rules[0]!;

describe('a rule on mean losses', () => {
  it.each([
    // Of so many rows this share is surely right, the others a toss-up: the truth meets the limit.
    ['log_loss', 30, 0.05, 0.6585],
    ['brier', 100, 0.02, 0.245],
  ])('%s of %i rows, %f of them easy, fails no more often than it says', (metric, n, easy, limit) => {
    const random = seededRandom(`easy rows/${metric}/${n}`);
    const runs = 200;
    let failed = 0;
    for (let run = 0; run < runs; run++) {
      const sure = binomialDraw(random, n, easy);
      const given = Array.from({ length: n }, (_, i) =>
        i < sure ? 1 - 1e-9 : 0.5 + (random() - 0.5) * 1e-5,
      );
      if (decide(metric, { atMost: limit }, scored(given)).verdict === 'FAIL') failed++;
    }
    expect(failed / runs).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
  });

  it.each([
    ['log_loss', 0.9, 0.12],
    ['log_loss', 0.95, 0.3],
    ['brier', 0.9, 0.03],
    ['brier', 0.6, 0.15],
  ])(
    '%s names as many rows as it takes: there it settles, and with a tenth fewer it does not',
    (metric, share, atMost) => {
      const rows = (n: number) =>
        scored(Array.from({ length: n }, (_, i) => share + (i % 10 === 0 ? 0.005 : 0)));
      const small = decide(metric, { atMost }, rows(40));
      expect(small.verdict).toBe('INCONCLUSIVE');
      const needed = small.neededN!;
      const settled = (n: number) => decide(metric, { atMost }, rows(n)).verdict;
      expect(settled(Math.ceil((needed * 1.01) / 10) * 10)).not.toBe('INCONCLUSIVE');
      expect(settled(Math.floor((needed * 0.9) / 10) * 10)).toBe('INCONCLUSIVE');
    },
  );

  it('fails a model that is surely wrong on every row, of either class', () => {
    const evidence = scored(Array.from({ length: 1000 }, () => 0));
    for (const [metric, limit] of [
      ['log_loss', { atMost: 0.7 }],
      ['log_loss', { atMost: 34 }],
      ['brier', { atMost: 0.3 }],
      ['accuracy', { atLeast: 0.5 }],
      ['ece', { atMost: 0.1 }],
    ] as const)
      expect([metric, decide(metric, limit, evidence).verdict]).toEqual([metric, 'FAIL']);
    // A negative with the score 1 costs most.
    const negatives = buildSplitEvidence({
      classes: ['0', '1'],
      positive: '1',
      labels: [0, 0, 0],
      predictions: [1, 1, 1],
      scores: Float64Array.of(1, 1, 1),
    });
    expect(decide('log_loss', { atMost: 34.5388 }, negatives).verdict).not.toBe('ERROR');
  });

  it('shows no interval of rows that are all alike, and decides by what may not be among them', () => {
    const evidence = scored([0.5, 0.5, 0.5, 0.5]);
    const { log_loss: logLoss, brier } = metricsOf(evidence);
    expect(logLoss).toMatchObject({ defined: true, value: expect.closeTo(Math.LN2, 10) as number, ci: null });
    expect(brier).toMatchObject({ defined: true, value: 0.25, ci: null });
    // 1 - .05^(1/4) of other rows.
    const [low, high] = decide('brier', { atMost: 0.3 }, evidence).ci!;
    expect(low).toBeCloseTo(0.25 * 0.05 ** 0.25, 12);
    expect(high).toBeCloseTo(1 - 0.75 * 0.05 ** 0.25, 12);
  });
});

describe('a rule on the calibration error', () => {
  it('fails among 631 hypotheses what no calibrated model would show', () => {
    const rows = Array.from({ length: 3600 }, (_, i) => i);
    const evidence = buildSplitEvidence({
      classes: ['0', '1'],
      positive: '1',
      labels: rows.map((i) => i % 2),
      predictions: rows.map(() => 1),
      scores: Float64Array.from(rows, () => 0.95),
      cells: Array.from({ length: 36 }, (_, group) => ({ attributes: { g: `g${group}` } })),
      cellOf: rows.map((i) => i % 36),
    });
    const groups = { metric: 'demographic_parity_difference', split: 'holdout', attributes: ['g'] };
    const { rules } = decideGate(
      policyOf([
        { id: 'groups', fairness: { ...groups, atMost: 0.1 } },
        { id: 'ece', metric: 'ece', split: 'holdout', atMost: 0.05 },
      ]),
      evidenceOf([factsOf('holdout', evidence)]),
    );
    expect(rules[1]).toMatchObject({ verdict: 'FAIL', hypotheses: { total: 1 } });
    // A share of 10,000 draws, times 631, would be .06 at least.
    expect(rules[1]!.adjustedP!).toBeLessThan(0.001);
  });
});
