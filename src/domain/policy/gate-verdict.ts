import type { Comparison, Slice } from './atom.js';
import type { EvidenceReference } from './gate-evidence.js';
import type { DecideOn, RuleKind } from './gate-policy.js';
import type { Verdict } from './verdict.js';

/** What one rule ended with, and everything needed to understand why. */
export interface RuleResult {
  id: string;
  type: RuleKind;
  verdict: Verdict;
  /** The deciding quantity; null where it has no value. */
  observed: number | null;
  threshold: number | null;
  comparison: Comparison | null;
  /** One-sided 1 - alpha bounds on either side of `observed`. */
  ci: [number, number] | null;
  /** The two-sided level of `ci`: 1 - 2 alpha. */
  level: number;
  /** One-sided level at which PASS was decided: below alpha where sealed rows were looked at. */
  passAlpha: number;
  n: number | null;
  slice: Slice;
  reason: string;
  /** What to do; null on PASS. */
  remedy: string | null;
  evidence: EvidenceReference[];
  decideOn: DecideOn;
  /** Splits that the numbers come from. */
  splits: string[];
  /** Holm's adjusted p-value of the deciding hypothesis over all of the decision; null where it is not a test. */
  adjustedP: number | null;
  /** Rows that would settle it at the observed value. */
  neededN: number | null;
  /** How many elementary hypotheses the rule has, and how they stand. */
  hypotheses: { total: number; cleared: number; rejected: number; undefined: number };
  caveats: string[];
  /** What keeps it undecided and tells nothing about sealed rows. */
  openHolds: { reason: string; remedy: string }[];
}

/** The outcome of a whole policy on one piece of evidence. */
export interface GateVerdict {
  verdict: Verdict;
  alpha: number;
  /** Hypotheses that Holm's correction counts. */
  hypotheses: number;
  rules: RuleResult[];
  caveats: string[];
}
