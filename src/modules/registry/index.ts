export { RegistryModule } from './registry.module.js';
export { CHAMPION, championId, MODEL_VERSION } from './registry.records.js';
export { ModelReader } from './model.reader.js';
export { Champions } from './champions.js';
export type { ModelVersionView } from './model-version.view.js';
