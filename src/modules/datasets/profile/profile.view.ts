import type { ColumnSummary } from '../../../domain/drift/index.js';

/** A split's columns, summarised. It never changes, as the version does not. */
export interface ProfileView {
  id: string;
  datasetVersionId: string;
  split: string;
  rows: number;
  /** SHA-256 of the stored sketches. */
  digest: string;
  columns: ColumnSummary[];
  createdAt: Date;
  /** Name of the actor. */
  createdBy: string;
}
