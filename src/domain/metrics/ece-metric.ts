import {
  ece as eceOf,
  eceDecisionUpper,
  eceChanceDraws,
  eceLowerFrom,
  ecePValueAbove,
  eceRows,
  eceRowSpread,
  eceUpper,
  ECE_DRAWS,
  RANDOM_KIND,
  requiredNScore,
  seededRandom,
  type EceStatistic,
} from '../statistics/index.js';
import type { SplitEvidence } from './evidence.js';
import { DISPLAY_CONFIDENCE, undefinedMetric } from './metric.js';
import type { MetricDefinition } from './metric-definition.js';

const NO_SCORES = 'no scores were sent';

/** One reading of a split asks several times: the draws are made once for each piece of evidence. */
const draws = new WeakMap<EceStatistic, { seed: number; values: Float64Array }>();

function chanceOf(stat: EceStatistic, seed: number): Float64Array {
  const made = draws.get(stat);
  if (made?.seed === seed) return made.values;
  const values = eceChanceDraws(stat, seededRandom(`ece/${seed}`));
  draws.set(stat, { seed, values });
  return values;
}

function statisticOf({ ece }: SplitEvidence): EceStatistic | null {
  return ece && eceRows(ece) > 0 ? ece : null;
}

/** Expected calibration error over equal-width bins (lo, hi]; 0 is perfect, 1 worst. Binary: the positive class's score; otherwise top label. */
export const ece: MetricDefinition = {
  id: 'ece',
  task: 'classification',
  version: 1,
  label: 'expected calibration error',
  direction: 'lower',
  range: [0, 1],
  needsScores: true,
  descriptive: false,
  // The chance bound is drawn.
  dependsOn: ['positive', 'bins', 'seed'],
  value(evidence) {
    const stat = statisticOf(evidence);
    if (!stat) return undefinedMetric(NO_SCORES);
    const seed = evidence.seed ?? 0;
    const alpha = (1 - DISPLAY_CONFIDENCE) / 2;
    const kind = evidence.positive === null ? 'top-label' : 'positive-class';
    const interval = `score-upper,chance-lower-${ECE_DRAWS}/${RANDOM_KIND}/seed-${seed}`;
    return {
      defined: true,
      value: eceOf(stat),
      ci: [eceLowerFrom(stat, alpha, chanceOf(stat, seed)), eceUpper(stat, alpha)],
      n: evidence.n,
      formulaId: `ece/${kind}/equal-width-${stat.bins.length}/${interval}`,
    };
  },
  lower(evidence, alpha) {
    const stat = statisticOf(evidence);
    if (!stat) return { defined: false, reason: NO_SCORES };
    const value = eceLowerFrom(stat, alpha, chanceOf(stat, evidence.seed ?? 0));
    return { defined: true, value, method: 'chance-draws', smallSample: false };
  },
  upper(evidence, alpha) {
    const stat = statisticOf(evidence);
    if (!stat) return { defined: false, reason: NO_SCORES };
    return {
      defined: true,
      value: eceDecisionUpper(stat, alpha),
      method: 'biased-score',
      smallSample: false,
    };
  },
  pFail(evidence, threshold, side) {
    const stat = statisticOf(evidence);
    // Nobody requires a model to be badly calibrated: that side has no test.
    if (!stat || side === 'atLeast') return 1;
    return ecePValueAbove(stat, threshold, chanceOf(stat, evidence.seed ?? 0));
  },
  requiredN(evidence, threshold, alpha) {
    const stat = statisticOf(evidence);
    return stat && requiredNScore(eceOf(stat), eceRowSpread(stat) ** 2, 1, threshold, alpha);
  },
};
