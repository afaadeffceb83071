import type { ImportLimits } from './import-limits.js';
import type { ImportSource } from './import-source.js';
import type { ImportedResults } from './imported-results.js';

/** Reads one form of results. Throws InvalidInputError with a code of `IMPORT_CODES`. */
export type ResultReader = (source: ImportSource, limits: ImportLimits) => Promise<ImportedResults>;
