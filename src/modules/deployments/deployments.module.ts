import { Module } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { GatesModule } from '../gates/index.js';
import { LineageModule } from '../lineage/index.js';
import { RegistryModule } from '../registry/index.js';
import { DeploymentsResolver, ModelVersionDeploymentsResolver } from './api/deployments.resolver.js';
import { DeploymentsController, PromotionsController } from './api/promotions.controller.js';
import { DeploymentsReader } from './deployments.reader.js';
import { DeploymentsService } from './deployments.service.js';
import { DEPLOYMENT_RECORDS } from './deployment.records.js';

@Module({
  imports: [LineageModule, RegistryModule, GatesModule],
  controllers: [PromotionsController, DeploymentsController],
  providers: [DeploymentsService, DeploymentsReader, DeploymentsResolver, ModelVersionDeploymentsResolver],
  exports: [DeploymentsService, DeploymentsReader],
})
export class DeploymentsModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...DEPLOYMENT_RECORDS);
  }
}
