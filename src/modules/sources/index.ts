export { lockGateInputs } from './gate-inputs-lock.js';
export { SourceReader } from './source.reader.js';
export { DATA_SOURCE, SOURCE } from './source.records.js';
export type { SourceView } from './source.view.js';
export { SourcesModule } from './sources.module.js';
