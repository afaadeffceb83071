import { withOpenFiles } from './open-files.js';

/** `assay worker`. */
await withOpenFiles(() => import('./work.js'));
