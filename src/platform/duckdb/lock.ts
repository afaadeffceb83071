import { sep } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './sql-text.js';

/** Close the database in: these folders, no network, no extensions, and no way to change it back. */
export async function lock(connection: DuckDBConnection, folders: string[]): Promise<void> {
  const allowed = folders.map((folder) => literal(folder + sep)).join(', ');
  for (const setting of [
    `allowed_directories = [${allowed}]`,
    // Of every connection, not of this one alone.
    `GLOBAL TimeZone = 'UTC'`,
    `enable_external_access = false`,
    `lock_configuration = true`,
  ]) {
    await connection.run(`SET ${setting}`);
  }
}
