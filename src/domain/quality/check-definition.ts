import type { ColumnType } from '../canonical/index.js';
import type { Fields } from '../policy/field.js';
import type { PolicyProblem } from '../policy/policy-problem.js';

/** A column of the version, as a check may name it. */
export interface CheckedColumn {
  name: string;
  type: ColumnType;
  role: 'key' | 'label' | 'protected' | 'group' | 'time' | 'feature';
}

export interface CheckedSplit {
  name: string;
  sealed: boolean;
  rows: number;
}

/** What a question is fitted to. */
export interface CheckedVersion {
  columns: readonly CheckedColumn[];
  /** In the order of the version. */
  splits: readonly CheckedSplit[];
}

/** Another version that a question reads, one that it names or the parent of the version that is asked; of its splits these, null: all. */
export type OtherVersion = ({ parent: true } | { ref: string }) & { splits: readonly string[] | null };

/** What is asked of a version: the same question, asked again, has the answer that is stored. Plain JSON. */
export interface CheckQuestion {
  check: string;
  /** Of the check. Another number, another answer. */
  version: number;
  /** In the order that counts. */
  splits: string[];
  /** With every default written out. */
  parameters: Record<string, unknown>;
}

/** What a check makes of its parameters on a version. */
export interface FittedCheck {
  parameters: Record<string, unknown>;
  /** Names of the columns that it reads. None of them is the label where a split is sealed. */
  reads: string[];
}

/** What is counted: rows, or what the check judges instead of them. */
export type CheckUnit = 'rows' | 'classes' | 'groups' | 'columns';

export type CheckStatus = 'passed' | 'failed' | 'undefined';

/** What a check found. `passed`: nothing failed. `undefined`: it cannot be told, and `reason` says why. */
export interface CheckOutcome {
  status: CheckStatus;
  /** A sentence with the counts. */
  reason: string;
  unit: CheckUnit;
  failing: number;
  /** What failed rules of severity `warning` alone: it is listed, and fails nothing. */
  warnings: number;
  /** Of how many. */
  total: number;
  /** What else was measured, by name. */
  facts: Record<string, unknown>;
}

/** One thing that fails: a row, or with `row` null what `detail` names. */
export interface CheckFinding {
  split: string;
  /** Row of the split as it is downloaded, from 1. */
  row: number | null;
  key: string | null;
  /** The row that it repeats, contradicts or is near to. */
  otherSplit: string | null;
  otherRow: number | null;
  otherKey: string | null;
  /** Which rule, column, class or group. */
  rule: string | null;
  detail: string | null;
  severity: 'error' | 'warning';
}

export interface CheckContext<P> {
  parameters: P;
  version: CheckedVersion;
  /** Those that the question names. */
  splits: readonly CheckedSplit[];
  /** Where a parameter's problem is reported, e.g. `parameters`. */
  path: string;
  problems: PolicyProblem[];
}

/** One kind of check. A new one is a file with one of these, a line in the registry, and a scan. */
export interface CheckDefinition<P = never> {
  id: string;
  version: number;
  description: string;
  /** Where the method and its defaults come from. */
  source: string;
  unit: CheckUnit;
  /** `pair`: two splits, the order counts. `each`: any number. `open`: any number, and never a sealed one, as it reads labels. */
  splits: 'pair' | 'each' | 'open';
  /** What a version must have. */
  needs: readonly ('label' | 'group' | 'time' | 'protected')[];
  fields: Fields;
  /** The parameter that holds the digest of an uploaded file, where the check can read one. */
  file?: string;
  /** Defaults that depend on the version, and the columns that are read. Problems go to the context. */
  fit(context: CheckContext<P>): FittedCheck;
  /** The other version that is read, beside the one that is asked, by fitted parameters and the splits of the question. */
  other?(parameters: P, splits: readonly string[]): OtherVersion;
  /** Whether the question fits the other version that it names. Problems go to the context. */
  fitOther?(context: CheckContext<P>, other: CheckedVersion): void;
}
