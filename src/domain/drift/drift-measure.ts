import type { UndefinedMetric } from '../metrics/metric.js';

/** How far a column's sample lies from its reference, and how surely that is no chance; or why nobody can tell. */
export type DriftMeasure = DriftMeasured | UndefinedMetric;

export interface DriftMeasured {
  defined: true;
  /** The formula by name: effects of different formulas do not compare. */
  formulaId: string;
  /** 0 for equal distributions. */
  effect: number;
  /** Where the true effect of these samples lies: wider than a point for sketches. */
  range: [number, number];
  /** Against "both samples come from one distribution"; Holm corrects it over columns. */
  p: number;
  pMethod: string;
  /** Rows of each that it rests on. */
  n: { reference: number; current: number };
}
