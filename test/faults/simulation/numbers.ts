import { buildSplitEvidence, type SplitEvidence } from '../../../src/domain/metrics/index.js';
import type { Random } from '../../../src/domain/statistics/index.js';

/** Labels that are normal, and errors of a mean size of 1 beside them; the true value of every metric that holds its level there. */
export interface NumberPopulation {
  error(random: Random): number;
  truths: Record<string, number>;
}

const LABEL_SPREAD = 3;

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** The standard deviation of a normal error whose size is 1 on average. */
const SPREAD = Math.sqrt(Math.PI / 2);

export const NUMBERS: Record<string, NumberPopulation> = {
  'normal errors': {
    error: (random) => SPREAD * normal(random),
    truths: {
      mae: 1,
      rmse: SPREAD,
      r2: 1 - SPREAD ** 2 / LABEL_SPREAD ** 2,
      mean_error: 0,
      quantile_loss: 0.5,
    },
  },
  // Squares of these are so skewed that RMSE passes 8 % at n = 30 (see `positiveBound`).
  'Laplace errors': {
    error: (random) => -Math.log(1 - random()) * (random() < 0.5 ? -1 : 1),
    truths: { mae: 1, r2: 1 - 2 / LABEL_SPREAD ** 2, mean_error: 0, quantile_loss: 0.5 },
  },
};

/** The evidence of n rows, drawn independently. */
export function numbersOf({ error }: NumberPopulation, random: Random, n: number): SplitEvidence {
  const labels = Float64Array.from({ length: n }, () => LABEL_SPREAD * normal(random));
  const predictions = labels.map((label) => label + error(random));
  return buildSplitEvidence({
    classes: [],
    positive: null,
    regression: { quantile: 0.5 },
    labels,
    predictions,
  });
}
