import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { DatasetsModule } from './modules/datasets/index.js';
import { DeploymentsModule } from './modules/deployments/index.js';
import { EvaluationModule } from './modules/evaluation/index.js';
import { ExperimentsModule } from './modules/experiments/index.js';
import { GatesModule } from './modules/gates/index.js';
import { LineageModule } from './modules/lineage/index.js';
import { RegistryModule } from './modules/registry/index.js';
import { SourcesModule } from './modules/sources/index.js';
import { SubjectsModule } from './modules/subjects/index.js';
import { AuditModule } from './platform/audit/index.js';
import { AuthModule } from './platform/auth/auth.module.js';
import { ConfigModule, type AssayConfig } from './platform/config/index.js';
import { DatabaseModule } from './platform/database/index.js';
import { DuckModule } from './platform/duckdb/index.js';
import { QueueModule } from './platform/queue/index.js';
import { StorageModule } from './platform/storage/index.js';
import { TelemetryModule } from './platform/telemetry/index.js';

/** What a process of Assay stands on. */
export interface Runtime {
  config: AssayConfig;
  /** Connection string of the application's own database role: neither superuser nor owner. */
  databaseUrl: string;
  /** Of the owner of its tables, where Assay runs the database itself. */
  ownerUrl?: string | undefined;
}

/**
 * The platform, then the modules in the order of the path of the data. A process that serves adds `API_MODULES`; jobs and workers
 * must not load what those import.
 */
@Module({})
export class AppModule {
  static register(runtime: Runtime, api: readonly Type[] = []): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.register(runtime.config),
        DatabaseModule.register(runtime.databaseUrl, runtime.ownerUrl),
        TelemetryModule,
        AuditModule,
        AuthModule,
        StorageModule,
        QueueModule,
        DuckModule,
        LineageModule,
        SourcesModule,
        DatasetsModule,
        ExperimentsModule,
        RegistryModule,
        EvaluationModule,
        GatesModule,
        DeploymentsModule,
        SubjectsModule,
        ...api,
      ],
    };
  }
}
