import { undefinedMetric } from '../metrics/metric.js';
import { kolmogorovSmirnov, type SmirnovP } from '../statistics/index.js';
import { occupiedCounts, type OccupiedCounts } from './binned-sample.js';
import type { ColumnProfile } from './column-profile.js';
import {
  cramersV,
  hellinger,
  jensenShannonBase2,
  jensenShannonNatural,
  lInfinity,
  psiJeffreys,
  psiRaw,
  totalVariation,
  type Distance,
} from './distances.js';
import type { DriftMeasure, DriftMeasured } from './drift-measure.js';
import { homogeneityP, psiP, type PValue } from './homogeneity.js';
import { sketchDistance } from './sketch-distance.js';
import { standardDeviation, wasserstein } from './wasserstein.js';

export interface DriftMethod {
  id: string;
  /** Raised whenever the numbers change for the same samples. */
  version: number;
  label: string;
  /** The kinds of column it is for. */
  kinds: readonly ('numeric' | 'categorical')[];
  /** What it needs of both profiles. */
  needs: 'binned' | 'values' | 'sketch';
  formulaId: string;
  /** The values its effect can take. */
  range: readonly [number, number];
  /** The effect from which a column has drifted, where nobody says otherwise, and whose custom that is. */
  threshold: number;
  thresholdSource: string;
  /** `seed` is that of the p-values that are drawn. */
  measure(reference: ColumnProfile, current: ColumnProfile, seed: number | string): DriftMeasure;
}

const EVIDENTLY = 'Evidently: default_threshold 0.1 of this distance';
const NANNYML = 'NannyML: an alert above 0.1 of this distance';

interface BinnedRecipe {
  id: string;
  label: string;
  formulaId: string;
  range: readonly [number, number];
  thresholdSource: string;
  distance: Distance;
  p?: (counts: OccupiedCounts, seed: number | string) => PValue;
}

/** A distance between counts over the reference's bins; the p-value is that of homogeneity unless it has its own. */
function binnedMethod({ distance, p = homogeneityP, ...entry }: BinnedRecipe): DriftMethod {
  return {
    ...entry,
    version: 1,
    kinds: ['numeric', 'categorical'],
    needs: 'binned',
    threshold: 0.1,
    measure(reference, current, seed) {
      if (!reference.binned || !current.binned) return undefinedMetric('no counts over bins were kept');
      const counts = occupiedCounts(reference.binned, current.binned);
      const { n, m } = counts;
      if (n === 0 || m === 0) return noRows(n);
      const effect = distance(counts);
      if (!Number.isFinite(effect))
        return undefinedMetric('a bin is empty on one side: psi_jeffreys is defined for such samples');
      const { p: value, method } = p(counts, seed);
      return measured(entry.formulaId, effect, [effect, effect], { p: value, method }, n, m);
    },
  };
}

function measured(
  formulaId: string,
  effect: number,
  range: [number, number],
  { p, method }: PValue,
  reference: number,
  current: number,
): DriftMeasured {
  return { defined: true, formulaId, effect, range, p, pMethod: method, n: { reference, current } };
}

function smirnov({ p, method }: SmirnovP): PValue {
  return { p, method: `smirnov-${method}` };
}

function noRows(reference: number): DriftMeasure {
  return undefinedMetric(
    `the ${reference === 0 ? 'reference' : 'current sample'} has no rows with a value to compare`,
  );
}

/** Both sides' values; a reason where there are none. */
function valuesOf(reference: ColumnProfile, current: ColumnProfile) {
  const [x, y] = [reference.values, current.values];
  if (!x || !y) return { missing: undefinedMetric('the values were not kept: compare sketches or bins') };
  if (x.length === 0 || y.length === 0) return { missing: noRows(x.length) };
  return { x, y, missing: null };
}

const ks: DriftMethod = {
  id: 'ks',
  version: 1,
  label: 'Kolmogorov-Smirnov distance',
  kinds: ['numeric'],
  needs: 'values',
  formulaId: 'kolmogorov-smirnov/two-sample',
  range: [0, 1],
  threshold: 0.1,
  thresholdSource: 'NannyML: an alert above 0.1 of the distance; Evidently decides by p alone, 0.05',
  measure(reference, current) {
    const { x, y, missing } = valuesOf(reference, current);
    if (missing) return missing;
    const { distance, ...p } = kolmogorovSmirnov(x, y);
    return measured(this.formulaId, distance, [distance, distance], smirnov(p), x.length, y.length);
  },
};

const ksSketch: DriftMethod = {
  ...ks,
  id: 'ks_sketch',
  label: 'Kolmogorov-Smirnov distance of sketches',
  needs: 'sketch',
  formulaId: 'kolmogorov-smirnov/quantile-sketches/p-at-lower-end',
  thresholdSource: 'as ks',
  measure(reference, current) {
    const [x, y] = [reference.sketch, current.sketch];
    if (!x || !y) return undefinedMetric('no quantile sketch was kept');
    if (x.n === 0 || y.n === 0) return noRows(x.n);
    const { d, error, ...p } = sketchDistance(x, y);
    return measured(
      this.formulaId,
      d,
      [Math.max(0, d - error), Math.min(1, d + error)],
      smirnov(p),
      x.n,
      y.n,
    );
  },
};

const wassersteinMethod: DriftMethod = {
  id: 'wasserstein',
  version: 1,
  label: "Wasserstein distance in the reference's standard deviations",
  kinds: ['numeric'],
  needs: 'values',
  formulaId: 'wasserstein-1/population-sd-of-reference/p-of-kolmogorov-smirnov',
  range: [0, Infinity],
  threshold: 0.1,
  thresholdSource: EVIDENTLY,
  measure(reference, current) {
    const { x, y, missing } = valuesOf(reference, current);
    if (missing) return missing;
    if (![x[0], x.at(-1), y[0], y.at(-1)].every(Number.isFinite))
      return undefinedMetric('a sample has infinite values');
    const unit = standardDeviation(x);
    if (unit === 0) return undefinedMetric('all values of the reference are equal: it has no spread');
    const effect = wasserstein(x, y) / unit;
    const p = smirnov(kolmogorovSmirnov(x, y));
    return measured(this.formulaId, effect, [effect, effect], p, x.length, y.length);
  },
};

/** Every way to measure drift. A new one is a new entry. */
export const DRIFT_METHODS: readonly DriftMethod[] = [
  binnedMethod({
    id: 'psi_jeffreys',
    label: 'population stability index, half a row added to each bin',
    formulaId: 'psi/jeffreys',
    range: [0, Infinity],
    thresholdSource: `Siddiqi 2006: from 0.1 slight, from 0.25 large; ${EVIDENTLY}`,
    distance: psiJeffreys,
    p: (counts, seed) => psiP(counts, psiJeffreys, seed),
  }),
  binnedMethod({
    id: 'psi_raw',
    label: 'population stability index',
    formulaId: 'psi/raw',
    range: [0, Infinity],
    thresholdSource: `Siddiqi 2006: from 0.1 slight, from 0.25 large; ${EVIDENTLY}`,
    distance: psiRaw,
    p: (counts, seed) => psiP(counts, psiRaw, seed),
  }),
  binnedMethod({
    id: 'js_natural',
    label: 'Jensen-Shannon distance, natural logarithm',
    formulaId: 'jensen-shannon-distance/natural',
    range: [0, Math.sqrt(Math.LN2)],
    thresholdSource: EVIDENTLY,
    distance: jensenShannonNatural,
  }),
  binnedMethod({
    id: 'js_base2',
    label: 'Jensen-Shannon distance, base 2',
    formulaId: 'jensen-shannon-distance/base-2',
    range: [0, 1],
    thresholdSource: NANNYML,
    distance: jensenShannonBase2,
  }),
  binnedMethod({
    id: 'hellinger',
    label: 'Hellinger distance',
    formulaId: 'hellinger',
    range: [0, 1],
    thresholdSource: EVIDENTLY,
    distance: hellinger,
  }),
  binnedMethod({
    id: 'total_variation',
    label: 'total variation distance',
    formulaId: 'total-variation',
    range: [0, 1],
    thresholdSource: 'the distance 0.1 of its neighbours; Evidently decides by p alone, 0.05',
    distance: totalVariation,
  }),
  binnedMethod({
    id: 'l_infinity',
    label: 'L-infinity distance',
    formulaId: 'l-infinity',
    range: [0, 1],
    thresholdSource: NANNYML,
    distance: lInfinity,
  }),
  binnedMethod({
    id: 'chi_squared',
    label: "Cramér's V of the two samples by bins",
    formulaId: 'cramers-v/equal-sizes/two-sample-homogeneity',
    range: [0, 1],
    thresholdSource: 'Cohen 1988: V = 0.1 is a small effect',
    distance: cramersV,
  }),
  ks,
  ksSketch,
  wassersteinMethod,
];

const BY_ID: ReadonlyMap<string, DriftMethod> = new Map(DRIFT_METHODS.map((method) => [method.id, method]));

/** Throws RangeError for a name that is not in the table. */
export function driftMethod(id: string): DriftMethod {
  const method = BY_ID.get(id);
  if (!method)
    throw new RangeError(
      `unknown drift method ${JSON.stringify(id)}, expected one of ${[...BY_ID.keys()].join(', ')}`,
    );
  return method;
}

/** One column by one method. Throws RangeError where the method is not for this kind of column, or the bins differ. */
export function measureDrift(
  method: DriftMethod,
  reference: ColumnProfile,
  current: ColumnProfile,
  seed: number | string = 0,
): DriftMeasure {
  for (const { column, kind } of [reference, current]) {
    if (!method.kinds.includes(kind))
      throw new RangeError(`${method.id} is for ${method.kinds.join(' and ')} columns, ${column} is ${kind}`);
  }
  return method.measure(reference, current, seed);
}
