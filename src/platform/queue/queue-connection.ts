import { createPostgresBackend, type QueueOptions, setDefaultBackendFactory } from 'bullmq';
import type { DataSource } from 'typeorm';
import type { AssayConfig } from '../config/index.js';

/** The one queue. Its jobs carry ids alone; the rows of `job` are the truth. */
export const QUEUE = 'assay';

/** The PostgreSQL schema in which BullMQ keeps its own tables. */
export const QUEUE_SCHEMA = 'queue';

/** Each queue and worker has a pool of its own, next to the one connection on which it listens. */
const MAX_CONNECTIONS = 2;

/**
 * Where the queue lives: Redis when REDIS_URL says so, else the PostgreSQL that holds everything else. Sets BullMQ's back end
 * for this process.
 */
export function queueConnection(config: AssayConfig, database: DataSource): QueueOptions {
  if (config.redisUrl) {
    setDefaultBackendFactory();
    return { connection: { url: config.redisUrl, maxRetriesPerRequest: null } };
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

/** The connection string that a data source was made with. */
export function databaseUrlOf(database: DataSource): string {
  const { url } = database.options as { url?: string };
  if (!url)
    throw new Error('the data source was made without a url; the queue and the children of workers need one');
  return url;
}
