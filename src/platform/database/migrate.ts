import { DataSource, type MigrationInterface } from 'typeorm';

export type Migrations = (new () => MigrationInterface)[];

/** Any number, but the same for all who migrate. */
const LOCK = 4_650_001;

/**
 * Bring a database to the newest schema, as its owner, all or nothing. Several processes may start at once: one migrates,
 * the others wait and find nothing to do.
 */
export async function migrate(ownerUrl: string, migrations: Migrations): Promise<void> {
  const database = new DataSource({
    type: 'postgres',
    url: ownerUrl,
    migrations,
    migrationsTableName: 'schema_migration',
    poolSize: 2,
  });
  await database.initialize();
  const lock = database.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await refuseNewerSchema(database, migrations);
    await database.runMigrations({ transaction: 'all' });
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
    await lock.release();
    await database.destroy();
  }
}

/** Code older than the schema would write what the newer one does not expect. */
async function refuseNewerSchema(database: DataSource, migrations: Migrations): Promise<void> {
  const [found] = await database.query<{ present: boolean }[]>(
    `SELECT to_regclass('schema_migration') IS NOT NULL AS present`,
  );
  if (!found?.present) return;
  const known = new Set(migrations.map((migration) => new migration().name ?? migration.name));
  const applied = await database.query<{ name: string }[]>('SELECT name FROM schema_migration ORDER BY id');
  const unknown = applied.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Error(
      `This database was migrated by a newer Assay (${unknown.join(', ')}). Run that version, or restore a backup.`,
    );
  }
}
