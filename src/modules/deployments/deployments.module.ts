import { Module } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { GatesModule } from '../gates/index.js';
import { LineageModule } from '../lineage/index.js';
import { RegistryModule } from '../registry/index.js';
import { DeploymentsReader } from './deployments.reader.js';
import { DeploymentsService } from './deployments.service.js';
import { DEPLOYMENT_RECORDS } from './deployment.records.js';

@Module({
  imports: [LineageModule, RegistryModule, GatesModule],
  providers: [DeploymentsService, DeploymentsReader],
  exports: [DeploymentsService, DeploymentsReader],
})
export class DeploymentsModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...DEPLOYMENT_RECORDS);
  }
}
