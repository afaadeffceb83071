import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/domain/statistics/index.js';
import { extent, SEED } from '../support/extent.js';
import { ruleOf, verdictOf } from './simulation/decide.js';
import { ErrorRates } from './simulation/error-rates.js';
import { comparedOn, type PairedKind } from './simulation/pairs.js';
import { Population } from './simulation/population.js';

/** Candidates that are worse than the baseline by exactly the margin, from two models that never agree to two that nearly always do. */

const RUNS = extent(60, 5000);
const SIZES = [30, 100, 300, 1000];

/** Who is right on a row, with the shares of rows on which only one is; `positive` of the labels. */
function rightAndWrong(onlyCandidate: number, onlyBaseline: number, neither: number, positive = 0.5) {
  const both = 1 - onlyCandidate - onlyBaseline - neither;
  return new Population<PairedKind>(
    ([0, 1] as const).flatMap((label) => {
      const kind = (share: number, candidate: boolean, baseline: boolean): PairedKind => {
        const said = (right: boolean) => (right ? label : 1 - label) as 0 | 1;
        return {
          weight: share * (label === 1 ? positive : 1 - positive),
          label,
          prediction: said(candidate),
          score: said(candidate),
          baselinePrediction: said(baseline),
          baselineScore: said(baseline),
        };
      };
      return [
        kind(both, true, true),
        kind(onlyCandidate, true, false),
        kind(onlyBaseline, false, true),
        kind(neither, false, false),
      ];
    }),
  );
}

const ACCURACIES: Record<string, Population<PairedKind>> = {
  'never agree': rightAndWrong(0.45, 0.55, 0),
  'agree on half': rightAndWrong(0.2, 0.3, 0.1),
  'agree on most': rightAndWrong(0.05, 0.1, 0.1),
  'only losses, one in ten': rightAndWrong(0, 0.1, 0.1),
  'only losses, one in fifty': rightAndWrong(0, 0.02, 0.05),
  'nearly only losses': rightAndWrong(0.005, 0.015, 0.1),
  'must be better': rightAndWrong(0.12, 0.06, 0.2),
  'a tenth positive': rightAndWrong(0.02, 0.05, 0.05, 0.1),
};

const LEVELS = 10;

/** Scores in `LEVELS` steps of two equally skilled models; `shared` of the rows get the same score from both. */
function scored(skill: number, lag: number, shared: number, positive: number): Population<PairedKind> {
  const weights = (label: 0 | 1, by: number) =>
    Array.from({ length: LEVELS }, (_, level) =>
      Math.exp((label === 1 ? by : -by) * (level / (LEVELS - 1) - 0.5)),
    );
  const kinds: PairedKind[] = [];
  for (const label of [0, 1] as const) {
    const [candidate, baseline] = [weights(label, skill - lag), weights(label, skill)];
    const total = (values: number[]) => values.reduce((a, b) => a + b, 0);
    const share = label === 1 ? positive : 1 - positive;
    for (let a = 0; a < LEVELS; a++)
      for (let b = 0; b < LEVELS; b++) {
        const apart = ((1 - shared) * candidate[a]! * baseline[b]!) / (total(candidate) * total(baseline));
        const together = a === b ? (shared * baseline[b]!) / total(baseline) : 0;
        kinds.push(paired(label, share * (apart + together), a / (LEVELS - 1), b / (LEVELS - 1)));
      }
  }
  return new Population(kinds);
}

function paired(label: 0 | 1, weight: number, score: number, baselineScore: number): PairedKind {
  return {
    weight,
    label,
    prediction: score >= 0.5 ? 1 : 0,
    score,
    baselinePrediction: baselineScore >= 0.5 ? 1 : 0,
    baselineScore,
  };
}

/** The candidate is the baseline, but puts `lost` of the positives last and `won` of those that the baseline put last first. */
function misplaced(lost: number, won: number, positive: number, perfect: boolean): Population<PairedKind> {
  const ranked = perfect ? [1] : [0.35, 0.55, 0.75, 1];
  const negatives = perfect ? [0.1] : [0.1, 0.3, 0.5, 0.7];
  return new Population([
    ...ranked.map((score) => paired(1, (positive * (1 - lost - won)) / ranked.length, score, score)),
    paired(1, positive * lost, 0, 1),
    paired(1, positive * won, 1, 0),
    ...negatives.map((score) => paired(0, (1 - positive) / negatives.length, score, score)),
  ]);
}

const AUCS: Record<string, Population<PairedKind>> = {
  'independent scores': scored(2, 0.3, 0, 0.5),
  'independent, a tenth positive': scored(3, 0.5, 0, 0.1),
  'nine tenths of the scores shared': scored(2, 0.8, 0.9, 0.5),
  'as the baseline, one positive in twenty lost': misplaced(0.05, 0, 0.5, false),
  'as the baseline, one in fifty lost': misplaced(0.02, 0, 0.5, false),
  'as the baseline, lost and won': misplaced(0.04, 0.02, 0.5, false),
  'perfect baseline, one in fifty lost': misplaced(0.02, 0, 0.5, true),
  'perfect baseline, a tenth positive, one in twenty lost': misplaced(0.05, 0, 0.1, true),
};

const CELLS = [
  ...Object.entries(ACCURACIES).map(([name, of]) => ['accuracy', name, of] as const),
  ...Object.entries(AUCS).map(([name, of]) => ['auc', name, of] as const),
];

describe('a candidate that is worse by exactly the margin', () => {
  const rates = new ErrorRates();
  afterAll(() => rates.print('compare rules'));

  it.each(CELLS)(
    'in %s, %s, passes and fails as seldom as it says',
    { timeout: 3_600_000 },
    async (metric, name, of) => {
      const right = (said: (kind: PairedKind) => number) => of.share((kind) => said(kind) === kind.label);
      const margin =
        metric === 'accuracy'
          ? right((kind) => kind.baselinePrediction) - right((kind) => kind.prediction)
          : of.auc((kind) => kind.baselineScore) - of.auc();
      const policy = ruleOf({ compare: { metric, split: 'holdout', margin } });
      for (const n of SIZES) {
        const random = seededRandom(`${SEED}/compare/${metric}/${name}/${n}`);
        for (let run = 0; run < RUNS; run++) {
          const drawn = of.draw(random, n);
          const evidence = of.evidence(drawn, metric === 'auc');
          const facts = await comparedOn(of, drawn, metric, evidence);
          rates.count(
            `compare ${metric}`,
            `${name}, n ${n}`,
            verdictOf(policy, { holdout: evidence }, [facts]),
          );
        }
      }
      expect(rates.falsePasses()).toEqual([]);
    },
  );

  it('says FAIL of a candidate that is just good enough at most twice as often as it says', () => {
    expect(rates.falseFails(2)).toEqual([]);
  });

  it('and of accuracies, by an exact test, no more often than it says', () => {
    expect(rates.falseFails(1, /accuracy/)).toEqual([]);
  });
});
