import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Records } from '../../../platform/audit/index.js';
import { Duck } from '../../../platform/duckdb/index.js';
import { type JobContext, type JobDefinition, JobRegistry } from '../../../platform/queue/index.js';
import { ScannedSplits } from '../checks/scanned-splits.js';
import { measureColumns } from '../checks/suggest/measure-columns.js';
import { SUGGEST_RULES } from '../checks/suggest/rule-suggestions.service.js';
import {
  suggestedRules,
  suggestibleColumns,
  type SuggestionPlan,
} from '../checks/suggest/suggestion-plan.js';
import { DatasetReader } from '../dataset-reader.js';
import { DATASET_VERSION } from '../dataset.records.js';

/** From a version's public columns to rules that it keeps. */
@Injectable()
export class DatasetSuggestRulesJob implements JobDefinition, OnModuleInit {
  readonly kind = SUGGEST_RULES;

  constructor(
    private readonly registry: JobRegistry,
    private readonly records: Records,
    private readonly reader: DatasetReader,
    private readonly duck: Duck,
    private readonly scanned: ScannedSplits,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async run({ datasetVersionId, splits }: SuggestionPlan, job: JobContext): Promise<() => Promise<object>> {
    await this.records.require([{ kind: DATASET_VERSION, id: datasetVersionId }]);
    const version = await this.reader.byRef(datasetVersionId);
    const read = await this.scanned.of(version, splits);
    const facts = await this.duck.with(
      (db) =>
        measureColumns(db, read, suggestibleColumns(version, splits), (fraction, message) =>
          job.progress(fraction, message),
        ),
      job.signal,
    );
    const suggested = suggestedRules(version, splits, facts);
    return () => Promise.resolve(suggested);
  }
}
