import { Module } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { DatasetsModule } from '../datasets/index.js';
import { ExperimentsModule } from '../experiments/index.js';
import { LineageModule } from '../lineage/index.js';
import { RegistryModule } from '../registry/index.js';
import { AblationService } from './ablation/ablation.service.js';
import { EvaluationCharts } from './evaluation-charts.service.js';
import { Comparisons } from './comparisons.service.js';
import { ContaminationReader } from './contamination/contamination.reader.js';
import { CONTAMINATION_COUNT } from './contamination/contamination.records.js';
import { ContaminationService } from './contamination/contamination.service.js';
import { ContaminationStore } from './contamination/contamination.store.js';
import { TrainingDataReader } from './contamination/training-data.reader.js';
import { ContinualService } from './continual/continual.service.js';
import { ScoreReader } from './continual/score.reader.js';
import { EvaluationErasure } from './evaluation-erasure.js';
import { EvaluationReader } from './evaluation.reader.js';
import { EvaluationStore } from './evaluation.store.js';
import { EvaluationsService } from './evaluations.service.js';
import { ExecutionService } from './execution/execution.service.js';
import { EvaluationImportsService } from './imports/evaluation-imports.service.js';
import { ImportedEvaluationReader } from './imports/imported-evaluation.reader.js';
import { IMPORTED_EVALUATION } from './imports/imported-evaluation.records.js';
import { ImportedEvaluationStore } from './imports/imported-evaluation.store.js';
import { AblationJob } from './jobs/ablation.job.js';
import { CompareEvaluationsJob } from './jobs/compare-evaluations.job.js';
import { ComputeEvaluationJob } from './jobs/compute-evaluation.job.js';
import { ContaminationJob } from './jobs/contamination.job.js';
import { EvaluationShardJob } from './jobs/evaluation-shard.job.js';
import { ImportEvaluationJob } from './jobs/import-evaluation.job.js';
import { EVALUATION_RECORDS } from './evaluation.records.js';

@Module({
  imports: [LineageModule, DatasetsModule, ExperimentsModule, RegistryModule],
  providers: [
    EvaluationsService,
    EvaluationReader,
    EvaluationCharts,
    EvaluationStore,
    EvaluationErasure,
    Comparisons,
    ComputeEvaluationJob,
    EvaluationShardJob,
    CompareEvaluationsJob,
    ExecutionService,
    EvaluationImportsService,
    ImportedEvaluationReader,
    ImportedEvaluationStore,
    ImportEvaluationJob,
    ScoreReader,
    ContinualService,
    AblationService,
    AblationJob,
    TrainingDataReader,
    ContaminationReader,
    ContaminationStore,
    ContaminationService,
    ContaminationJob,
  ],
  exports: [
    EvaluationsService,
    EvaluationErasure,
    EvaluationReader,
    EvaluationCharts,
    Comparisons,
    EvaluationImportsService,
    ImportedEvaluationReader,
    ContinualService,
    AblationService,
    TrainingDataReader,
    ContaminationReader,
    ContaminationService,
  ],
})
export class EvaluationModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...EVALUATION_RECORDS, IMPORTED_EVALUATION, CONTAMINATION_COUNT);
  }
}
