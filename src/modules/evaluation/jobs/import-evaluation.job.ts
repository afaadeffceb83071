import { Readable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { canonicalJson } from '../../../domain/canonical/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { type BlobFacts, BlobStore } from '../../../platform/storage/index.js';
import { IMPORT_EVALUATION, type ImportPlan } from '../imports/evaluation-imports.service.js';
import { IMPORT_LIMITS } from '../imports/import-limits.js';
import { importReport } from '../imports/import-report.js';
import { sourceOfFile } from '../imports/import-source.js';
import { ImportedEvaluationStore } from '../imports/imported-evaluation.store.js';
import type { ImportedItem } from '../imports/imported-results.js';
import { readResults } from '../imports/read-results.js';

/** From a file of another tool to an imported evaluation. */
@Injectable()
export class ImportEvaluationJob implements JobDefinition, OnModuleInit {
  readonly kind = IMPORT_EVALUATION;

  constructor(
    private readonly registry: JobRegistry,
    private readonly blobs: BlobStore,
    private readonly store: ImportedEvaluationStore,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run({ modelVersionId, digest, format }: ImportPlan, job: JobContext): Promise<() => Promise<object>> {
    await job.progress(0, 'reading the file');
    const path = await this.blobs.localPath(digest);
    const source = await sourceOfFile(path, () => job.throwIfCancelled());
    const results = await readResults(source, { format });
    await job.progress(0.7, `computing from ${results.items.length} items`);
    const report = importReport(results);
    const items = results.items.length > 0 ? await this.keep(results.items, job) : null;
    return () => this.store.store(modelVersionId, digest, results, report, items);
  }

  /** One item a line, as canonical JSON, by task, item and trial: others can compute the same from it. */
  private async keep(items: readonly ImportedItem[], job: JobContext): Promise<BlobFacts> {
    const staged = await this.blobs.stage(Readable.from(lines(items, job)), {
      maxBytes: IMPORT_LIMITS.fileBytes,
    });
    await staged.commit();
    return { digest: staged.digest, size: staged.size };
  }
}

function* lines(items: readonly ImportedItem[], job: JobContext): Generator<Buffer> {
  for (const item of items) {
    job.throwIfCancelled();
    yield Buffer.from(`${canonicalJson(item)}\n`);
  }
}
