import type { CheckFinding, CheckOutcome, CheckQuestion } from '../../../domain/quality/index.js';

/** What a check found in a version. It never changes, as the version does not. */
export interface CheckView extends CheckQuestion, CheckOutcome {
  id: string;
  datasetVersionId: string;
  /** The first of what fails. */
  first: CheckFinding[];
  /** SHA-256 over content id, question, outcome and findings. */
  digest: string;
  createdAt: Date;
  /** Name of the actor. */
  createdBy: string;
}
