import { Injectable, type OnModuleInit } from '@nestjs/common';
import { planCheck, type CheckQuestion } from '../../../domain/quality/index.js';
import { Records } from '../../../platform/audit/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { BlobStore } from '../../../platform/storage/index.js';
import { checkedVersion, questionDigest, type CheckPlan } from '../checks/check-plan.js';
import { CheckReader } from '../checks/check.reader.js';
import { CheckStore, type Checked } from '../checks/check.store.js';
import { CHECK } from '../checks/checks.service.js';
import { loadRows, type ScannedSplit } from '../checks/load-rows.js';
import { runScan } from '../checks/run-scan.js';
import { writeFindings } from '../checks/write-findings.js';
import { DatasetReader } from '../dataset-reader.js';
import { DATASET_VERSION } from '../dataset.records.js';
import type { DatasetVersionView } from '../dataset-version.js';
import { SplitRows } from '../split-rows.js';

/** From a version's public columns to what its checks find. */
@Injectable()
export class DatasetCheckJob implements JobDefinition, OnModuleInit {
  readonly kind = CHECK;

  constructor(
    private readonly registry: JobRegistry,
    private readonly records: Records,
    private readonly reader: DatasetReader,
    private readonly rows: SplitRows,
    private readonly blobs: BlobStore,
    private readonly duck: Duck,
    private readonly checks: CheckReader,
    private readonly store: CheckStore,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run({ datasetVersionId, questions }: CheckPlan, job: JobContext): Promise<() => Promise<object>> {
    await this.records.require([{ kind: DATASET_VERSION, id: datasetVersionId }]);
    const version = await this.reader.byRef(datasetVersionId);
    const answered = await this.checks.byQuestions(datasetVersionId, questions);
    const known = new Set(
      answered.map(({ check, version: of, splits, parameters }) =>
        questionDigest({ check, version: of, splits, parameters }),
      ),
    );
    const open = questions.filter((question) => !known.has(questionDigest(question)));
    const checked: Checked[] = [];
    for (const [i, question] of open.entries()) {
      await job.progress(i / open.length, `checking ${question.check}`);
      checked.push(await this.check(version, question, job.signal));
    }
    return async () => {
      await this.store.store(version, checked);
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
    const splits: ScannedSplit[] = [];
    for (const name of question.splits) {
      const { rows } = version.splits.find((split) => split.name === name)!;
      splits.push({ name, rows, from: await this.rows.from(version.id, name) });
    }
    const { columns, key } = version.schema;
    return this.duck.with(async (db) => {
      const scan = await loadRows(db, splits, key, planned.reads);
      const outcome = await runScan(scan, { question, reads: planned.reads, columns });
      const { path, first } = await writeFindings(scan);
      const findings = path === null ? null : await this.blobs.putFile(path);
      return { question, outcome: { ...outcome, first }, findings };
    }, signal);
  }
}
