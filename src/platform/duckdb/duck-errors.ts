import { UnavailableError } from '../errors/index.js';

/** What DuckDB throws, told apart where there is something to do about it. Other errors pass as they are. */
export function readable(error: unknown): unknown {
  const message = error instanceof Error ? error.message : '';
  if (/no space left on device|max_temp_directory_size/i.test(message)) {
    return new UnavailableError(
      'STORAGE_FULL',
      'a query ran out of disk space for its intermediate results',
      {
        remedy: 'free space under ASSAY_HOME and try again',
      },
    );
  }
  if (message.startsWith('Out of Memory Error')) {
    return new UnavailableError('MEMORY_EXHAUSTED', 'a query needed more memory than one job may use', {
      remedy: 'push the data in smaller splits, or raise ASSAY_DUCKDB_MEMORY_MB',
    });
  }
  return error;
}
