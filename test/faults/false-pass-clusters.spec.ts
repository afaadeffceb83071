import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { extent, SEED } from '../support/extent.js';
import { clusteredVerdict, clustersOf, rightIn, type ClusteredPopulation } from './simulation/clusters.js';
import { ErrorRates } from './simulation/error-rates.js';

/** Models that are exactly at their threshold on rows that hang together: whole clusters wrong, stray rows wrong, and both. */

const RUNS = extent(12, 3000);

const POPULATIONS: Record<string, ClusteredPopulation> = {
  '26 of 50, one in twenty wrong as a whole': { clusters: 26, size: 50, whole: 0.05, row: 0.001 },
  '40 of 20, three in a hundred': { clusters: 40, size: 20, whole: 0.03, row: 0.002 },
  '100 of 20, two in a hundred, stray rows too': { clusters: 100, size: 20, whole: 0.02, row: 0.1 },
  '200 of 10, one in ten': { clusters: 200, size: 10, whole: 0.1, row: 0.02 },
  '100 of 10, stray rows alone': { clusters: 100, size: 10, whole: 0, row: 0.1 },
};

/** Of which one group is worse. */
const GAPS: Record<string, ClusteredPopulation> = {
  '50 of 50': { clusters: 50, size: 50, whole: 0.08, wholeOfFirst: 0, row: 0.002 },
  '80 of 30': { clusters: 80, size: 30, whole: 0.06, wholeOfFirst: 0, row: 0.002 },
  '200 of 20, stray rows too': { clusters: 200, size: 20, whole: 0.05, wholeOfFirst: 0.01, row: 0.1 },
};

const rates = new ErrorRates();
afterAll(() => rates.print('rules on clusters'));

function simulate(cell: string, of: ClusteredPopulation, rules: Record<string, object>): void {
  const random = seededRandom(`${SEED}/clusters/${cell}`);
  for (let run = 0; run < RUNS; run++) {
    const evidence = clustersOf(of, random);
    for (const [rule, asked] of Object.entries(rules))
      rates.count(rule, cell, clusteredVerdict(asked, evidence));
  }
  expect(rates.falsePasses()).toEqual([]);
}

describe('clusters of rows, at what is just allowed', () => {
  it.each(Object.entries(POPULATIONS))('%s', { timeout: 7_200_000 }, (cell, of) => {
    const [right] = rightIn(of);
    const wrong = 1 - right;
    const split = { split: 'holdout' };
    simulate(cell, of, {
      'accuracy at least': { metric: 'accuracy', ...split, atLeast: right },
      'recall at least': { metric: 'recall', ...split, atLeast: right },
      'false positive rate at most': { metric: 'false_positive_rate', ...split, atMost: wrong },
      'accuracy at most': { metric: 'accuracy', ...split, atMost: right },
      'brier at most': { metric: 'brier', ...split, atMost: wrong * 0.81 + right * 0.01 },
      'log loss at most': {
        metric: 'log_loss',
        ...split,
        atMost: -wrong * Math.log(0.1) - right * Math.log(0.9),
      },
    });
  });

  it.each(Object.entries(GAPS))('a gap of groups, %s', { timeout: 7_200_000 }, (cell, of) => {
    const [first, second] = rightIn(of);
    const groups = { split: 'holdout', attributes: ['sex'], minGroupSize: 1 };
    simulate(cell, of, {
      'TPR gap at most': {
        fairness: { metric: 'equal_opportunity_difference', ...groups, atMost: first - second },
      },
      'TPR ratio at least': {
        fairness: { metric: 'equal_opportunity_ratio', ...groups, atLeast: second / first },
      },
    });
  });

  it('says FAIL of a model that meets its requirement no more often than it says', () => {
    expect(rates.falseFails(1)).toEqual([]);
  });
});
