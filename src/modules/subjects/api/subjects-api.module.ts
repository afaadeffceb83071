import { Module } from '@nestjs/common';
import { DatasetsModule } from '../../datasets/index.js';
import { LineageModule } from '../../lineage/index.js';
import { SubjectsModule } from '../subjects.module.js';
import { ConsentController } from './consent.controller.js';
import {
  DatasetVersionConsentResolver,
  EvaluationConsentResolver,
  ModelVersionConsentResolver,
  RunConsentResolver,
} from './consent.resolver.js';
import { SubjectsController } from './subjects.controller.js';
import { SubjectsResolver } from './subjects.resolver.js';

/** The routes and fields of subjects and their consent, for a process that serves. */
@Module({
  imports: [SubjectsModule, DatasetsModule, LineageModule],
  controllers: [SubjectsController, ConsentController],
  providers: [
    SubjectsResolver,
    DatasetVersionConsentResolver,
    RunConsentResolver,
    ModelVersionConsentResolver,
    EvaluationConsentResolver,
  ],
})
export class SubjectsApiModule {}
