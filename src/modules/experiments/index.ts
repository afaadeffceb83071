export { RUN } from './experiment.records.js';
export { ExperimentsModule } from './experiments.module.js';
export { ExperimentsService, type ExperimentView } from './experiments.service.js';
export { RunsService, type NewRun, type RunEntries, type RunInput } from './runs.service.js';
export { RunReader } from './run.reader.js';
export type { RunInputView, RunView } from './run.view.js';
export type { EndedRunStatus, RunStatus } from './run.state.js';
export type { MetricPoint } from './run-log.js';
