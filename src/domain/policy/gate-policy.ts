import { TRAINING_SCOPES } from '../contamination/index.js';
import type { MetricName } from '../metrics/index.js';
import type { DeclaredSlice } from '../protocol/protocol-fields.js';

/** How a metric came to be known, weakest first. DESIGN section 5. */
export const EVIDENCE_LEVELS = ['reported', 'recomputed', 'executed'] as const;

export type EvidenceLevel = (typeof EVIDENCE_LEVELS)[number];

/** `bound`: the confidence bound decides. `point`: the estimate decides, without any error guarantee. */
export type DecideOn = 'bound' | 'point';

export type RuleKind =
  | 'metric'
  | 'compare'
  | 'crossDomain'
  | 'fairness'
  | 'contamination'
  | 'check'
  | 'sources'
  | 'liveSample';

/** The metrics that two models are compared by, row by row. */
export const COMPARED_METRICS = ['accuracy', 'auc', 'mae'] as const;
export type ComparedMetric = (typeof COMPARED_METRICS)[number];

export interface MetricParameters {
  metric: MetricName;
  split: string;
  /** Of the slices that the policy declares: only its rows count. */
  slice?: string;
  atLeast?: number;
  atMost?: number;
}

export interface CompareParameters {
  /** `champion` of the stage, or a pinned reference NAME@VERSION. */
  to: string;
  metric: ComparedMetric;
  split: string;
  /** How much worse than the baseline is still tolerated, on the metric's scale. */
  margin: number;
}

export interface CrossDomainParameters {
  metric: MetricName;
  /** The split that drops are measured against. */
  inDomain: string;
  worstAtLeast?: number;
  maxDrop?: number;
  minDomains: number;
}

export interface FairnessParameters {
  metric: string;
  split: string;
  attributes: string[];
  intersections: boolean;
  atMost?: number;
  atLeast?: number;
  /** Counts each rate's own denominator: positives for the true-positive rate. */
  minGroupSize: number;
  smallGroups: 'inconclusive' | 'exclude';
  /** Values that must be present, by attribute. */
  requireGroups?: Record<string, string[]>;
}

export interface ContaminationParameters {
  between: [string, string];
  /** How many rows of the second split may stand exactly in what was trained on. */
  exact: number;
  /** How many of its rows may be of an entity that stands there; absent: any. */
  entities?: number;
  /** Absent: `lineage`. */
  scope?: ContaminationScope;
}

/** What a contamination rule takes for trained on, from the least. */
export const CONTAMINATION_SCOPES = ['version', ...TRAINING_SCOPES] as const;
export type ContaminationScope = (typeof CONTAMINATION_SCOPES)[number];

export interface CheckParameters {
  /** Which check, as the registry of `domain/quality` names it. */
  id: string;
  /** In the order that counts. */
  splits: string[];
  /** Those that are not the defaults. */
  parameters: Record<string, unknown>;
  maxFailing: number;
}

export interface SourcesParameters {
  /** What the model is for: the scope of every source has to allow it. */
  purpose: string;
}

export interface LiveSampleParameters {
  /** The sampling plan, by the dataset that its samples become versions of. */
  plan: string;
  /** A duration: how long ago a row may last have been offered for the sample. */
  maxAge: string;
  /** Rows that the sample has at least. */
  minRows: number;
  /** How many columns may have drifted. */
  maxDrifted: number;
  /** Of the check parent-drift, those that are not as a sample is compared when it is taken. */
  parameters: Record<string, unknown>;
}

interface RuleBase {
  id: string;
  decideOn: DecideOn;
}

export type Rule = RuleBase &
  (
    | { type: 'metric'; parameters: MetricParameters }
    | { type: 'compare'; parameters: CompareParameters }
    | { type: 'crossDomain'; parameters: CrossDomainParameters }
    | { type: 'fairness'; parameters: FairnessParameters }
    | { type: 'contamination'; parameters: ContaminationParameters }
    | { type: 'check'; parameters: CheckParameters }
    | { type: 'sources'; parameters: SourcesParameters }
    | { type: 'liveSample'; parameters: LiveSampleParameters }
  );

export interface ProtocolTerms {
  positive?: string;
  threshold?: number;
  bins?: number;
  seed?: number;
  quantile?: number;
  /** The column whose equal values make rows hang together. */
  cluster?: string;
  /** Slices that rules may name. */
  slices?: DeclaredSlice[];
}

/** A policy that passed every check. Its normal form is what its digest names. */
export interface GatePolicy {
  name: string;
  stage: string | null;
  /** The dataset, NAME or NAME@VERSION, that models are judged on; null: any that was pushed by who may push policies. */
  dataset: string | null;
  /** How evaluations must have measured; what is left out, by its default. */
  protocol: ProtocolTerms;
  minLevel: EvidenceLevel;
  maxAgeSeconds: number;
  /** One-sided error level of each verdict, in (0, 0.5). */
  alpha: number;
  /** Looks at a sealed split after which its evidence no longer decides; null: the split's own budget alone. */
  looks: number | null;
  rules: Rule[];
}
