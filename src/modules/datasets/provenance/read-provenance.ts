import type { DuckSession } from '../../../platform/duckdb/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import type { RowsFile } from '../ingest/rows-file.js';
import type { PushPlan } from '../push-plan.js';
import { readSources, type RowsBySource } from './read-sources.js';
import { readSubjects, type ReadSubjects, type SubjectTerms } from './read-subjects.js';

/** What rows say of where they come from and whom they are about; null where the push names no column for it. */
export interface ReadProvenance {
  sources: { column: string; rows: RowsBySource } | null;
  subjects: ReadSubjects | null;
}

/** `terms`: null where no subject column is named. */
export async function readProvenance(
  db: DuckSession,
  files: readonly RowsFile[],
  columns: readonly DatasetColumn[],
  plan: Pick<PushPlan, 'sourceColumn' | 'subject'>,
  terms: SubjectTerms | null,
): Promise<ReadProvenance> {
  // Plans from before there were such columns say nothing of them.
  const { sourceColumn = null, subject = null } = plan as Partial<typeof plan>;
  const sources =
    sourceColumn === null
      ? null
      : { column: sourceColumn, rows: await readSources(db, files, columns, sourceColumn) };
  if (subject === null) return { sources, subjects: null };
  if (terms === null) throw new Error('subjects are read without a key');
  return { sources, subjects: await readSubjects(db, files, columns, subject, terms) };
}
