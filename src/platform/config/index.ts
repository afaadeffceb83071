export { AssayConfig, projectRoot } from './assay-config.js';
export { ConfigError } from './config-error.js';
export { ConfigModule } from './config.module.js';
export { prepareHome } from './prepare-home.js';
export { damagedSecret, secretFile } from './secret-file.js';
export { concealed, revealed, SecretText } from './secret-text.js';
export { Secrets } from './secrets.js';
export { VARIABLES } from './variables.js';
