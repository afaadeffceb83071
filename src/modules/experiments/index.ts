export { RUN } from './experiment.records.js';
export { ExperimentsModule } from './experiments.module.js';
export type { RunInput } from './runs.service.js';
export { RunReader } from './run.reader.js';
export type { RunView } from './run.view.js';
export type { RunStatus } from './run.state.js';
export type { MetricPoint } from './run-log.js';
