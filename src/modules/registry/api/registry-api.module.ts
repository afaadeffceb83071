import { Module } from '@nestjs/common';
import { DatasetsModule } from '../../datasets/index.js';
import { ExperimentsModule } from '../../experiments/index.js';
import { LineageModule } from '../../lineage/index.js';
import { RegistryModule } from '../registry.module.js';
import { ArtifactsController } from './artifacts.controller.js';
import { ModelVersionsResolver } from './model-versions.resolver.js';
import { ModelsController } from './models.controller.js';
import { ModelsResolver } from './models.resolver.js';
import {
  ChampionsResolver,
  DatasetVersionModelVersionsResolver,
  RunModelVersionsResolver,
} from './upstream-model-versions.resolver.js';

/** The routes and fields of registry, for a process that serves. */
@Module({
  imports: [RegistryModule, DatasetsModule, ExperimentsModule, LineageModule],
  controllers: [ArtifactsController, ModelsController],
  providers: [
    ModelVersionsResolver,
    ModelsResolver,
    ChampionsResolver,
    DatasetVersionModelVersionsResolver,
    RunModelVersionsResolver,
  ],
})
export class RegistryApiModule {}
