import './unheard-errors.js';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AssayConfig } from '../config/index.js';
import { DatabaseFiles } from './database-files.js';
import { UnitOfWork } from './unit-of-work.js';

/** The pool of the application's role, the unit of work over it, and the files below it where they are Assay's own. */
@Global()
@Module({})
export class DatabaseModule {
  static register(url: string, ownerUrl?: string): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [AssayConfig],
          useFactory: (config: AssayConfig) => ({
            type: 'postgres' as const,
            url,
            autoLoadEntities: true,
            synchronize: false,
            migrationsRun: false,
            poolSize: config.databasePool,
            applicationName: `assay ${process.pid}`,
            retryAttempts: 0,
            logging: false,
            extra: {
              // A statement or a forgotten transaction must not hold others up for ever.
              statement_timeout: 60_000,
              idle_in_transaction_session_timeout: 120_000,
              connectionTimeoutMillis: 15_000,
            },
          }),
        }),
      ],
      providers: [UnitOfWork, { provide: DatabaseFiles, useValue: new DatabaseFiles(ownerUrl) }],
      exports: [UnitOfWork, DatabaseFiles],
    };
  }
}
