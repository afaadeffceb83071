import { withOpenFiles } from './open-files.js';

/** `npm start`, `assay serve`. */
await withOpenFiles(() => import('./serve.js'));
