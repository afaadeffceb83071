import { Module } from '@nestjs/common';
import { TelemetryModule } from '../telemetry.module.js';
import { TelemetryController } from './telemetry.controller.js';

/** The routes and fields of telemetry, for a process that serves. */
@Module({
  imports: [TelemetryModule],
  controllers: [TelemetryController],
})
export class TelemetryApiModule {}
