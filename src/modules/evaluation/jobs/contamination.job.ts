import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ContaminationQuestion } from '../../../domain/contamination/index.js';
import { Records } from '../../../platform/audit/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { BlobStore } from '../../../platform/storage/index.js';
import { DATASET_VERSION, DatasetReader, SplitRows, type DatasetVersionView } from '../../datasets/index.js';
import type { ContaminationPlan, SplitRef } from '../contamination/contamination-question.js';
import { ContaminationReader } from '../contamination/contamination.reader.js';
import { CONTAMINATION } from '../contamination/contamination.service.js';
import { ContaminationStore, type Counted } from '../contamination/contamination.store.js';
import { countContamination, type ReadSplit } from '../contamination/count-contamination.js';

/** From the public columns of tested and of training splits to how many rows they share. */
@Injectable()
export class ContaminationJob implements JobDefinition, OnModuleInit {
  readonly kind = CONTAMINATION;

  constructor(
    private readonly registry: JobRegistry,
    private readonly records: Records,
    private readonly versions: DatasetReader,
    private readonly rows: SplitRows,
    private readonly blobs: BlobStore,
    private readonly duck: Duck,
    private readonly counts: ContaminationReader,
    private readonly store: ContaminationStore,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run(plan: ContaminationPlan, job: JobContext): Promise<() => Promise<object>> {
    const { modelVersionId, datasetVersionId, questions } = plan;
    const asked = questions.map((question) => ({ datasetVersionId, question }));
    const known = await this.counts.byQuestions(asked);
    const open = questions.filter((_, i) => known[i] === null);
    const version = await this.versions.byRef(datasetVersionId);
    const ids = new Set(open.flatMap(({ against }) => against.map((source) => source.datasetVersionId)));
    await this.records.require([version.id, ...ids].map((id) => ({ kind: DATASET_VERSION, id })));
    const versions = await this.versions.byIds([version.id, ...ids]);
    const counted: Counted[] = [];
    for (const [i, question] of open.entries()) {
      const progress = (done: number) =>
        job.progress((i + done) / open.length, `comparing ${question.split}`);
      counted.push(await this.count(version, versions, question, progress, job.signal));
    }
    return async () => {
      await this.store.store(version, counted);
      const stored = await this.counts.byQuestions(asked);
      return {
        modelVersionId,
        datasetVersionId,
        counts: stored.flatMap((count) =>
          count === null ? [] : [{ contaminationCountId: count.id, split: count.split, ...totals(count) }],
        ),
      };
    };
  }

  private async count(
    version: DatasetVersionView,
    versions: ReadonlyMap<string, DatasetVersionView>,
    question: ContaminationQuestion,
    progress: (done: number) => Promise<void>,
    signal: AbortSignal,
  ): Promise<Counted> {
    const test = await this.read(versions, { datasetVersionId: version.id, split: question.split });
    const sources: ReadSplit[] = [];
    for (const source of question.against) sources.push(await this.read(versions, source));
    return this.duck.with(async (db) => {
      const { outcome, findings } = await countContamination(db, test, sources, progress);
      return { question, outcome, findings: findings === null ? null : await this.blobs.putFile(findings) };
    }, signal);
  }

  private async read(
    versions: ReadonlyMap<string, DatasetVersionView>,
    { datasetVersionId, split }: SplitRef,
  ): Promise<ReadSplit> {
    const version = versions.get(datasetVersionId)!;
    const { rows, sealed } = version.splits.find(({ name }) => name === split)!;
    const { columns } = version.schema;
    return {
      datasetVersionId,
      split,
      rows,
      sealed,
      columns,
      from: await this.rows.from(datasetVersionId, split),
    };
  }
}

const totals = ({
  rows,
  possible,
  total,
  entities,
  incomparable,
}: {
  rows: number;
  possible: number;
  total: number;
  entities: number | null;
  incomparable: number;
}) => ({ rows, possible, total, entities, incomparable });
