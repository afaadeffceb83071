import { Module } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { DatasetsModule } from '../datasets/index.js';
import { ExperimentsModule } from '../experiments/index.js';
import { LineageModule } from '../lineage/index.js';
import { ArtifactsController } from './api/artifacts.controller.js';
import { ModelVersionsResolver } from './api/model-versions.resolver.js';
import { ModelsController } from './api/models.controller.js';
import { ModelsResolver } from './api/models.resolver.js';
import {
  ChampionsResolver,
  DatasetVersionModelVersionsResolver,
  RunModelVersionsResolver,
} from './api/upstream-model-versions.resolver.js';
import { Champions } from './champions.js';
import { ModelReader } from './model.reader.js';
import { RegistryService } from './registry.service.js';
import { REGISTRY_RECORDS } from './registry.records.js';

@Module({
  imports: [LineageModule, DatasetsModule, ExperimentsModule],
  controllers: [ModelsController, ArtifactsController],
  providers: [
    RegistryService,
    ModelReader,
    Champions,
    ModelsResolver,
    ModelVersionsResolver,
    RunModelVersionsResolver,
    DatasetVersionModelVersionsResolver,
    ChampionsResolver,
  ],
  exports: [RegistryService, ModelReader, Champions],
})
export class RegistryModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...REGISTRY_RECORDS);
  }
}
