import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { MIGRATIONS } from '../migrations/index.js';
import { AppModule } from './app.module.js';
import { refuseStrangeKeys } from './platform/audit/index.js';
import { AssayConfig, prepareHome } from './platform/config/index.js';
import { openDatabase } from './platform/database/index.js';
import { checkRedis, JobProgram, JobWorker } from './platform/queue/index.js';
import { startError } from './start-error.js';
import { createLogger, NestLogger } from './platform/telemetry/index.js';

/** Less than the 30 seconds that containers are given to stop. */
const CLOSE_WITHIN_MS = 20_000;

/** `assay worker`: runs jobs and serves nothing. As many of these as there are machines, on one database and one blob store. */
async function main(): Promise<void> {
  const config = AssayConfig.fromEnvironment();
  if (config.workers === 0)
    throw new Error('ASSAY_WORKERS is 0; expected at least 1 in a process that does nothing else');
  await prepareHome(config.home);
  if (config.redisUrl !== undefined) await checkRedis(config.redisUrl);
  const logger = createLogger(config.logLevel);
  const database = await openDatabase(config, MIGRATIONS, { serve: false });
  await refuseStrangeKeys(config.home, database.appUrl);
  const app = await NestFactory.createApplicationContext(
    AppModule.register({ config, databaseUrl: database.appUrl, ownerUrl: database.ownerUrl }),
    { logger: new NestLogger(logger), abortOnError: false },
  );
  let stopping = false;
  const stop = async (reason: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    const closing = app.close().catch((error: unknown) => logger.error({ err: error }, 'closing failed'));
    // What waits for a database that is gone would wait for ever.
    await Promise.race([closing, sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
    await database.close();
    process.exit(0);
  };
  process.on('SIGINT', () => void stop('SIGINT'));
  process.on('SIGTERM', () => void stop('SIGTERM'));
  await app.get(JobWorker).ready();
  console.log(`Assay takes jobs, ${app.get(JobProgram).shares.workers} at once. Stop it with Ctrl-C.`);
}

main().catch((error: unknown) => {
  console.error(startError(error));
  process.exit(1);
});
