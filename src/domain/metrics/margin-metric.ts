import {
  DEFAULT_REPLICATES,
  jointCellBootstrap,
  RANDOM_KIND,
  type BootstrapInterval,
  type NotDefined,
} from '../statistics/index.js';
import { emptyMargins, filledCells, sumMargins } from './class-margins.js';
import type { SplitEvidence } from './evidence.js';
import { MARGIN_STATISTICS, type MarginStatistic } from './margin-statistics.js';
import { DISPLAY_CONFIDENCE, undefinedMetric, type Bound } from './metric.js';
import type { MetricDefinition } from './metric-definition.js';

/** Cells drawn in all: of more than 400 cells fewer replicates, of more than 4,000 none. */
const MAX_DRAWS = 4_000_000;
const FEWEST_REPLICATES = 1_000;

interface Intervals {
  replicates: number;
  byStatistic: (BootstrapInterval | NotDefined)[];
}

/** All metrics of one confusion matrix are read from the same draws, which are made once. */
const made = new WeakMap<SplitEvidence, Intervals>();

function intervalsOf(evidence: SplitEvidence): Intervals {
  const known = made.get(evidence);
  if (known) return known;
  const cells = filledCells(evidence.confusion);
  const replicates = Math.min(DEFAULT_REPLICATES, Math.floor(MAX_DRAWS / cells.counts.length));
  const margins = emptyMargins(cells.classes);
  const byStatistic =
    replicates < FEWEST_REPLICATES
      ? []
      : jointCellBootstrap(
          [cells.counts],
          MARGIN_STATISTICS.length,
          ([counts], values) => {
            sumMargins(cells, counts!, margins);
            for (let k = 0; k < values.length; k++) values[k] = MARGIN_STATISTICS[k]!.of(margins);
          },
          {
            method: 'percentile',
            confidence: DISPLAY_CONFIDENCE,
            seed: `confusion/${evidence.seed ?? 0}`,
            replicates,
          },
        );
  const found = { replicates, byStatistic };
  made.set(evidence, found);
  return found;
}

/**
 * A function of the confusion matrix without a decision bound. Its display interval is the percentile interval over multinomial
 * draws of the matrix, whose cost does not depend on n; null where the draws cannot tell.
 */
function marginMetric(statistic: MarginStatistic, index: number): MetricDefinition {
  const { id, label, formula, range } = statistic;
  const noBound = (): Bound => ({
    defined: false,
    reason: `${label} is descriptive: a rule on it needs decideOn: point`,
  });
  return {
    id,
    task: 'classification',
    // 2: the macro averages share 10,000 draws instead of 2,000 of their own.
    version: id.endsWith('_macro') ? 2 : 1,
    label,
    direction: 'higher',
    range,
    needsScores: false,
    descriptive: true,
    dependsOn: ['positive', 'threshold', 'seed'],
    value(evidence) {
      if (evidence.n === 0) return undefinedMetric('no rows');
      const cells = filledCells(evidence.confusion);
      const margins = sumMargins(cells, cells.counts, emptyMargins(cells.classes));
      const value = statistic.of(margins);
      if (Number.isNaN(value)) return undefinedMetric(statistic.missing(margins, evidence.classes));
      const { replicates, byStatistic } = intervalsOf(evidence);
      const interval = byStatistic[index];
      const drawn = interval?.defined
        ? `multinomial-bootstrap-${replicates}/percentile/${RANDOM_KIND}/seed-${evidence.seed ?? 0}`
        : 'no-interval';
      return {
        defined: true,
        value,
        // Few rows of a skewed number: the percentiles may leave out what was seen.
        ci: interval?.defined ? [Math.min(interval.low, value), Math.max(interval.high, value)] : null,
        n: evidence.n,
        formulaId: `${formula}/${drawn}`,
      };
    },
    lower: noBound,
    upper: noBound,
    pFail: () => 1,
    requiredN: () => null,
  };
}

/** In the order of `MARGIN_STATISTICS`. */
export const marginMetrics: readonly MetricDefinition[] = MARGIN_STATISTICS.map(marginMetric);
