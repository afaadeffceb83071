import type { CheckFinding, CheckStatus, CheckUnit } from '../../../domain/quality/index.js';

/** What a check found in a version. It never changes, as the version does not. */
export interface CheckView {
  id: string;
  datasetVersionId: string;
  check: string;
  /** Of the check. */
  version: number;
  splits: string[];
  /** With every default written out. */
  parameters: Record<string, unknown>;
  status: CheckStatus;
  /** A sentence with the counts. */
  reason: string;
  unit: CheckUnit;
  failing: number;
  warnings: number;
  total: number;
  facts: Record<string, unknown>;
  /** The first of what fails. */
  first: CheckFinding[];
  /** SHA-256 over content id, question, outcome and findings. */
  digest: string;
  createdAt: Date;
  /** Name of the actor. */
  createdBy: string;
}
