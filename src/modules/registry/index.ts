export { RegistryModule } from './registry.module.js';
export { RegistryService, type NewModelVersion } from './registry.service.js';
export { CHAMPION, championId, MODEL_VERSION } from './registry.records.js';
export { ModelReader, type ModelView } from './model.reader.js';
export { Champions, type ChampionView } from './champions.js';
export { parseModelReference, type ModelReference } from './model-reference.js';
export type { ArtifactView, ModelVersionView } from './model-version.view.js';
