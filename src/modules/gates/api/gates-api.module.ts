import { Module } from '@nestjs/common';
import { DatasetsModule } from '../../datasets/index.js';
import { EvaluationModule } from '../../evaluation/index.js';
import { LineageModule } from '../../lineage/index.js';
import { RegistryModule } from '../../registry/index.js';
import { GatesModule } from '../gates.module.js';
import { GateDecisionsController } from './gate-decisions.controller.js';
import { GateDecisionsResolver, ModelVersionGateDecisionsResolver } from './gate-decisions.resolver.js';
import { PoliciesController } from './policies.controller.js';
import { PoliciesResolver } from './policies.resolver.js';
import { PolicySchemaController } from './policy-schema.controller.js';
import { YamlBody } from './yaml-body.js';

/** The routes and fields of gates, for a process that serves. */
@Module({
  imports: [GatesModule, DatasetsModule, EvaluationModule, LineageModule, RegistryModule],
  controllers: [GateDecisionsController, PoliciesController, PolicySchemaController],
  providers: [GateDecisionsResolver, ModelVersionGateDecisionsResolver, PoliciesResolver, YamlBody],
})
export class GatesApiModule {}
