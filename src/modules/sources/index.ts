export { lockGateInputs } from './gate-inputs-lock.js';
export { sourceNotFound } from './source.errors.js';
export { SourceReader } from './source.reader.js';
export { DATA_SOURCE, SOURCE } from './source.records.js';
export type { SourceTermsView, SourceView } from './source.view.js';
export { SourcesModule } from './sources.module.js';
export { SourcesService } from './sources.service.js';
