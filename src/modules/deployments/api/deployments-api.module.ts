import { Module } from '@nestjs/common';
import { GatesModule } from '../../gates/index.js';
import { LineageModule } from '../../lineage/index.js';
import { RegistryModule } from '../../registry/index.js';
import { DeploymentsModule } from '../deployments.module.js';
import { DeploymentsResolver, ModelVersionDeploymentsResolver } from './deployments.resolver.js';
import { DeploymentsController, PromotionsController } from './promotions.controller.js';

/** The routes and fields of deployments, for a process that serves. */
@Module({
  imports: [DeploymentsModule, GatesModule, LineageModule, RegistryModule],
  controllers: [DeploymentsController, PromotionsController],
  providers: [DeploymentsResolver, ModelVersionDeploymentsResolver],
})
export class DeploymentsApiModule {}
