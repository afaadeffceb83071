import { afterAll, describe, expect, it } from 'vitest';
import { FAIRNESS_METRIC_NAMES, type FairnessMetricName } from '../../src/domain/fairness/index.js';
import type { GatePolicy } from '../../src/domain/policy/index.js';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { extent, SEED } from '../support/extent.js';
import { ruleOf, verdictOf } from './simulation/decide.js';
import { ErrorRates } from './simulation/error-rates.js';
import { groupAt, populationOf, truthOf, type GroupShape } from './simulation/groups.js';

/** Models that treat two groups exactly as differently as is just allowed: every metric, 2 to 20 groups, of equal and unequal size. */

const RUNS = extent(20, 2000);
/** With many groups a decision is dear. */
const MANY_RUNS = extent(5, 1000);

const isRatio = (metric: FairnessMetricName) => metric.endsWith('_ratio');

function ruleFor(metric: FairnessMetricName, truth: number, extra: object = {}): GatePolicy {
  const threshold = isRatio(metric) ? { atLeast: truth } : { atMost: truth };
  return ruleOf({ fairness: { metric, split: 'holdout', attributes: ['race'], ...threshold, ...extra } });
}

/** The first two groups lie at the edge, the others halfway between. */
function atEdge(
  metric: FairnessMetricName,
  [low, high]: readonly [number, number],
  shares: readonly number[],
): GroupShape[] {
  return shares.map((share, i) =>
    groupAt(metric, i === 0 ? low : i === 1 ? high : (low + high) / 2, share, { race: `r${i}` }),
  );
}

const rates = new ErrorRates();
afterAll(() => rates.print('fairness rules'));

function simulate(
  metric: FairnessMetricName,
  cell: string,
  groups: readonly GroupShape[],
  n: number,
  policy: GatePolicy,
  runs: number,
): void {
  const of = populationOf(groups);
  const random = seededRandom(`${SEED}/fairness/${metric}/${cell}/${n}`);
  for (let run = 0; run < runs; run++)
    rates.count(
      `fairness ${metric}`,
      `${cell}, n ${n}`,
      verdictOf(policy, { holdout: of.evidence(of.draw(random, n), false) }),
    );
  expect(rates.falsePasses()).toEqual([]);
}

/** Of two groups gap-atom.spec.ts knows the error exactly. */
const DIFFERENCES = [
  [0.3, 0.6],
  [0.02, 0.12],
] as const;
const RATIOS = [
  [0.4, 0.5],
  [0.1, 0.3],
] as const;

describe.each(FAIRNESS_METRIC_NAMES)('%s, at what is just allowed', (metric) => {
  const edges = isRatio(metric) ? RATIOS : DIFFERENCES;
  it.each([
    ['2 equal groups', [0.5, 0.5], [100, 4000]],
    ['2 groups, one in ten small', [0.1, 0.9], [300, 4000]],
    ['2 groups, one in ten large', [0.9, 0.1], [300, 4000]],
    ['3 groups', [0.3, 0.2, 0.5], [300, 2000]],
  ] as const)('%s', { timeout: 7_200_000 }, (cell, shares, sizes) => {
    for (const [low, high] of edges) {
      const groups = atEdge(metric, [low, high], shares);
      const policy = ruleFor(metric, truthOf(metric, groups, [['race']]));
      for (const n of sizes) simulate(metric, `${cell}, ${low} and ${high}`, groups, n, policy, RUNS);
    }
  });
});

const MANY = [
  'equalized_odds_difference',
  'demographic_parity_difference',
  'demographic_parity_ratio',
] as const;

describe.each(MANY)('%s among many groups', (metric) => {
  it.each([
    [8, 4000],
    [20, 20_000],
  ])('%i groups, %i rows', { timeout: 7_200_000 }, (count, n) => {
    const shares = Array.from({ length: count }, (_, i) => 1 + (i % 4));
    const groups = atEdge(metric, [0.4, 0.6], shares);
    simulate(
      metric,
      `${count} groups`,
      groups,
      n,
      ruleFor(metric, truthOf(metric, groups, [['race']])),
      MANY_RUNS,
    );
  });
});

describe('two attributes', () => {
  it.each(MANY)('%s that only their intersections violate', { timeout: 7_200_000 }, (metric) => {
    const rate = { 'a,f': 0.35, 'a,m': 0.6, 'b,f': 0.55, 'b,m': 0.4 };
    const groups = Object.entries(rate).map(([key, p]) => {
      const [race, sex] = key.split(',') as [string, string];
      return groupAt(metric, p, 0.25, { race, sex });
    });
    const truth = truthOf(metric, groups, [['race'], ['sex'], ['race', 'sex']]);
    const policy = ruleFor(metric, truth, { attributes: ['race', 'sex'], intersections: true });
    for (const n of [400, 4000]) simulate(metric, 'intersections', groups, n, policy, RUNS);
  });
});

describe('a group below minGroupSize', () => {
  const metric = 'demographic_parity_difference';
  const groups = [
    groupAt(metric, 0.9, 0.02, { race: 'small' }),
    groupAt(metric, 0.4, 0.49, { race: 'a' }),
    groupAt(metric, 0.5, 0.49, { race: 'b' }),
  ];

  it('that is treated quite differently never lets the rule pass', () => {
    const of = populationOf(groups);
    const policy = ruleFor(metric, 0.3, { minGroupSize: 200 });
    const random = seededRandom(`${SEED}/small`);
    for (let run = 0; run < RUNS; run++)
      expect(verdictOf(policy, { holdout: of.evidence(of.draw(random, 4000), false) })).not.toBe('PASS');
  });

  it('that the policy excludes leaves the others at their level', { timeout: 7_200_000 }, () => {
    const policy = ruleFor(metric, 0.1, { minGroupSize: 200, smallGroups: 'exclude' });
    for (const n of [1000, 4000]) simulate(metric, 'a small group excluded', groups, n, policy, RUNS);
  });
});

it('says FAIL of a model that is just fair enough at most twice as often as it says', () => {
  expect(rates.falseFails(2)).toEqual([]);
});
