import { tailOf, type Interval } from './interval.js';
import { multinomialDrawInto } from './multinomial.js';
import { normalCdf, normalQuantile } from './normal.js';
import { notDefined, type NotDefined } from './not-defined.js';
import { RANDOM_KIND, seededRandom } from './random.js';

/** Counts of the cells of one sample; independent samples are separate tables. */
export type Cells = readonly number[];

/** A statistic of counts; NaN where it is undefined. It must not keep or change the tables, which are used again. */
export type CellStatistic = (tables: readonly Cells[]) => number;

/** Several statistics of the same counts, written to `values`; NaN where one is undefined. */
export type CellStatistics = (tables: readonly Cells[], values: Float64Array) => void;

export type BootstrapMethod = 'percentile' | 'basic' | 'bca';

export interface BootstrapOptions {
  method: BootstrapMethod;
  confidence: number;
  seed: number | string;
  replicates?: number;
}

export const DEFAULT_REPLICATES = 10_000;

export interface BootstrapInterval extends Interval {
  defined: true;
  estimate: number;
  formulaId: `multinomial-bootstrap/${BootstrapMethod}`;
  replicates: number;
  /** Replicates in which the statistic is undefined; they are left out. */
  undefinedReplicates: number;
  seed: number | string;
  generator: typeof RANDOM_KIND;
}

/**
 * A bootstrap interval of any statistic of counts: each replicate draws every table anew, a multinomial over its cells, so that the cost
 * depends on the number of cells and not on the number of rows. For display: never for max - min over groups, where it covers
 * nothing. Undefined, with its reason, where the statistic is, or where the replicates cannot tell. Efron 1987; quantiles
 * interpolate linearly (R's type 7).
 */
export function cellBootstrap(
  tables: readonly Cells[],
  statistic: CellStatistic,
  options: BootstrapOptions,
): BootstrapInterval | NotDefined {
  const one: CellStatistics = (drawn, values) => {
    values[0] = statistic(drawn);
  };
  return jointCellBootstrap(tables, 1, one, options)[0]!;
}

/** As `cellBootstrap`, for `count` statistics of the same draws: each draw is made and read once. */
export function jointCellBootstrap(
  tables: readonly Cells[],
  count: number,
  statistics: CellStatistics,
  { method, confidence, seed, replicates = DEFAULT_REPLICATES }: BootstrapOptions,
): (BootstrapInterval | NotDefined)[] {
  const tail = tailOf(confidence);
  if (!(Number.isInteger(replicates) && replicates >= 1))
    throw new RangeError(`expected 1 replicate or more, found ${replicates}`);
  const estimates = new Float64Array(count);
  statistics(tables, estimates);
  const drawn = estimates.every((estimate) => Number.isNaN(estimate))
    ? []
    : replicatesOf(tables, count, statistics, seed, replicates);
  return Array.from(estimates, (estimate, k) => {
    if (Number.isNaN(estimate)) return notDefined('the statistic is undefined on the counts themselves');
    const values = drawn[k]!;
    const undefinedReplicates = replicates - values.length;
    if (undefinedReplicates > tail * replicates)
      return notDefined(`the statistic is undefined in ${undefinedReplicates} of ${replicates} replicates`);
    if (values[0] === values.at(-1)) return notDefined('no replicate differs from the others');
    const single: CellStatistic = (cells) => {
      const found = new Float64Array(count);
      statistics(cells, found);
      return found[k]!;
    };
    const interval = intervalOf(method, values, estimate, tail, () => bcaAcceleration(tables, single));
    if (!interval)
      return notDefined('every replicate lies on one side of the estimate, or a row left out leaves none');
    return {
      defined: true,
      ...interval,
      estimate,
      formulaId: `multinomial-bootstrap/${method}`,
      replicates,
      undefinedReplicates,
      seed,
      generator: RANDOM_KIND,
    };
  });
}

/** The defined values of each statistic, ascending. */
function replicatesOf(
  tables: readonly Cells[],
  count: number,
  statistics: CellStatistics,
  seed: number | string,
  replicates: number,
): Float64Array[] {
  const random = seededRandom(seed);
  const drawn = tables.map((cells) => new Array<number>(cells.length).fill(0));
  const columns = Array.from({ length: count }, () => new Float64Array(replicates));
  const defined = new Array<number>(count).fill(0);
  const values = new Float64Array(count);
  for (let r = 0; r < replicates; r++) {
    for (let t = 0; t < tables.length; t++) multinomialDrawInto(random, tables[t]!, drawn[t]!);
    statistics(drawn, values);
    for (let k = 0; k < count; k++) {
      const value = values[k]!;
      if (!Number.isNaN(value)) columns[k]![defined[k]!++] = value;
    }
  }
  return columns.map((column, k) => column.subarray(0, defined[k]).sort());
}

function intervalOf(
  method: BootstrapMethod,
  values: Float64Array,
  estimate: number,
  tail: number,
  acceleration: () => number,
): Interval | null {
  if (method !== 'bca') {
    const [low, high] = [quantile(values, tail), quantile(values, 1 - tail)];
    return method === 'percentile' ? { low, high } : { low: 2 * estimate - high, high: 2 * estimate - low };
  }
  const bias = normalQuantile(shareBelow(values, estimate));
  const a = acceleration();
  if (!Number.isFinite(bias) || Number.isNaN(a)) return null;
  const level = (z: number) => {
    const shifted = bias + z;
    const room = 1 - a * shifted;
    return room > 0 ? normalCdf(bias + shifted / room) : shifted > 0 ? 1 : 0;
  };
  const z = normalQuantile(tail);
  return { low: quantile(values, level(z)), high: quantile(values, level(-z)) };
}

/** The share of values below, counting equal ones half: statistics of counts tie often. */
function shareBelow(sorted: Float64Array, value: number): number {
  let [below, equal] = [0, 0];
  for (const one of sorted) {
    if (one < value) below++;
    else if (one === value) equal++;
  }
  return (below + equal / 2) / sorted.length;
}

/** R's type 7. */
function quantile(sorted: Float64Array, p: number): number {
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

/**
 * The acceleration of BCa by the jackknife, over cells instead of rows: rows of one cell leave the same behind. NaN where leaving one
 * out leaves nothing to count. Efron 1987; several samples as Efron and Tibshirani 1993, chapter 14.
 */
export function bcaAcceleration(tables: readonly Cells[], statistic: CellStatistic): number {
  let [cubes, squares] = [0, 0];
  tables.forEach((cells, t) => {
    const n = cells.reduce((sum, count) => sum + count, 0);
    const left = cells.map((count, k) => (count > 0 ? without(tables, t, k, statistic) : 0));
    const mean = cells.reduce((sum, count, k) => sum + count * left[k]!, 0) / n;
    cells.forEach((count, k) => {
      const influence = ((n - 1) * (mean - left[k]!)) / n;
      if (count === 0) return;
      cubes += count * influence ** 3;
      squares += count * influence ** 2;
    });
  });
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

function without(tables: readonly Cells[], t: number, k: number, statistic: CellStatistic): number {
  return statistic(
    tables.map((cells, table) => (table === t ? cells.map((n, cell) => (cell === k ? n - 1 : n)) : cells)),
  );
}
