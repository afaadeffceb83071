import { Global, Module } from '@nestjs/common';
import { Metrics } from './metrics.service.js';
import { ReadinessService } from './readiness.service.js';
import { TelemetryController } from './telemetry.controller.js';

@Global()
@Module({
  controllers: [TelemetryController],
  providers: [Metrics, ReadinessService],
  exports: [Metrics, ReadinessService],
})
export class TelemetryModule {}
