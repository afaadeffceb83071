import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AssayConfig, concealed, projectRoot, revealed } from '../config/index.js';
import { type MemoryShares, memoryShares } from './memory-shares.js';
import { JOB_PROCESS, PROCESS_ROLE } from './process-role.js';
import { databaseUrlOf } from './queue-connection.js';

const RUNTIME = 'ASSAY_JOB_RUNTIME';
/** A child runs one job at a time: its unit of work, its pulse, its progress. */
const CHILD_POOL = 3;

/** What a child process is started with: what its parent has resolved, so that it need not find out again. */
export interface JobRuntime {
  config: AssayConfig;
  /** Those of the configuration, by its fields: as JSON it has none. */
  secrets: Record<string, string>;
  /** Connection string of the application's database role. */
  databaseUrl: string;
}

/** The program that worker children run, and their environment. */
@Injectable()
export class JobProgram {
  readonly environment: NodeJS.ProcessEnv;
  /** How many of them there may be at once, and what each may use. */
  readonly shares: MemoryShares;

  constructor(config: AssayConfig, database: DataSource) {
    this.shares = memoryShares(config);
    const runtime: JobRuntime = {
      config: { ...config, databasePool: CHILD_POOL, duckMemoryMb: this.shares.duckMb },
      secrets: revealed(config),
      databaseUrl: databaseUrlOf(database),
    };
    this.environment = { ...process.env, [PROCESS_ROLE]: JOB_PROCESS, [RUNTIME]: JSON.stringify(runtime) };
  }

  /** The compiled file: where the parent itself runs uncompiled, as in tests, it must have been built before. */
  get url(): URL {
    const path = join(projectRoot(), 'dist', 'job-process.js');
    if (!existsSync(path)) throw new Error(`${path} does not exist: run npm run build`);
    return pathToFileURL(path);
  }
}

/** What the parent passed on. Throws when this process was not started by a worker. */
export function inheritedRuntime(): JobRuntime {
  const text = process.env[RUNTIME];
  if (text === undefined) throw new Error(`${RUNTIME} is not set: this program is started by workers only`);
  const { config, secrets, databaseUrl } = JSON.parse(text) as JobRuntime;
  return { config: Object.assign(new AssayConfig(), config, concealed(secrets)), secrets, databaseUrl };
}
