import type { TrainingScope } from '../contamination/index.js';
import { canonicalJson } from '../canonical/index.js';
import type { Spending } from '../holdout/index.js';
import type { SplitEvidence } from '../metrics/index.js';
import type { SourceTerms } from '../provenance/index.js';
import type { MeanStatistic, PairedAuc } from '../statistics/index.js';
import type { ComparedMetric, ContaminationScope, EvidenceLevel } from './gate-policy.js';
import type { Hold } from './hold.js';

/** What a rule's result points at: the stored thing, and the digest of what was read from it. */
export interface EvidenceReference {
  kind: 'evaluation' | 'comparison' | 'datasetVersion' | 'datasetCheck' | 'contaminationCount' | 'source';
  id: string;
  digest: string;
}

/** What an evaluation found on one split. */
export interface SplitMeasurement {
  evaluationId: string;
  digest: string;
  level: EvidenceLevel;
  /** Seconds since it was computed, at the time of the decision. */
  ageSeconds: number;
  /** The number of this look at a sealed split; null on open ones. */
  look: number | null;
  /** What earlier looks at these rows told; null on open splits. */
  spending: Spending | null;
  /** How it was measured, and which of these fields the sender chose without being allowed to set policies. */
  protocol: {
    positive: string | null;
    threshold: number | 'median';
    bins: number;
    seed: number;
    /** Absent where there are classes. */
    quantile?: number;
    cluster?: string;
    chosen: string[];
  };
  evidence: SplitEvidence;
}

/** One split of the dataset version, evaluated or not. */
export interface SplitFacts {
  name: string;
  role: string;
  domain: string | null;
  sealed: boolean;
  /** How many the dataset version says that it has. */
  rows: number;
  /** Looks that the split's owner allowed; null where it is open. */
  budget: number | null;
  measurement: SplitMeasurement | null;
  /** Why there is no measurement, where it is not that nobody made one. */
  missing?: string;
}

/** Sufficient statistics of candidate (first) against baseline (second) on the same rows. */
export type PairedStatistic =
  | {
      metric: 'accuracy';
      n: number;
      /** Rows that only the candidate gets right, and rows that only the baseline does. */
      onlyCandidate: number;
      onlyBaseline: number;
      candidate: number;
      baseline: number;
    }
  | { metric: 'auc'; n: number; auc: PairedAuc }
  | PairedError;

/** Of the size of the candidate's error less that of the baseline's, row by row, and the means of both; in the label's unit. */
export interface PairedError {
  metric: 'mae';
  n: number;
  difference: MeanStatistic;
  candidate: number;
  baseline: number;
}

export interface ComparisonFacts {
  /** As the rule names it: `champion` or NAME@VERSION. */
  to: string;
  split: string;
  metric: ComparedMetric;
  /** The baseline's name and version; null when there is none. */
  baseline: { id: string; ref: string } | null;
  /** Why there is no statistic although there is a baseline. */
  missing: string | null;
  /** Present where it can never be had any more, as rows of the split were erased. */
  erased?: true;
  paired: (PairedStatistic & { id: string; digest: string; ageSeconds: number }) | null;
  /** All that were made, in the order of their ids, where which of them counts depends on sealed rows. Absent: that one. */
  considered?: { id: string; digest: string }[];
  /** Whether `missing` says something of sealed labels. */
  tellsLabels?: boolean;
}

export interface LeakageFacts {
  between: [string, string];
  /** Rows of the second split that stand exactly in the first, and the rows of the second; null: never counted. */
  exact: { rows: number; total: number } | null;
  datasetVersionId: string;
  digest: string;
  /** What the model was trained on by its lineage, the first split among it. Absent: nobody looked. */
  lineage?: LineageFacts;
}

/** Rows of a split in what a model version and those that it was made from were trained on. */
export interface LineageFacts {
  scope: TrainingScope;
  /** Whether entities were asked for. */
  ofEntities: boolean;
  /** Why it is not known what was trained on, or was not compared; null: all is known. */
  missing: string | null;
  count: {
    /** Null: it follows from what was counted when the version was pushed. */
    id: string | null;
    digest: string;
    /** Splits that were compared, NAME@VERSION:SPLIT with the rows that they share; none that share nothing. */
    where: string[];
    /** How many splits were compared. */
    sources: number;
    total: number;
    /** Certainly there, and no more than that. */
    rows: number;
    possible: number;
    /** Of an entity that is there; null: not counted. */
    entities: number | null;
    /** Splits without a column to compare. */
    incomparable: number;
  } | null;
  /** Why what was not counted never will be: rows were erased. */
  uncountable?: string;
}

/** What a check of the dataset version found. */
export interface CheckFacts {
  /** The question as `checkAsked` writes it: one text, of which no part can be lost. */
  asked: string;
  /** Null: nobody asked, or it cannot be asked; `missing` says which. */
  answer: {
    id: string;
    digest: string;
    status: 'passed' | 'failed' | 'undefined';
    /** The counts as a sentence. */
    reason: string;
    unit: string;
    failing: number;
    total: number;
    /** The first of what fails, as a sentence names it; none of a sealed split. */
    first: string[];
  } | null;
  missing: string | null;
}

/** A source of a dataset version, under the strictest of the terms that the version names and those that hold now. */
export interface SourceFacts extends SourceTerms {
  /** Of the revision that holds now. */
  id: string;
  digest: string;
  /** NAME@REVISION. */
  ref: string;
}

/** Where one of the dataset versions behind a decision comes from. */
export interface VersionSources {
  datasetVersionId: string;
  label: string;
  /** How many sources it names, beside the list of them: of neither can anything be lost unnoticed. */
  named: number;
  sources: SourceFacts[];
  /** Rows that name nobody, where it is known whom rows are about. */
  rowsWithoutSubject: number | 'unknown';
  /** Subjects of its rows whose consent was withdrawn. */
  withdrawn: number;
}

/** Every dataset version that the model was made of or is judged on, and what they came from. */
export interface ProvenanceFacts {
  /** How many of them led to the model. */
  trainedOn: number;
  datasetVersionIds: string[];
  versions: VersionSources[];
}

/** The newest sample of a plan that is a dataset version. */
export interface LiveSampleFacts {
  /** The question as `liveSampleAsked` writes it. */
  asked: string;
  /** Null: there is none; `missing` says why. */
  sample: {
    /** The dataset version that it became, NAME@VERSION. */
    datasetVersionId: string;
    ref: string;
    digest: string;
    rows: number;
    /** Seconds since a row was last offered for it, at the time of the decision. */
    ageSeconds: number;
    /** Whether all its rows were offered, and it was taken, with keys that may push policies. */
    trusted: boolean;
    /** What was found when it was compared. */
    drift: CheckFacts;
  } | null;
  missing: string | null;
}

/** Everything a decision is made from. Pure data: the same evidence and policy always give the same rules' results. */
export interface GateEvidence {
  subject: { modelVersionId: string; ref: string };
  splits: SplitFacts[];
  comparisons: ComparisonFacts[];
  leakage: LeakageFacts[];
  checks: CheckFacts[];
  /** Absent where no rule asks for any. */
  liveSamples?: LiveSampleFacts[];
  /** Null where no rule asks for it. */
  provenance: ProvenanceFacts | null;
  /** Why nothing may pass on this data, whatever it shows: it is not what the policy asks to be judged on. Null: nothing. */
  hold: Hold | null;
}

/** What a rule needs that is not on the splits themselves. */
export type EvidenceNeed =
  | { kind: 'comparison'; to: string; split: string; metric: ComparedMetric }
  | { kind: 'leakage'; between: [string, string]; scope: ContaminationScope; entities: boolean }
  | { kind: 'check'; check: string; splits: string[]; parameters: Record<string, unknown> }
  | { kind: 'liveSample'; plan: string; parameters: Record<string, unknown> }
  | { kind: 'provenance' };

/** What names a check in evidence. */
export function checkAsked({ check, splits, parameters }: Omit<CheckNeed, 'kind'>): string {
  return canonicalJson({ check, splits, parameters });
}

/** What names a live sample in evidence. */
export function liveSampleAsked({ plan, parameters }: Omit<LiveSampleNeed, 'kind'>): string {
  return canonicalJson({ plan, parameters });
}

export type ComparisonNeed = Extract<EvidenceNeed, { kind: 'comparison' }>;
export type LeakageNeed = Extract<EvidenceNeed, { kind: 'leakage' }>;
export type CheckNeed = Extract<EvidenceNeed, { kind: 'check' }>;
export type LiveSampleNeed = Extract<EvidenceNeed, { kind: 'liveSample' }>;
