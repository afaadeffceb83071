import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DestinationStream } from 'pino';
import supertest from 'supertest';
import { inject } from 'vitest';
import type {} from './redis-setup.js';
import { createHttpServer } from '../../src/http-server.js';
import { AssayConfig } from '../../src/platform/config/index.js';
import { ProjectsService, type Role } from '../../src/platform/auth/index.js';
import { createLogger } from '../../src/platform/telemetry/index.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

export interface TestProject {
  id: string;
  name: string;
  /** Has every role. */
  apiKey: string;
}

export interface TestApp {
  url: string;
  project: string;
  /** A key with every role, of project `project`. */
  apiKey: string;
  first: TestProject;
  app: NestFastifyApplication;
  config: AssayConfig;
  database: TestDatabase;
  request: ReturnType<typeof supertest>;
  /** The secret of a new key with this role. */
  key(role: Role, expires?: string): Promise<string>;
  /** Another project, with a key that has every role in it. */
  newProject(name: string): Promise<TestProject>;
  stop(): Promise<void>;
}

export interface TestAppOptions {
  /** Run jobs, in real child processes of the built code (dist). */
  workers?: boolean;
  environment?: Record<string, string>;
  /** Where the structured log goes; nowhere by default. */
  log?: DestinationStream;
  /** What there is already: both go away with the service. */
  standing?: { database: TestDatabase; home: string; first: TestProject };
}

/** The whole service on a database and a home of its own, over real HTTP. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { standing } = options;
  const database = standing?.database ?? (await createTestDatabase());
  const redisUrl = inject('redisUrl');
  const home = standing?.home ?? (await mkdtemp(join(tmpdir(), 'assay-home-')));
  const config = AssayConfig.fromEnvironment({
    ASSAY_HOME: home,
    ASSAY_PORT: '0',
    ASSAY_WORKERS: options.workers === true ? '1' : '0',
    ASSAY_DATABASE_POOL: '6',
    // In the suite `redis` the same tests run with the queue there.
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    ...options.environment,
  });
  const logger = createLogger(options.log ? 'info' : (process.env.TEST_LOG_LEVEL ?? 'silent'), options.log);
  const app = await createHttpServer(
    { config, databaseUrl: database.appUrl, ownerUrl: database.ownerUrl },
    logger,
  );
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const projects = app.get(ProjectsService);
  const create = async (name: string): Promise<TestProject> => {
    const { id, apiKey } = await projects.create(name, 'test');
    return { id, name, apiKey: apiKey.secret };
  };
  const first = standing?.first ?? (await create('default'));
  const request = supertest(url);
  return {
    url,
    project: 'default',
    apiKey: first.apiKey,
    first,
    app,
    config,
    database,
    request,
    key: async (role, expires) => {
      const answer = await request
        .post('/v1/projects/default/keys')
        .set('authorization', `Bearer ${first.apiKey}`)
        .send({ roles: [role], ...(expires === undefined ? {} : { expires }) })
        .expect(201);
      return (answer.body as { secret: string }).secret;
    },
    newProject: create,
    stop: async () => {
      await app.close();
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
