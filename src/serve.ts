import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { MIGRATIONS } from '../migrations/index.js';
import type { createHttpServer } from './http-server.js';
import { AssayConfig, prepareHome } from './platform/config/index.js';
import { openDatabase } from './platform/database/open-database.js';
import { createLogger } from './platform/telemetry/logger.js';
import { startError } from './start-error.js';

/** With what PostgreSQL takes after it, less than the 30 seconds that containers are given to stop. */
const CLOSE_WITHIN_MS = 20_000;

/** `npm start`, `assay serve`: database, migrations, first project, REST, GraphQL and a worker, in one process. */
async function main(): Promise<void> {
  const config = AssayConfig.fromEnvironment();
  await prepareHome(config.home);
  if (config.redisUrl !== undefined) {
    const { checkRedis } = await import('./platform/queue/check-redis.js');
    await checkRedis(config.redisUrl);
  }
  const logger = createLogger(config.logLevel);
  // Read while the database starts: what refuses to start need not wait for the second and a half that it takes.
  const loading = import('./served.js');
  loading.catch(() => undefined);
  const opening = openDatabase(config, MIGRATIONS, {
    serve: true,
    say: (message, error) => logger.warn(error === undefined ? {} : { err: error }, message),
    onLost: (error) => {
      console.error(`Assay ends: its database is gone and does not come back. ${error.message}`);
      void stop('the database is gone', 1);
    },
  });
  let making: ReturnType<typeof createHttpServer> | undefined;
  let stopping = false;

  const stop = async (reason: string, code: number) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    // Intake first, then workers and pool (in Nest's own order), the database last. What waits for a database that is gone
    // would wait for ever.
    const closing = making
      ?.then(
        (app) => app.close(),
        () => undefined,
      )
      .catch((error: unknown) => logger.error({ err: error }, 'closing failed'));
    await Promise.race([closing, sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
    const database = await opening.catch(() => undefined);
    await database
      ?.close()
      .catch((error: unknown) => logger.error({ err: error }, 'the database did not stop'));
    process.exit(code);
  };
  process.on('SIGINT', () => void stop('SIGINT', 0));
  process.on('SIGTERM', () => void stop('SIGTERM', 0));

  const database = await opening;
  if (stopping) return;
  let client: { project: string; path: string };
  let url: string;
  try {
    const { createHttpServer, leaveClientFile, ProjectsService, refuseStrangeKeys } = await loading;
    await refuseStrangeKeys(config.home, database.appUrl);
    making = createHttpServer({ config, databaseUrl: database.appUrl, ownerUrl: database.ownerUrl }, logger);
    const app = await making;
    await app.listen(config.port, config.host);
    url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
    client = await leaveClientFile(app.get(ProjectsService), config.home, url);
  } catch (error) {
    // It was told to stop while it started: what it stands on is being taken away.
    if (stopping) return;
    // Said first: what follows may take seconds.
    console.error(startError(error, config));
    await stop('failed to start', 1);
    return;
  }
  console.log(`Assay is ready.
  API       ${url}/v1/projects/${client.project}
  docs      ${url}/docs   (${url}/openapi.json)
  GraphQL   ${url}/graphql
  key       ${client.path}
Stop it with Ctrl-C.`);
}

main().catch((error: unknown) => {
  console.error(startError(error));
  process.exit(1);
});
