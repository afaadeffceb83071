import { Injectable, type OnModuleInit } from '@nestjs/common';
import { fileOf, otherOf, planCheck, type CheckQuestion } from '../../../domain/quality/index.js';
import { Records } from '../../../platform/audit/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { BlobStore } from '../../../platform/storage/index.js';
import { checkedVersion, type CheckPlan } from '../checks/check-plan.js';
import { CheckReader } from '../checks/check.reader.js';
import { CheckStore, type Checked } from '../checks/check.store.js';
import { CHECK } from '../checks/checks.service.js';
import { loadRows } from '../checks/load-rows.js';
import type { ScannedVersion } from '../checks/other-version.js';
import { runScan } from '../checks/run-scan.js';
import { ScannedSplits } from '../checks/scanned-splits.js';
import { writeFindings } from '../checks/write-findings.js';
import { DatasetReader } from '../dataset-reader.js';
import { DATASET_VERSION } from '../dataset.records.js';
import type { DatasetVersionView } from '../dataset-version.js';
import { requireWhole } from '../require-whole.js';

/** From a version's public columns to what its checks find. */
@Injectable()
export class DatasetCheckJob implements JobDefinition, OnModuleInit {
  readonly kind = CHECK;

  constructor(
    private readonly registry: JobRegistry,
    private readonly records: Records,
    private readonly reader: DatasetReader,
    private readonly scanned: ScannedSplits,
    private readonly blobs: BlobStore,
    private readonly duck: Duck,
    private readonly checks: CheckReader,
    private readonly store: CheckStore,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run(
    { datasetVersionId, questions, files }: CheckPlan,
    job: JobContext,
  ): Promise<() => Promise<object>> {
    await this.records.require([{ kind: DATASET_VERSION, id: datasetVersionId }]);
    const version = await this.reader.byRef(datasetVersionId);
    const open = await this.checks.unanswered(datasetVersionId, questions);
    const checked: Checked[] = [];
    for (const [i, question] of open.entries()) {
      await job.progress(i / open.length, `checking ${question.check}`);
      checked.push(await this.check(version, question, job.signal));
    }
    return async () => {
      await this.store.store(version, checked, files ?? {});
      const stored = await this.checks.byQuestions(datasetVersionId, questions);
      return {
        datasetVersionId,
        checks: stored.map(({ id, check, splits, status, failing, total, reason, first }) => ({
          datasetCheckId: id,
          check,
          splits,
          status,
          failing,
          total,
          reason,
          first,
        })),
      };
    };
  }

  private async check(
    version: DatasetVersionView,
    question: CheckQuestion,
    signal: AbortSignal,
  ): Promise<Checked> {
    // What the service planned, planned again: the columns to read follow from the question.
    const planned = planCheck(question, checkedVersion(version));
    if (!planned.ok) throw new Error(`the question ${question.check} does not fit its version`);
    const splits = await this.scanned.of(version, question.splits);
    const other = await this.other(version, question);
    const { columns, key } = version.schema;
    const digest = fileOf(question);
    const keyed = columns.find(({ role }) => role === 'key');
    const file = digest !== null && keyed ? { path: await this.blobs.localPath(digest), key: keyed } : null;
    return this.duck.with(async (db) => {
      const scan = await loadRows(db, splits, key, planned.reads);
      const outcome = await runScan(scan, { question, reads: planned.reads, columns, other, file });
      const { path, first } = await writeFindings(scan);
      const findings = path === null ? null : await this.blobs.putFile(path);
      return { question, outcome: { ...outcome, first }, findings };
    }, signal);
  }

  /** The version that a question reads beside its own. */
  private async other(version: DatasetVersionView, question: CheckQuestion): Promise<ScannedVersion | null> {
    const named = otherOf(question);
    const ref = named && ('ref' in named ? named.ref : version.parentId);
    if (named === null || ref === null) return null;
    const other = await this.reader.byRef(ref);
    await this.records.require([{ kind: DATASET_VERSION, id: other.id }]);
    const read = other.splits.filter(({ name }) => named.splits?.includes(name) ?? true);
    if ('ref' in named)
      requireWhole(
        other,
        read.map(({ name }) => name),
      );
    const names = (isErased: boolean) =>
      read.filter(({ erased }) => erased > 0 === isErased).map(({ name }) => name);
    return {
      datasetVersionId: other.id,
      ref: `${other.dataset}@${other.version}`,
      contentId: other.contentId,
      columns: other.schema.columns,
      splits: await this.scanned.of(other, names(false)),
      erased: names(true),
    };
  }
}
