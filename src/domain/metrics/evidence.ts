import type { Robustness } from '../generalisation/robustness.js';
import type { SliceSearch } from '../slices/worst-slices.js';
import type {
  AucStatistic,
  AveragePrecisionStatistic,
  ClusterMoments,
  EceStatistic,
  MeanStatistic,
} from '../statistics/index.js';
import type { RegressionEvidence } from './error-sums.js';

/** Counts of one cell of the full cross of all protected attributes. */
export interface GroupCell {
  /** Attribute -> value, for every protected attribute. */
  attributes: Record<string, string>;
  tp: number;
  fp: number;
  fn: number;
  tn: number;
  /** Confidence less outcome, summed over the rows in each bin of the reliability table; only where rows have scores. */
  calibration?: number[];
}

/** The groups that some protected attributes make, as clusters lie in them. */
export interface ClusterGroups {
  /** In alphabetical order. */
  attributes: string[];
  /** A cluster has rows of more than one group: then the rates of two groups may hang together. */
  shared: boolean;
  /** Groups with rows: the values of the attributes in their order, and the moments of tp, fp, fn, tn. */
  groups: { values: string[]; moments: ClusterMoments }[];
}

/** What clusters of rows say about means, rates and groups. JSON-serialisable. */
export interface ClusterEvidence {
  column: string;
  /** Clusters with rows. */
  count: number;
  /** Of tp, fp, fn, tn; where the problem is not binary, of right and wrong rows, which stand in place of tp and fp. */
  outcomes: ClusterMoments;
  /** Robust variances of the mean losses (CR1); null without scores or below 20 clusters. */
  losses: { logLoss: number; brier: number } | null;
  /** Of each protected attribute, and of all crossed: the groups that reports show. */
  groups: ClusterGroups[];
}

/**
 * Everything that a later decision needs of one split, without its rows: sufficient statistics. JSON-serialisable; its digest
 * names it.
 */
export interface SplitEvidence {
  n: number;
  /** Label classes in canonical order; binary: [negative, positive]. */
  classes: string[];
  /** The positive class of a binary problem; otherwise null. */
  positive: string | null;
  /** Counts [label][prediction], in the order of `classes`. */
  confusion: number[][];
  /** Null without scores, without both classes, or with more than two. */
  auc: AucStatistic | null;
  /** As `auc`; absent from evidence that is older than the metric. */
  averagePrecision?: AveragePrecisionStatistic | null;
  losses: { logLoss: MeanStatistic; brier: MeanStatistic } | null;
  ece: EceStatistic | null;
  /** Where labels are numbers: then there are no classes, and no counts of them. */
  regression?: RegressionEvidence;
  /** Empty without protected attributes, or with more than two classes. */
  groups: GroupCell[];
  /** Of declared slices, in the protocol's order; absent without any. */
  slices?: { name: string; where: string; evidence: SplitEvidence }[];
  /** Of a split that stress splits of the same evaluation are paired with. `n`: rows of every one of them. */
  robustness?: (Robustness & { n: number })[];
  /** Where errors are most frequent; absent where nobody asked. */
  search?: SliceSearch;
  /** Seeds every random number in what is derived from this evidence. Absent: 0. */
  seed?: number;
  /** Of rows that hang together by a column that the protocol names; absent where it names none. */
  clusters?: ClusterEvidence;
  /**
   * Random, hexadecimal; of sealed splits. Counts are few enough to guess: without it the digest of evidence, which everybody may
   * see, would give them away.
   */
  salt?: string;
}

/** What predictions are: names of classes, or numbers. */
export type Task = 'classification' | 'regression';

export function taskOf(evidence: Pick<SplitEvidence, 'regression'>): Task {
  return evidence.regression === undefined ? 'classification' : 'regression';
}

/** Why a binary-only number is missing. */
export function notBinary(evidence: SplitEvidence): string {
  return evidence.classes.length === 2
    ? 'the protocol names no positive class'
    : `defined for two classes, this split has ${evidence.classes.length}`;
}

/** tp, fp, fn, tn of a binary confusion matrix; null with more classes or none positive. */
export function binaryCounts(evidence: SplitEvidence): Omit<GroupCell, 'attributes' | 'calibration'> | null {
  if (evidence.classes.length !== 2 || evidence.positive === null) return null;
  const [[tn, fp], [fn, tp]] = evidence.confusion as [[number, number], [number, number]];
  return { tp, fp, fn, tn };
}
