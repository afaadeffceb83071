import { afterAll, describe, expect, it } from 'vitest';
import { metricRegistry } from '../../src/domain/metrics/index.js';
import type { GatePolicy } from '../../src/domain/policy/index.js';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { extent, SEED } from '../support/extent.js';
import { ruleOf, verdictOf } from './simulation/decide.js';
import { ErrorRates } from './simulation/error-rates.js';
import { NUMBERS, numbersOf } from './simulation/numbers.js';
import { Population, type RowKind } from './simulation/population.js';

/**
 * Models whose true value lies exactly at the threshold: the worst of those that violate a requirement, as less never passes more
 * often. Each holdout is drawn anew, reduced and decided as the gate does it. Every metric, both sides, four sizes.
 */

const RUNS = extent(50, 3000);
/** ECE draws 10,000 numbers for each decision: on three of the populations. */
const ECE_RUNS = extent(10, 1500);
const WITH_ECE = ['two fifths positive, good', 'few levels, ties', 'sure, a tenth positive'];
const SIZES = [30, 100, 300, 1000];
/** Metrics whose FAIL keeps its level whatever the rows; an AUC with a few misplaced positives and errors of numbers do not. */
const EXACT = /^(accuracy|recall|precision|f1|specificity|false_|negative_|log_loss|brier)/;

interface Kind {
  /** Share of positives. */
  base: number;
  /** Scores of each class, as weights over the levels: how far apart the classes are. */
  skill: number;
  levels: number;
  /** What the scores of a calibrated model are moved by: 0 keeps it calibrated. */
  bend: number;
  /** Scores of 0 and 1 alone, wrong in these shares of the negatives and the positives. */
  hard?: readonly [number, number];
}

/** Rows with scores on `levels` levels, of which the calibrated score would be bent. */
function population({ base, skill, levels, bend, hard }: Kind): Population {
  if (hard !== undefined) {
    const kinds: RowKind[] = [0, 1].flatMap((label) =>
      [0, 1].map((prediction) => ({
        weight: (label === 1 ? base : 1 - base) * (label === prediction ? 1 - hard[label]! : hard[label]!),
        label: label as 0 | 1,
        prediction: prediction as 0 | 1,
        score: prediction,
      })),
    );
    return new Population(kinds);
  }
  // The same for both classes, as the levels lie symmetrically.
  const sum = Array.from({ length: levels }, (_, level) =>
    Math.exp(skill * ((level + 0.5) / levels - 0.5)),
  ).reduce((a, b) => a + b, 0);
  const kinds: RowKind[] = [];
  for (let level = 0; level < levels; level++) {
    const t = (level + 0.5) / levels;
    const positive = (base * Math.exp(skill * (t - 0.5))) / sum;
    const negative = ((1 - base) * Math.exp(-skill * (t - 0.5))) / sum;
    const calibrated = positive / (positive + negative);
    const score = Math.min(1, Math.max(0, calibrated + bend * Math.sin(9 * t)));
    const prediction = score >= 0.5 ? 1 : 0;
    kinds.push(
      { weight: positive, label: 1, prediction, score },
      { weight: negative, label: 0, prediction, score },
    );
  }
  return new Population(kinds);
}

const POPULATIONS: Record<string, Kind> = {
  'half positive, fair': { base: 0.5, skill: 2, levels: 40, bend: 0 },
  'two fifths positive, good': { base: 0.4, skill: 5, levels: 40, bend: 0.05 },
  'a tenth positive': { base: 0.1, skill: 4, levels: 40, bend: 0.03 },
  'nine tenths positive, now and then quite wrong': { base: 0.9, skill: 3, levels: 40, bend: -0.04 },
  'one in fifty positive, excellent': { base: 0.02, skill: 9, levels: 40, bend: 0 },
  'few levels, ties': { base: 0.5, skill: 3, levels: 4, bend: 0.1 },
  'sure, seldom wrong': { base: 0.5, skill: 0, levels: 2, bend: 0, hard: [0.03, 0.03] },
  'sure, one positive in a hundred lost': { base: 0.3, skill: 0, levels: 2, bend: 0, hard: [0.1, 0.01] },
  'sure, a tenth positive': { base: 0.1, skill: 0, levels: 2, bend: 0, hard: [0.1, 0.1] },
};

const clip = (p: number) => Math.min(1 - 1e-15, Math.max(1e-15, p));

/** The true values of rates of the other class, and of errors. */
function missed(of: Population): Record<string, number> {
  const specificity = of.rate(
    ({ prediction }) => prediction === 0,
    ({ label }) => label === 0,
  );
  return {
    specificity,
    false_positive_rate: 1 - specificity,
    false_negative_rate: of.rate(
      ({ prediction }) => prediction === 0,
      ({ label }) => label === 1,
    ),
    negative_predictive_value: of.rate(
      ({ label }) => label === 0,
      ({ prediction }) => prediction === 0,
    ),
  };
}

/** The true value of every metric that has a bound. */
function truths(of: Population): Record<string, number> {
  const tp = of.share(({ label, prediction }) => label === 1 && prediction === 1);
  const wrong = of.share(({ label, prediction }) => label !== prediction);
  return {
    accuracy: 1 - wrong,
    recall_weighted: 1 - wrong,
    precision: of.rate(
      ({ label }) => label === 1,
      ({ prediction }) => prediction === 1,
    ),
    recall: of.rate(
      ({ prediction }) => prediction === 1,
      ({ label }) => label === 1,
    ),
    f1: (2 * tp) / (2 * tp + wrong),
    ...missed(of),
    auc: of.auc(),
    log_loss: of.mean(({ label, score }) => -Math.log(label === 1 ? clip(score) : 1 - clip(score))),
    brier: of.mean(({ label, score }) => (score - label) ** 2),
    ece: of.ece(),
  };
}

describe('a metric at its threshold', () => {
  const rates = new ErrorRates();
  afterAll(() => rates.print('metric rules'));

  describe.each(Object.keys(POPULATIONS))('%s', (name) => {
    const of = population(POPULATIONS[name]!);
    const at = truths(of);
    const policies = Object.entries(at).flatMap(([metric, value]) =>
      (['atLeast', 'atMost'] as const).flatMap((side): [string, string, GatePolicy][] => {
        const [low, high] = metricRegistry.get(metric).range;
        // Truths at the end of the range cannot be required.
        if (side === 'atLeast' ? value <= low : value >= high) return [];
        return [[metric, side, ruleOf({ metric, split: 'holdout', [side]: value })]];
      }),
    );

    it.each(SIZES)('of %i rows passes and fails as seldom as it says', { timeout: 3_600_000 }, (n) => {
      const random = seededRandom(`${SEED}/metric/${name}/${n}`);
      for (let run = 0; run < RUNS; run++) {
        const splits = { holdout: of.evidence(of.draw(random, n)) };
        for (const [metric, side, policy] of policies) {
          if (metric === 'ece' && (run >= ECE_RUNS || !WITH_ECE.includes(name))) continue;
          rates.count(`${metric} ${side}`, `${name}, n ${n}`, verdictOf(policy, splits));
        }
      }
      expect(rates.falsePasses()).toEqual([]);
    });
  });

  describe.each(Object.keys(NUMBERS))('numbers, %s', (name) => {
    const of = NUMBERS[name]!;
    const policies = Object.entries(of.truths).flatMap(([metric, value]) =>
      (['atLeast', 'atMost'] as const).map(
        (side) => [metric, side, ruleOf({ metric, split: 'holdout', [side]: value })] as const,
      ),
    );

    it.each(SIZES)('of %i rows passes and fails as seldom as it says', { timeout: 3_600_000 }, (n) => {
      const random = seededRandom(`${SEED}/numbers/${name}/${n}`);
      for (let run = 0; run < RUNS; run++) {
        const splits = { holdout: numbersOf(of, random, n) };
        for (const [metric, side, policy] of policies)
          rates.count(`${metric} ${side}`, `${name}, n ${n}`, verdictOf(policy, splits));
      }
      expect(rates.falsePasses()).toEqual([]);
    });
  });

  it('says FAIL of a model that meets its requirement at most twice as often as it says', () => {
    expect(rates.falseFails(2)).toEqual([]);
  });

  it('and by an exact test or one with regard to rows not seen no more often than it says', () => {
    expect(rates.falseFails(1, EXACT)).toEqual([]);
  });
});
