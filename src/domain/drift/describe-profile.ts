import { DISTINCT_ERROR, estimateDistinct } from './distinct-sketch.js';
import { QuantileSketch } from './quantile-sketch.js';
import { registersOf, type StoredColumn } from './stored-profile.js';

const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
const BARS = 20;
const TOP = 20;

/** A column in numbers that a person reads and a chart draws. */
export interface ColumnSummary {
  column: string;
  type: string;
  kind: 'numeric' | 'categorical';
  rows: number;
  missing: number;
  /** Different values, estimated; exact where every category was counted. */
  distinct: number;
  /** Relative standard error of `distinct`; 0 where it is exact. */
  distinctError: number;
  numeric: {
    min: number | null;
    max: number | null;
    mean: number | null;
    /** Of the sample, divided by n - 1. */
    sd: number | null;
    notFinite: number;
    /** By share of rows below. */
    quantiles: { share: number; value: number }[];
    /** How far the share of rows below a quantile, or a bar's edge, may be off, always. */
    rankError: number;
    /** Bars of equal width from min to max: `edges` has one more than `counts`. Estimated from the sketch. */
    histogram: { edges: number[]; counts: number[] } | null;
  } | null;
  categorical: {
    top: { value: string; count: number }[];
    /** Rows with any other value. */
    others: number;
    lengths: { min: number; max: number; mean: number } | null;
  } | null;
}

export function describeColumn(stored: StoredColumn): ColumnSummary {
  const { column, type, kind, rows, missing, categorical } = stored;
  const exact = categorical?.others === 0 ? categorical.counts.length : null;
  return {
    ...{ column, type, kind, rows, missing },
    distinct: exact ?? Math.round(estimateDistinct(registersOf(stored))),
    distinctError: exact === null ? DISTINCT_ERROR : 0,
    numeric: describeNumeric(stored),
    categorical: describeCategorical(stored),
  };
}

function describeNumeric({ numeric }: StoredColumn): ColumnSummary['numeric'] {
  if (!numeric) return null;
  const { min, max, moments, notFinite } = numeric;
  const sketch = QuantileSketch.from(numeric.sketch);
  return {
    ...{ min, max, notFinite },
    mean: moments && moments.n > 0 ? moments.mean : null,
    sd: moments && moments.n > 1 ? Math.sqrt(moments.m2 / (moments.n - 1)) : null,
    quantiles: QUANTILES.flatMap((share) => {
      const value = sketch.quantile(share);
      return value === undefined ? [] : [{ share, value }];
    }),
    rankError: sketch.rankError,
    histogram: min === null || max === null ? null : histogramOf(sketch, min, max),
  };
}

function histogramOf(sketch: QuantileSketch, min: number, max: number) {
  const bars = min === max ? 1 : BARS;
  // Not min + k (max - min) / bars: that may overflow.
  const edges = Array.from({ length: bars + 1 }, (_, k) =>
    k === bars ? max : min * (1 - k / bars) + max * (k / bars),
  );
  const below = edges.map((edge, k) => (k === 0 ? 0 : k === bars ? 1 : sketch.cdf(edge)));
  const counts = below.slice(1).map((share, k) => Math.round((share - below[k]!) * sketch.n));
  return { edges, counts };
}

function describeCategorical({ rows, missing, categorical }: StoredColumn): ColumnSummary['categorical'] {
  if (!categorical) return null;
  const { counts, lengths } = categorical;
  const top = counts.slice(0, TOP).map(([value, count]) => ({ value, count }));
  const there = rows - missing;
  return {
    top,
    others: there - top.reduce((sum, { count }) => sum + count, 0),
    lengths: lengths && { min: lengths.min, max: lengths.max, mean: lengths.sum / there },
  };
}
