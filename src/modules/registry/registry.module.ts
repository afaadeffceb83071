import { Module } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { DatasetsModule } from '../datasets/index.js';
import { ExperimentsModule } from '../experiments/index.js';
import { LineageModule } from '../lineage/index.js';
import { Champions } from './champions.js';
import { ModelReader } from './model.reader.js';
import { RegistryService } from './registry.service.js';
import { REGISTRY_RECORDS } from './registry.records.js';

@Module({
  imports: [LineageModule, DatasetsModule, ExperimentsModule],
  providers: [RegistryService, ModelReader, Champions],
  exports: [RegistryService, ModelReader, Champions],
})
export class RegistryModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...REGISTRY_RECORDS);
  }
}
