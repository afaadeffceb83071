import { Module } from '@nestjs/common';
import { DatasetsModule } from '../../datasets/index.js';
import { LineageModule } from '../../lineage/index.js';
import { RegistryModule } from '../../registry/index.js';
import { EvaluationModule } from '../evaluation.module.js';
import { AblationController } from './ablation.controller.js';
import { AblationResolver } from './ablation.resolver.js';
import { ContaminationController } from './contamination.controller.js';
import { ContaminationResolver } from './contamination.resolver.js';
import { ContinualController } from './continual.controller.js';
import { ContinualResolver } from './continual.resolver.js';
import { EvaluationImportsController } from './evaluation-imports.controller.js';
import { ImportedEvaluationsResolver, ModelVersionImportsResolver } from './imported-evaluations.resolver.js';
import { EvaluationsController } from './evaluations.controller.js';
import { EvaluationsResolver } from './evaluations.resolver.js';
import { ProtocolSchemaController } from './protocol-schema.controller.js';
import {
  DatasetVersionEvaluationsResolver,
  ModelVersionEvaluationsResolver,
} from './upstream-evaluations.resolver.js';

/** The routes and fields of evaluation, for a process that serves. */
@Module({
  imports: [EvaluationModule, DatasetsModule, LineageModule, RegistryModule],
  controllers: [
    EvaluationsController,
    EvaluationImportsController,
    ContinualController,
    AblationController,
    ContaminationController,
    ProtocolSchemaController,
  ],
  providers: [
    EvaluationsResolver,
    DatasetVersionEvaluationsResolver,
    ModelVersionEvaluationsResolver,
    ImportedEvaluationsResolver,
    ModelVersionImportsResolver,
    ContinualResolver,
    AblationResolver,
    ContaminationResolver,
  ],
})
export class EvaluationApiModule {}
