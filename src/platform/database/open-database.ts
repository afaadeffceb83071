import type { AssayConfig } from '../config/index.js';
import type { Migrations } from './migrate.js';
import { type EmbeddedOptions, openEmbedded } from './open-embedded.js';
import { openYours } from './open-yours.js';
import type { OpenDatabase } from './opened-database.js';

export type OpenOptions = EmbeddedOptions;

/** A migrated database with its three roles: yours where DATABASE_URL names one, else the embedded one of the home. */
export async function openDatabase(
  config: AssayConfig,
  migrations: Migrations,
  options: OpenOptions,
): Promise<OpenDatabase> {
  return config.databaseUrl === undefined
    ? openEmbedded(config, migrations, options)
    : openYours(config, config.databaseUrl, migrations);
}
