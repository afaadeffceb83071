import { Global, Module, type DynamicModule } from '@nestjs/common';
import { AssayConfig } from './assay-config.js';
import { Secrets } from './secrets.js';

@Global()
@Module({})
export class ConfigModule {
  static register(config: AssayConfig): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: AssayConfig, useValue: config },
        { provide: Secrets, useFactory: () => Secrets.open(config.home) },
      ],
      exports: [AssayConfig, Secrets],
    };
  }
}
