import { Injectable } from '@nestjs/common';
import { Secrets } from '../../../platform/config/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import type { JobContext } from '../../../platform/queue/index.js';
import { Records } from '../../../platform/audit/index.js';
import { DatasetReader } from '../dataset-reader.js';
import type { DatasetVersionView } from '../dataset-version.js';
import { DATASET_VERSION } from '../dataset.records.js';
import type { IngestedDataset } from '../ingest/ingest-dataset.js';
import { SubjectIndex } from '../provenance/subject-index.js';
import { VersionDeriver } from './derive-version.js';
import { VersionEraser } from './erase-version.js';
import type { ErasedVersion } from './erased-version.js';

/** All that an erasure changes in dataset versions. Its blobs are stored; no row says so yet. */
export interface ComputedErasure {
  subjectNo: string;
  pseudonym: string;
  lookup: Buffer;
  /** What spoke of the subject first: a dataset version or a withdrawal. */
  introducedBy: string;
  versions: ErasedVersion[];
  /** The version that comes after each that was the latest of its dataset. */
  next: { after: DatasetVersionView; ingested: IngestedDataset }[];
}

/** Finds a subject's rows, and makes everything that is to stand in place of what holds them. */
@Injectable()
export class RowErasure {
  constructor(
    private readonly units: UnitOfWork,
    private readonly secrets: Secrets,
    private readonly records: Records,
    private readonly datasets: DatasetReader,
    private readonly subjects: SubjectIndex,
    private readonly eraser: VersionEraser,
    private readonly deriver: VersionDeriver,
  ) {}

  /** Null: the subject is forgotten already. Throws what VersionEraser and VersionDeriver throw, and RECORD_ALTERED. */
  async compute(subjectNo: string, job: JobContext): Promise<ComputedErasure | null> {
    const subject = await this.subjects.byNo(subjectNo);
    if (!subject) return null;
    const { pseudonym, introducedBy } = subject;
    const lookup = subject.lookup.toString('hex');
    const projectKey = this.secrets.projectSubjectKey(currentContext().projectId);
    const counts = new Map<string, Map<string, number>>();
    for (const { datasetVersionId, split, rows } of await this.subjects.where(subjectNo)) {
      const of = counts.get(datasetVersionId) ?? new Map<string, number>();
      counts.set(datasetVersionId, of.set(split, rows));
    }
    const views = await this.datasets.byIds([...counts.keys()]);
    await this.records.require([...counts.keys()].map((id) => ({ kind: DATASET_VERSION, id })));
    // The next version is without the rows of everybody who withdrew: pushed, they would be refused.
    const { withdrawn } = await this.subjects.terms();
    const without = { lookups: new Set([...withdrawn, lookup]), projectKey };
    const latest = await this.latestAmong([...counts.keys()]);
    const computed: ComputedErasure = {
      subjectNo,
      pseudonym,
      lookup: subject.lookup,
      introducedBy,
      versions: [],
      next: [],
    };
    for (const [i, [id, splits]] of [...counts].entries()) {
      const version = views.get(id)!;
      await job.progress(i / counts.size, `erasing from ${version.dataset}@${version.version}`);
      if (latest.has(id)) {
        const ingested = await this.deriver.derive(version, without, job.signal);
        computed.next.push({ after: version, ingested });
      }
      computed.versions.push(await this.eraser.erase(version, splits, lookup, projectKey, job.signal));
    }
    return computed;
  }

  private async latestAmong(ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.units.read((tx) =>
      tx.query<{ id: string }>(
        `SELECT v.id FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id AND d.latest_version = v.version
         WHERE v.id = ANY($1::uuid[])`,
        [ids],
      ),
    );
    return new Set(rows.map(({ id }) => id));
  }
}
