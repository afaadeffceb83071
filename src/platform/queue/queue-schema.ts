import { runMigrations } from 'bullmq';
import pg from 'pg';
import { QUEUE_SCHEMA } from './queue-connection.js';

/**
 * Make or upgrade BullMQ's own tables, in the schema that is given to the application's role. Any number of processes may do
 * this at once: one does it, the others wait and find it done.
 */
export async function migrateQueue(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await runMigrations(withoutSchemas(client), QUEUE_SCHEMA);
  } finally {
    await client.end();
  }
}

type MigrationClient = Parameters<typeof runMigrations>[0];

// BullMQ begins with CREATE SCHEMA IF NOT EXISTS, which PostgreSQL refuses to a role that may make no schemas even where the
// schema is there already. Ours is, and the role shall make none.
function withoutSchemas(client: pg.Client): MigrationClient {
  const query = (text: string, values?: unknown[]) =>
    text.startsWith('CREATE SCHEMA') ? Promise.resolve({ rows: [] }) : client.query(text, values);
  return { query } as unknown as MigrationClient;
}
