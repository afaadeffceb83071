import { Global, Module } from '@nestjs/common';
import { Metrics } from './metrics.service.js';
import { ReadinessService } from './readiness.service.js';

@Global()
@Module({
  providers: [Metrics, ReadinessService],
  exports: [Metrics, ReadinessService],
})
export class TelemetryModule {}
