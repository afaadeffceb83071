import { digestOf } from '../../../domain/canonical/index.js';
import type { ImportReport } from './import-report.js';
import type { ImportFormat, RunStatus } from './imported-results.js';

/** What was imported of one file for one model version, without its numbers. It never changes. */
export interface ImportedEvaluationView {
  id: string;
  modelVersionId: string;
  format: ImportFormat;
  formatVersion: string | null;
  /** What the tool calls the model. */
  reportedModel: string | null;
  status: RunStatus;
  /** `recomputed` where Assay computed from items, `reported` where the tool says totals alone. */
  level: 'reported' | 'recomputed';
  /** Tries at items. */
  items: number;
  /** One item a line, as canonical JSON; null where there are none. */
  itemsBlob: string | null;
  /** sha-256 of the file. */
  sourceDigest: string;
  /** Over all of this and the report. */
  digest: string;
  createdAt: Date;
  /** Name of the actor. */
  createdBy: string;
}

export const IMPORTED_COLUMNS = `
  e.id, e.model_version_id AS "modelVersionId", e.format, e.format_version AS "formatVersion",
  e.reported_model AS "reportedModel", e.status, e.level, e.items, e.items_blob AS "itemsBlob",
  e.source_digest AS "sourceDigest", e.digest, e.created_at AS "createdAt", e.created_by AS "createdBy"`;

type Digested = Omit<ImportedEvaluationView, 'id' | 'modelVersionId' | 'digest' | 'createdAt' | 'createdBy'>;

/** What `digest` is over: all that follows from the file. */
export function importDigest(facts: Digested, report: ImportReport): string {
  const { format, formatVersion, reportedModel, status, level, items, itemsBlob, sourceDigest } = facts;
  return digestOf({
    ...{ format, formatVersion, reportedModel, status, level, items, itemsBlob, sourceDigest },
    report,
  });
}
