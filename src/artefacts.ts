import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { MIGRATIONS } from '../migrations/index.js';
import { createHttpServer } from './http-server.js';
import { describeApi } from './openapi.js';
import { AssayConfig, projectRoot } from './platform/config/index.js';
import { dumpSchema, openDatabase } from './platform/database/index.js';
import { createLogger } from './platform/telemetry/index.js';

/**
 * What is generated from the running code and committed, so that a change of the API or the schema is seen in review. Starts
 * the service on an empty database under `home`. Writes, or with `check` only compares; returns the paths that differed.
 */
export async function generateArtefacts(home: string, check: boolean): Promise<string[]> {
  const config = AssayConfig.fromEnvironment({ ASSAY_HOME: home, ASSAY_WORKERS: '0' });
  const database = await openDatabase(config, MIGRATIONS, { serve: true, durable: false, temporary: true });
  try {
    const app = await createHttpServer({ config, databaseUrl: database.appUrl }, createLogger('error'));
    try {
      return await sync(artefactsOf(app, await dumpSchema(database.adminUrl ?? database.appUrl)), check);
    } finally {
      await app.close();
    }
  } finally {
    await database.close();
  }
}

function artefactsOf(app: NestFastifyApplication, schema: string): Record<string, string> {
  return {
    'migrations/schema.sql': schema,
    'openapi/openapi.json': JSON.stringify(sorted(describeApi(app)), null, 2) + '\n',
    'openapi/schema.graphql': printSchema(lexicographicSortSchema(app.get(GraphQLSchemaHost).schema)) + '\n',
  };
}

async function sync(artefacts: Record<string, string>, check: boolean): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of Object.entries(artefacts)) {
    const file = join(projectRoot(), path);
    const current = await readFile(file, 'utf8').catch(() => '');
    if (current === text) continue;
    stale.push(path);
    if (!check) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }
  return stale;
}

/** Keys in order, so that the order of imports does not show. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
