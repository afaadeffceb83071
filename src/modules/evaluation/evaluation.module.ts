import { Module } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { DatasetsModule } from '../datasets/index.js';
import { LineageModule } from '../lineage/index.js';
import { RegistryModule } from '../registry/index.js';
import { EvaluationImportsController } from './api/evaluation-imports.controller.js';
import { EvaluationsController } from './api/evaluations.controller.js';
import { EvaluationsResolver } from './api/evaluations.resolver.js';
import {
  ImportedEvaluationsResolver,
  ModelVersionImportsResolver,
} from './api/imported-evaluations.resolver.js';
import {
  DatasetVersionEvaluationsResolver,
  ModelVersionEvaluationsResolver,
} from './api/upstream-evaluations.resolver.js';
import { Comparisons } from './comparisons.service.js';
import { EvaluationReader } from './evaluation.reader.js';
import { EvaluationStore } from './evaluation.store.js';
import { EvaluationsService } from './evaluations.service.js';
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
  controllers: [EvaluationsController, EvaluationImportsController],
  providers: [
    EvaluationsService,
    EvaluationReader,
    EvaluationStore,
    Comparisons,
    ComputeEvaluationJob,
    CompareEvaluationsJob,
    EvaluationImportsService,
    ImportedEvaluationReader,
    ImportedEvaluationStore,
    ImportEvaluationJob,
    EvaluationsResolver,
    ImportedEvaluationsResolver,
    ModelVersionImportsResolver,
    ModelVersionEvaluationsResolver,
    DatasetVersionEvaluationsResolver,
  ],
  exports: [EvaluationsService, EvaluationReader, Comparisons],
})
export class EvaluationModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...EVALUATION_RECORDS, IMPORTED_EVALUATION);
  }
}
