import type { RecordRef } from '../../../platform/audit/index.js';
import { digestOf } from '../../../domain/canonical/index.js';
import {
  type CheckFinding,
  type CheckOutcome,
  type CheckQuestion,
  fileOf,
} from '../../../domain/quality/index.js';
import type { Transaction } from '../../../platform/database/index.js';
import type { BlobReferences } from '../../../platform/storage/index.js';
import { DATASET_CHECK, DATASET_PROFILE } from '../dataset.records.js';
import type { ErasedVersion } from './erased-version.js';

/** What goes with rows that it shows or sums up: the files to remove, and the records that are to be attested anew. */
export interface Forgotten {
  digests: string[];
  records: RecordRef[];
}

type StoredOutcome = CheckOutcome & { first: CheckFinding[] };

/** Lists of repeated rows, by key. Their counts stay. Their record is the version's. */
export async function forgetRepeats(tx: Transaction, { version, splits }: ErasedVersion): Promise<string[]> {
  const names = splits.map(({ before }) => before.name);
  const found = await tx.query<{ digest: string }>(
    `SELECT findings_digest AS digest FROM dataset_repeat
     WHERE dataset_version_id = $1 AND findings_digest IS NOT NULL AND (in_split = ANY($2) OR found_in = ANY($2)) FOR UPDATE`,
    [version.id, names],
  );
  await tx.execute(
    'UPDATE dataset_repeat SET findings_digest = NULL WHERE dataset_version_id = $1 AND (in_split = ANY($2) OR found_in = ANY($2))',
    [version.id, names],
  );
  return found.map(({ digest }) => digest);
}

export async function profilesOf(tx: Transaction, { version, splits }: ErasedVersion): Promise<Forgotten> {
  const rows = await tx.query<{ id: string; digest: string }>(
    `SELECT id, profile_blob AS digest FROM dataset_profile
     WHERE dataset_version_id = $1 AND split = ANY($2) AND profile_blob IS NOT NULL FOR UPDATE`,
    [version.id, splits.map(({ before }) => before.name)],
  );
  return {
    digests: rows.map(({ digest }) => digest),
    records: rows.map(({ id }) => ({ kind: DATASET_PROFILE, id })),
  };
}

export async function forgetProfiles(
  tx: Transaction,
  references: BlobReferences,
  { records }: Forgotten,
): Promise<void> {
  const ids = records.map(({ id }) => id);
  await tx.execute('UPDATE dataset_profile SET profile_blob = NULL WHERE id = ANY($1::uuid[])', [ids]);
  await references.release({ kind: 'datasetProfile', ids });
}

/** Of the version, of those that came of it, and of any that was compared with it: what is found shows rows of both. */
export async function checksOf(tx: Transaction, { version }: ErasedVersion): Promise<Forgotten> {
  const rows = await tx.query<{ id: string; question: CheckQuestion; findings: string | null }>(
    `SELECT c.id, c.question, c.findings_blob AS findings FROM dataset_check c JOIN dataset_version v ON v.id = c.dataset_version_id
     WHERE c.dataset_version_id = $1 OR v.parent_id = $1
        OR strpos(c.question::text, $2) > 0 OR strpos(lower(c.question::text), lower($3)) > 0 FOR UPDATE OF c`,
    [version.id, version.id, `"${version.dataset}@${version.version}"`],
  );
  return {
    digests: rows.flatMap(({ question, findings }) => [findings ?? [], fileOf(question) ?? []].flat()),
    records: rows.map(({ id }) => ({ kind: DATASET_CHECK, id })),
  };
}

/** Their answers stand as undefined from here on: a rule that asks for one is inconclusive. */
export async function forgetChecks(
  tx: Transaction,
  references: BlobReferences,
  { records }: Forgotten,
): Promise<void> {
  const ids = records.map(({ id }) => id);
  const rows = await tx.query<{
    id: string;
    question: CheckQuestion;
    outcome: StoredOutcome;
    content: string;
  }>(
    `SELECT c.id, c.question, c.outcome, v.content_id AS content FROM dataset_check c
     JOIN dataset_version v ON v.id = c.dataset_version_id WHERE c.id = ANY($1::uuid[])`,
    [ids],
  );
  for (const { id, question, outcome, content } of rows) {
    const left: StoredOutcome = {
      ...outcome,
      status: 'undefined',
      reason: 'what it found was deleted, as rows that it read were erased with their subject',
      failing: 0,
      warnings: 0,
      facts: {},
      first: [],
    };
    const digest = digestOf({ contentId: content, question, outcome: left, findings: null });
    await tx.execute(
      `UPDATE dataset_check SET status = 'undefined', failing = 0, outcome = $2, findings_blob = NULL, digest = $3 WHERE id = $1`,
      [id, JSON.stringify(left), digest],
    );
  }
  await references.release({ kind: 'datasetCheck', ids });
}
