import { afterAll, describe, expect, it } from 'vitest';
import type { SplitEvidence } from '../../src/domain/metrics/index.js';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { extent, SEED } from '../support/extent.js';
import { ruleOf, verdictOf } from './simulation/decide.js';
import { ErrorRates } from './simulation/error-rates.js';
import { Population, type RowKind } from './simulation/population.js';

/** Models that in one domain are exactly as good as required, or exactly as much worse there as tolerated, and good elsewhere. */

const RUNS = extent(25, 2000);

/** Binary scores on twenty levels; `skill` sets the classes apart. */
function domain(skill: number, positive: number): Population {
  const levels = 20;
  const kinds: RowKind[] = [];
  const total = Array.from({ length: levels }, (_, k) => Math.exp(skill * ((k + 0.5) / levels - 0.5))).reduce(
    (a, b) => a + b,
    0,
  );
  for (let level = 0; level < levels; level++) {
    const t = (level + 0.5) / levels;
    for (const label of [0, 1] as const) {
      const weight = Math.exp((label === 1 ? skill : -skill) * (t - 0.5)) / total;
      kinds.push({
        weight: weight * (label === 1 ? positive : 1 - positive),
        label,
        prediction: t >= 0.5 ? 1 : 0,
        score: t,
      });
    }
  }
  return new Population(kinds);
}

/** Scores of 0 and 1 alone; `lost` of the positives and `found` of the negatives get the wrong one. */
function sure(lost: number, found: number, positive: number): Population {
  const kind = (label: 0 | 1, prediction: 0 | 1, weight: number): RowKind => ({
    label,
    prediction,
    score: prediction,
    weight: weight * (label === 1 ? positive : 1 - positive),
  });
  return new Population([kind(1, 1, 1 - lost), kind(1, 0, lost), kind(0, 1, found), kind(0, 0, 1 - found)]);
}

const METRICS: Record<string, (of: Population) => number> = {
  accuracy: (of) => of.share(({ label, prediction }) => label === prediction),
  precision: (of) =>
    of.rate(
      ({ label }) => label === 1,
      ({ prediction }) => prediction === 1,
    ),
  recall: (of) =>
    of.rate(
      ({ prediction }) => prediction === 1,
      ({ label }) => label === 1,
    ),
  specificity: (of) =>
    of.rate(
      ({ prediction }) => prediction === 0,
      ({ label }) => label === 0,
    ),
  negative_predictive_value: (of) =>
    of.rate(
      ({ label }) => label === 0,
      ({ prediction }) => prediction === 0,
    ),
  f1: (of) => {
    const tp = of.share(({ label, prediction }) => label === 1 && prediction === 1);
    return (2 * tp) / (2 * tp + of.share(({ label, prediction }) => label !== prediction));
  },
  auc: (of) => of.auc(),
};

/** Rows at home and in the domain that matters. */
const SIZES = [
  [30, 30],
  [300, 30],
  [30, 300],
  [1000, 100],
  [300, 300],
  [1000, 1000],
] as const;

const SETTINGS: Record<string, { home: Population; away: Population }> = {
  'balanced, some drop': { home: domain(5, 0.5), away: domain(3.5, 0.5) },
  'excellent at home': { home: domain(12, 0.5), away: domain(9, 0.5) },
  'sure, and away some positives lost': { home: sure(0, 0.1, 0.3), away: sure(0.02, 0.1, 0.3) },
  'other prevalence': { home: domain(5, 0.5), away: domain(4, 0.15) },
};

describe('a model at its threshold in one domain', () => {
  const rates = new ErrorRates();
  afterAll(() => rates.print('crossDomain rules'));

  it.each(
    Object.entries(SETTINGS).flatMap(([name, setting]) =>
      Object.entries(METRICS)
        // Where home is no better, the third domain is as bad as what is asked about, and decides.
        .filter(([, of]) => of(setting.home) > of(setting.away) + 1e-9)
        .map(([metric]) => [metric, name, setting] as const),
    ),
  )(
    'in %s, %s, passes and fails as seldom as it says',
    { timeout: 3_600_000 },
    (metric, name, { home, away }) => {
      const [inside, outside] = [METRICS[metric]!(home), METRICS[metric]!(away)];
      const rules = {
        'worst at least': ruleOf({ crossDomain: { metric, worstAtLeast: outside, minDomains: 2 } }),
        ...(inside > outside
          ? { 'drop at most': ruleOf({ crossDomain: { metric, maxDrop: inside - outside, minDomains: 2 } }) }
          : {}),
      };
      // As good as home, and large: it decides nothing.
      const north = home.evidence(home.draw(seededRandom(SEED), 5000));
      for (const [n, m] of SIZES) {
        const random = seededRandom(`${SEED}/domains/${metric}/${name}/${n}/${m}`);
        const scores = metric === 'auc';
        for (let run = 0; run < RUNS; run++) {
          const splits: Record<string, SplitEvidence> = {
            holdout: home.evidence(home.draw(random, n), scores),
            south: away.evidence(away.draw(random, m), scores),
            north,
          };
          for (const [rule, policy] of Object.entries(rules))
            rates.count(
              `crossDomain ${metric} ${rule}`,
              `${name}, n ${n} and ${m}`,
              verdictOf(policy, splits),
            );
        }
      }
      expect(rates.falsePasses()).toEqual([]);
    },
  );

  it('says FAIL of a model that is just good enough at most twice as often as it says', () => {
    expect(rates.falseFails(2)).toEqual([]);
  });
});
