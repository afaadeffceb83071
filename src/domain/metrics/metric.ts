/** A number with what is known about it, or the reason why there is none. Undefined is never 0 and never passes. */
export type Metric = DefinedMetric | UndefinedMetric;

export interface DefinedMetric {
  defined: true;
  value: number;
  /** Two-sided 95 % interval, for display; null for a descriptive number. */
  ci: [number, number] | null;
  /** Rows (for a rate: its denominator) that the value rests on. */
  n: number;
  /** Formula of the value, then of its interval, by name: values of different formulas do not compare (`valueFormula`). */
  formulaId: string;
  /** Too few rows for the interval's approximation; the wider of two is shown. */
  smallSample?: boolean;
  /** Clusters of rows that the interval rests on, where the protocol names their column. */
  clusters?: number;
  /** How often more rows it takes than independent ones would, at least 1; of a metric whose interval knows clusters. */
  deff?: number;
}

export interface UndefinedMetric {
  defined: false;
  reason: string;
}

/** How intervals are made, as `formulaId` ends; the spread of rows or clusters may choose between them where the value is the same. */
const INTERVAL =
  /\/(no-interval|no-clustered-interval|wilson|korn-graubard|student(-clusters)?|(logit-delong\+)?hanley-mcneil|logit-delong|perfect-ranking|logit-of-positives|score-upper,.*|multinomial-.*)$/;

/** What a value is, however its interval was made: the same where two values compare. */
export function valueFormula({ formulaId }: Pick<DefinedMetric, 'formulaId'>): string {
  const shorter = formulaId.replace(INTERVAL, '');
  return shorter === formulaId ? formulaId : valueFormula({ formulaId: shorter });
}

/** Of `METRIC.ci`. */
export const DISPLAY_CONFIDENCE = 0.95;

export function undefinedMetric(reason: string): UndefinedMetric {
  return { defined: false, reason };
}

/** A one-sided 1 - alpha bound, or the reason why there is none. */
export type Bound =
  | { defined: true; value: number; method: string; smallSample: boolean }
  | { defined: false; reason: string };

/** Which way a requirement points: "at least the threshold" or "at most the threshold". */
export type Side = 'atLeast' | 'atMost';
