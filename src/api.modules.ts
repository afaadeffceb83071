import { DatasetsApiModule } from './modules/datasets/api/datasets-api.module.js';
import { DeploymentsApiModule } from './modules/deployments/api/deployments-api.module.js';
import { EvaluationApiModule } from './modules/evaluation/api/evaluation-api.module.js';
import { ExperimentsApiModule } from './modules/experiments/api/experiments-api.module.js';
import { GatesApiModule } from './modules/gates/api/gates-api.module.js';
import { LineageApiModule } from './modules/lineage/api/lineage-api.module.js';
import { RegistryApiModule } from './modules/registry/api/registry-api.module.js';
import { SourcesApiModule } from './modules/sources/api/sources-api.module.js';
import { SubjectsApiModule } from './modules/subjects/api/subjects-api.module.js';
import { AuditApiModule } from './platform/audit/api/audit-api.module.js';
import { AuthApiModule } from './platform/auth/api/auth-api.module.js';
import { GraphqlModule } from './platform/graphql/index.js';
import { HttpModule } from './platform/http/index.js';
import { QueueApiModule } from './platform/queue/api/queue-api.module.js';
import { StorageApiModule } from './platform/storage/api/storage-api.module.js';
import { TelemetryApiModule } from './platform/telemetry/api/telemetry-api.module.js';

/** REST and GraphQL: what only a process that serves loads, on top of `AppModule`. */
export const API_MODULES = [
  HttpModule,
  GraphqlModule,
  TelemetryApiModule,
  AuditApiModule,
  AuthApiModule,
  StorageApiModule,
  QueueApiModule,
  LineageApiModule,
  SourcesApiModule,
  DatasetsApiModule,
  ExperimentsApiModule,
  RegistryApiModule,
  EvaluationApiModule,
  GatesApiModule,
  DeploymentsApiModule,
  SubjectsApiModule,
];
