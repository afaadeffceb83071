export { createLogger, NestLogger } from './logger.js';
export { Metrics } from './metrics.service.js';
export { ReadinessService } from './readiness.service.js';
export { TelemetryModule } from './telemetry.module.js';
