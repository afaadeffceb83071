import { createHash } from 'node:crypto';
import { createPostgresBackend, type QueueOptions, setDefaultBackendFactory } from 'bullmq';
import type { DataSource } from 'typeorm';
import type { AssayConfig } from '../config/index.js';

/** The one queue. Its jobs carry ids alone; the rows of `job` are the truth. */
export const QUEUE = 'assay';

/** The PostgreSQL schema in which BullMQ keeps its own tables. */
export const QUEUE_SCHEMA = 'queue';

/** Each queue and worker has a pool of its own, next to the one connection on which it listens. */
const MAX_CONNECTIONS = 2;

/** After Redis was away, however long, it is found again this soon. BullMQ's own patience grows to 20 seconds. */
const RECONNECT_WITHIN_MS = 1_000;
/** Redis answers within milliseconds. A worker asks for jobs with a longer patience of BullMQ's own. */
const SENDER_PATIENCE_MS = 5_000;
/** Silence after which the system asks whether the other end is still there. */
const KEEP_ALIVE_MS = 10_000;

/**
 * Where the queue lives: Redis when REDIS_URL says so, else the PostgreSQL that holds everything else. Sets BullMQ's back end
 * for this process. Who sends fails at once while Redis is away, and sends again from the outbox; who works waits.
 */
export async function queueConnection(
  config: AssayConfig,
  database: DataSource,
  role: 'send' | 'work',
): Promise<QueueOptions> {
  if (config.redisUrl !== undefined) {
    setDefaultBackendFactory();
    const patience =
      role === 'send'
        ? { maxRetriesPerRequest: 0, enableOfflineQueue: false, socketTimeout: SENDER_PATIENCE_MS }
        : { maxRetriesPerRequest: null };
    const retryStrategy = (times: number) => Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_WITHIN_MS);
    return {
      connection: {
        url: config.redisUrl,
        retryStrategy,
        keepAlive: KEEP_ALIVE_MS,
        ...patience,
      } as QueueOptions['connection'],
      prefix: await installationOf(database),
    };
  }
  setDefaultBackendFactory(createPostgresBackend);
  // The constructor's type is Redis's; the factory above takes PostgreSQL's.
  const connection: unknown = {
    connectionString: databaseUrlOf(database),
    schema: QUEUE_SCHEMA,
    max: MAX_CONNECTIONS,
  };
  return { connection } as QueueOptions;
}

/**
 * What the keys in Redis begin with: the same for all processes on one database, and another for each database, so that
 * installations that share a Redis do not take (and, knowing no row of them, drop) each other's jobs.
 */
async function installationOf(database: DataSource): Promise<string> {
  const [row] = await database.query<{ cluster: string; name: string }[]>(
    'SELECT system_identifier::text AS cluster, current_database() AS name FROM pg_control_system()',
  );
  const digest = createHash('sha256').update(`${row?.cluster}/${row?.name}`).digest('hex');
  return `assay:${digest.slice(0, 16)}`;
}

/** The connection string that a data source was made with. */
export function databaseUrlOf(database: DataSource): string {
  const { url } = database.options as { url?: string };
  if (!url)
    throw new Error('the data source was made without a url; the queue and the children of workers need one');
  return url;
}
