import { Module } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { DatasetsModule } from '../datasets/index.js';
import { LineageModule } from '../lineage/index.js';
import { RegistryModule } from '../registry/index.js';
import { Comparisons } from './comparisons.service.js';
import { EvaluationReader } from './evaluation.reader.js';
import { EvaluationStore } from './evaluation.store.js';
import { EvaluationsService } from './evaluations.service.js';
import { ExecutionService } from './execution/execution.service.js';
import { EvaluationImportsService } from './imports/evaluation-imports.service.js';
import { ImportedEvaluationReader } from './imports/imported-evaluation.reader.js';
import { IMPORTED_EVALUATION } from './imports/imported-evaluation.records.js';
import { ImportedEvaluationStore } from './imports/imported-evaluation.store.js';
import { CompareEvaluationsJob } from './jobs/compare-evaluations.job.js';
import { ComputeEvaluationJob } from './jobs/compute-evaluation.job.js';
import { ImportEvaluationJob } from './jobs/import-evaluation.job.js';
import { EVALUATION_RECORDS } from './evaluation.records.js';

@Module({
  imports: [LineageModule, DatasetsModule, RegistryModule],
  providers: [
    EvaluationsService,
    EvaluationReader,
    EvaluationStore,
    Comparisons,
    ComputeEvaluationJob,
    CompareEvaluationsJob,
    ExecutionService,
    EvaluationImportsService,
    ImportedEvaluationReader,
    ImportedEvaluationStore,
    ImportEvaluationJob,
  ],
  exports: [
    EvaluationsService,
    EvaluationReader,
    Comparisons,
    EvaluationImportsService,
    ImportedEvaluationReader,
  ],
})
export class EvaluationModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...EVALUATION_RECORDS, IMPORTED_EVALUATION);
  }
}
