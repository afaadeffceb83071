import { multinomialDraw, RANDOM_KIND, seededRandom } from '../statistics/index.js';
import type { SplitEvidence } from './evidence.js';
import { DISPLAY_CONFIDENCE, undefinedMetric, type Bound } from './metric.js';
import type { MetricDefinition, MetricName } from './metric-definition.js';

/** Replicates of the display interval: draws of the confusion matrix, whatever the number of rows. */
const REPLICATES = 2_000;

/** Of one class: right, predicted, labelled. Returns the class's rate; NaN where it has no denominator. */
type ClassRate = (right: number, predicted: number, labelled: number) => number;

interface Recipe {
  id: MetricName;
  label: string;
  rate: ClassRate;
  /** Why a class has no rate. */
  missing(name: string): string;
}

function ratesOf(confusion: readonly (readonly number[])[], rate: ClassRate): number[] {
  return confusion.map((row, k) => {
    const labelled = row.reduce((sum, count) => sum + count, 0);
    const predicted = confusion.reduce((sum, other) => sum + other[k]!, 0);
    return rate(row[k]!, predicted, labelled);
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Percentile interval over multinomial draws of the cells; null where a draw leaves a class without a rate. */
function bootstrap(
  { confusion, seed = 0 }: SplitEvidence,
  id: string,
  rate: ClassRate,
): [number, number] | null {
  const random = seededRandom(`${id}/${seed}`);
  const size = confusion.length;
  const cells = confusion.flat();
  const values = new Float64Array(REPLICATES);
  for (let i = 0; i < REPLICATES; i++) {
    const drawn = multinomialDraw(random, cells);
    values[i] = mean(
      ratesOf(
        confusion.map((_, label) => drawn.slice(label * size, (label + 1) * size)),
        rate,
      ),
    );
    if (Number.isNaN(values[i])) return null;
  }
  values.sort();
  const tail = (1 - DISPLAY_CONFIDENCE) / 2;
  return [values[Math.floor(tail * REPLICATES)]!, values[Math.ceil((1 - tail) * REPLICATES) - 1]!];
}

/** The unweighted mean over classes of a rate. Descriptive: it has a display interval and no decision bound. */
function macroMetric({ id, label, rate, missing }: Recipe): MetricDefinition {
  const noBound = (): Bound => ({
    defined: false,
    reason: `${label} is descriptive: a rule on it needs decideOn: point`,
  });
  return {
    id,
    version: 1,
    label,
    direction: 'higher',
    range: [0, 1],
    needsScores: false,
    value(evidence) {
      if (evidence.n === 0) return undefinedMetric('no rows');
      const rates = ratesOf(evidence.confusion, rate);
      const empty = rates.findIndex((value) => Number.isNaN(value));
      if (empty >= 0) return undefinedMetric(missing(evidence.classes[empty]!));
      const interval = `multinomial-bootstrap-${REPLICATES}/${RANDOM_KIND}/seed-${evidence.seed ?? 0}`;
      return {
        defined: true,
        value: mean(rates),
        ci: bootstrap(evidence, id, rate),
        n: evidence.n,
        formulaId: `${id}/unweighted/${interval}`,
      };
    },
    lower: noBound,
    upper: noBound,
    pFail: () => 1,
    requiredN: () => null,
  };
}

export const precisionMacro = macroMetric({
  id: 'precision_macro',
  label: 'macro precision',
  rate: (right, predicted) => right / predicted,
  missing: (name) => `class ${name} was never predicted`,
});

export const recallMacro = macroMetric({
  id: 'recall_macro',
  label: 'macro recall',
  rate: (right, _, labelled) => right / labelled,
  missing: (name) => `class ${name} has no rows`,
});

export const f1Macro = macroMetric({
  id: 'f1_macro',
  label: 'macro F1',
  rate: (right, predicted, labelled) => (2 * right) / (predicted + labelled),
  missing: (name) => `class ${name} has no rows and was never predicted`,
});
