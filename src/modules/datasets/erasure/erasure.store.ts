import { Injectable } from '@nestjs/common';
import { Records, type RecordRef } from '../../../platform/audit/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { type Transaction, UnitOfWork } from '../../../platform/database/index.js';
import { JobTraces } from '../../../platform/queue/index.js';
import { BlobReferences, SealedFiles } from '../../../platform/storage/index.js';
import { lockGateInputs } from '../../sources/index.js';
import type { DatasetVersionView } from '../dataset-version.js';
import { DATASET_VERSION } from '../dataset.records.js';
import { CONSENT_WITHDRAWAL, SUBJECT_INDEX } from '../provenance/provenance.records.js';
import { WaitingRows } from '../live/waiting-rows.js';
import { SubjectIndex } from '../provenance/subject-index.js';
import type { PushPlan } from '../push-plan.js';
import { type PushResult, VersionStore } from '../version-store.js';
import { type ErasedSplit, type ErasedVersion, overtaken } from './erased-version.js';
import {
  checksOf,
  type Forgotten,
  forgetChecks,
  forgetProfiles,
  forgetRepeats,
  profilesOf,
} from './forget-findings.js';
import type { ComputedErasure } from './row-erasure.js';

/** What an erasure did to dataset versions. */
export interface StoredErasure {
  created: { after: string; version: PushResult }[];
  /** Files that nothing of these versions refers to any more. */
  digests: string[];
  /** To be attested by the entry of the erasure. */
  records: RecordRef[];
  profiles: number;
  checks: number;
  /** Rows that waited to be sampled. */
  waiting: number;
}

/** Puts what RowErasure made in the place of what was, and forgets the subject: everything or nothing. */
@Injectable()
export class ErasureStore {
  constructor(
    private readonly units: UnitOfWork,
    private readonly records: Records,
    private readonly traces: JobTraces,
    private readonly references: BlobReferences,
    private readonly sealedFiles: SealedFiles,
    private readonly subjects: SubjectIndex,
    private readonly versions: VersionStore,
    private readonly waiting: WaitingRows,
  ) {}

  /** Inside UnitOfWork.run. Throws ERASURE_OVERTAKEN, RECORD_ALTERED, and what `VersionStore.store` throws. */
  async store({
    subjectNo,
    pseudonym,
    lookup,
    introducedBy,
    versions,
    next,
  }: ComputedErasure): Promise<StoredErasure> {
    const tx = this.units.current();
    await lockGateInputs(tx, 'changing');
    const waiting = await this.waiting.erase(lookup);
    await this.traces.stop(versions.flatMap(({ version }) => [version.id, JSON.stringify(refOf(version))]));
    const introduction = await introducedIn(tx, introducedBy);
    const profiles = together(await inTurn(versions, (erased) => profilesOf(tx, erased)));
    // One check may read several of the versions.
    const checks = together(await inTurn(versions, (erased) => checksOf(tx, erased)));
    const records: RecordRef[] = [
      introduction,
      ...versions.map(({ version: { id } }) => ({ kind: DATASET_VERSION, id })),
      ...profiles.records,
      ...checks.records,
    ];
    // What is about to be attested anew has to be what was attested before.
    await this.records.require(records);
    await forgetProfiles(tx, this.references, profiles);
    await forgetChecks(tx, this.references, checks);
    const stored = await inTurn(versions, (erased) => this.storeVersion(tx, subjectNo, erased));
    const digests = [...profiles.digests, ...checks.digests, ...stored.flat()];
    const created: StoredErasure['created'] = [];
    for (const { after, ingested } of next) {
      await requireLatest(tx, after);
      const plan = planAfter(after, pseudonym);
      const version = await this.versions.store(plan, ingested, after);
      created.push({ after: refOf(after), version });
    }
    if (!(await this.subjects.forget(subjectNo))) throw overtaken(`subject ${pseudonym}`);
    return {
      created,
      digests,
      records,
      waiting,
      profiles: profiles.records.length,
      checks: checks.records.length,
    };
  }

  private async storeVersion(tx: Transaction, subjectNo: string, erased: ErasedVersion): Promise<string[]> {
    const { version, splits, classes } = erased;
    const sealed = version.splits.some((split) => split.sealed);
    await tx.execute('UPDATE dataset_version SET label_classes = $2, sealed_classes = $3 WHERE id = $1', [
      version.id,
      JSON.stringify(classes.open),
      sealed ? this.sealedFiles.sealValue(classes.all) : null,
    ]);
    for (const split of splits) await this.storeSplit(tx, subjectNo, version, split);
    const gone = [...erased.gone, ...(await forgetRepeats(tx, erased))];
    await this.references.release({ kind: 'datasetVersion', ids: [version.id], digests: gone });
    const joined = await tx.query<{ digest: string }>(
      'SELECT digest FROM joined_rows WHERE manifest_digest = ANY($1::text[])',
      [splits.map(({ before }) => before.manifest)],
    );
    return [...gone, ...joined.map(({ digest }) => digest)];
  }

  private async storeSplit(
    tx: Transaction,
    subjectNo: string,
    version: DatasetVersionView,
    { before, erased, manifest, chunks, label }: ErasedSplit,
  ): Promise<void> {
    const changed = await tx.query(
      `UPDATE dataset_split SET manifest_digest = $3, label_digest = $5
       WHERE id = $1 AND manifest_digest = $2 AND label_digest IS NOT DISTINCT FROM $4 RETURNING id`,
      [before.id, before.manifest, manifest.digest, before.label, label?.digest ?? null],
    );
    if (changed.length === 0) throw overtaken(`${refOf(version)}:${before.name}`);
    await tx.execute(
      'INSERT INTO erased_rows (dataset_version_id, split, subject_no, rows, created_by) VALUES ($1, $2, $3, $4, $5)',
      [version.id, before.name, subjectNo, erased, currentContext().actor.id],
    );
    const kept = [manifest, ...chunks, label].filter((blob) => blob !== null);
    await this.references.addAll(kept, { kind: 'datasetVersion', id: version.id });
  }
}

/** One after the other, as all of them use one transaction. */
async function inTurn<T>(versions: readonly ErasedVersion[], work: (erased: ErasedVersion) => Promise<T>) {
  const found: T[] = [];
  for (const erased of versions) found.push(await work(erased));
  return found;
}

/** Each record once. */
function together(parts: readonly Forgotten[]): Forgotten {
  const records = new Map(parts.flatMap((part) => part.records.map((record) => [record.id, record])));
  return { digests: parts.flatMap(({ digests }) => digests), records: [...records.values()] };
}

const refOf = ({ dataset, version }: DatasetVersionView) => `${dataset}@${version}`;

/** The record that holds the subject's row. */
async function introducedIn(tx: Transaction, id: string): Promise<RecordRef> {
  const index = await tx.query('SELECT FROM subject_index WHERE dataset_version_id = $1', [id]);
  return { kind: index.length > 0 ? SUBJECT_INDEX : CONSENT_WITHDRAWAL, id };
}

async function requireLatest(tx: Transaction, version: DatasetVersionView): Promise<void> {
  const [dataset] = await tx.query<{ latest: number }>(
    'SELECT latest_version AS latest FROM dataset WHERE id = $1 FOR UPDATE',
    [version.datasetId],
  );
  if (dataset?.latest !== version.version) throw overtaken(version.dataset);
}

function planAfter({ id, dataset, source }: DatasetVersionView, pseudonym: string): PushPlan {
  return {
    dataset,
    splits: [],
    splitBy: null,
    key: null,
    label: null,
    protected: [],
    group: null,
    time: null,
    declaredTypes: {},
    looks: 0,
    parentId: id,
    message: `without the rows of subject ${pseudonym}, which were erased`,
    source,
    sources: [],
    sourceColumn: null,
    subject: null,
  };
}
