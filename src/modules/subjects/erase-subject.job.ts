import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import {
  type JobContext,
  type JobDefinition,
  JobRegistry,
  JobTraces,
  Outbox,
} from '../../platform/queue/index.js';
import { UsedUploads } from '../../platform/storage/index.js';
import { type ComputedErasure, ErasureStore, RowErasure } from '../datasets/index.js';
import { EvaluationErasure } from '../evaluation/index.js';
import { ERASE_SUBJECT, type ErasurePlan } from './erasure-plan.js';
import type { ErasureReport } from './erasure-report.js';
import { SubjectsService } from './subjects.service.js';

/** Action and topic. */
export const SUBJECT_ERASED = 'subject.erased';

/** Takes a subject's rows out of everything that is stored, and forgets the subject. */
@Injectable()
export class EraseSubjectJob implements JobDefinition, OnModuleInit {
  readonly kind = ERASE_SUBJECT;

  constructor(
    private readonly registry: JobRegistry,
    private readonly units: UnitOfWork,
    private readonly rows: RowErasure,
    private readonly store: ErasureStore,
    private readonly evaluations: EvaluationErasure,
    private readonly traces: JobTraces,
    private readonly uploads: UsedUploads,
    private readonly subjects: SubjectsService,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run({ subjectNo, pseudonym }: ErasurePlan, job: JobContext): Promise<() => Promise<object>> {
    const computed = await this.rows.compute(subjectNo, job);
    if (computed === null) return () => Promise.resolve({ pseudonym, alreadyErased: true });
    return () => this.erase(computed);
  }

  private async erase(computed: ComputedErasure): Promise<ErasureReport> {
    const { pseudonym, versions } = computed;
    const touched = versions.map(({ version, splits }) => ({
      id: version.id,
      splits: splits.map(({ before }) => before.name),
    }));
    const ids = touched.map(({ id }) => id);
    const stored = await this.store.store(computed);
    const evidence = await this.evaluations.forget(touched);
    const uploads = await this.traces.uploadsFor(ids);
    for (const id of uploads.sort()) await this.uploads.useUp(id, 'erasure');
    const jobs = await this.traces.forget(ids);
    const digests = [...new Set([...stored.digests, ...evidence.digests])];
    const kept = await this.stillInUse(digests);
    await this.uploads.discard(digests);
    const remaining = await this.subjects.restingOn(ids);
    const report: ErasureReport = {
      pseudonym,
      alreadyErased: false,
      erased: versions.flatMap(({ version, splits }) =>
        splits.map(({ before, erased }) => ({
          datasetVersion: `${version.dataset}@${version.version}`,
          split: before.name,
          rows: erased,
        })),
      ),
      created: stored.created.map(({ after, version: { dataset, version, contentId } }) => ({
        after,
        datasetVersion: `${dataset}@${version}`,
        contentId,
      })),
      deleted: {
        files: digests.length - kept,
        profiles: stored.profiles,
        checks: stored.checks,
        evaluationsPredictions: evidence.evaluations,
        contaminationFindings: evidence.contaminationCounts,
        uploads: uploads.length,
        jobAnswers: jobs,
        waitingRows: stored.waiting,
      },
      remaining: { filesInUse: kept, ...remaining },
    };
    await this.audit.record({
      action: SUBJECT_ERASED,
      subject: { kind: 'subject', id: pseudonym },
      body: { ...report },
      records: [...stored.records, ...evidence.records],
    });
    await this.outbox.publish(SUBJECT_ERASED, { pseudonym });
    return report;
  }

  /** Files that somebody else refers to: the same rows, in versions that do not say whom they are about. */
  private async stillInUse(digests: readonly string[]): Promise<number> {
    const [row] = await this.units
      .current()
      .query<{ count: number }>(
        'SELECT count(*)::integer AS count FROM unnest($1::text[]) d WHERE blob_in_use(d)',
        [digests],
      );
    return row!.count;
  }
}
