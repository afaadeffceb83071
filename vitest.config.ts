import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';

const plugins = [swc.vite({ module: { type: 'es6' } })];
// graphql ships itself twice; all of us must hold the same classes that its other users load.
const resolve = {
  alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }],
};

/**
 * The end-to-end tests that hold whatever keeps the queue, and whose answers pass through it: pushes, evaluations and gate
 * checks by jobs, their mutations asked for once, the readiness and the counts of what waits. The suite `redis` runs them a
 * second time with REDIS_URL set. Not in it: requests that are refused before they are carried out (access, problems), and
 * the demo and the README, which start a server as a newcomer does, with no setting at all.
 */
const ON_EITHER_QUEUE = [
  'attack-data-of-gates',
  'attack-sealed-labels',
  'cli',
  'cli-compas',
  'graphql-one-request',
  'idempotency',
  'operation',
].map((name) => `test/e2e/${name}.spec.ts`);
/**
 * Files of a suite follow one another in processes that stay: most of what a file costs is loading the service. Each file has a
 * database, a home and, where it needs them, child processes of its own; nothing of the service is kept in modules. Four on two
 * cores, as a file waits for a third of its time: for processes to start and to end.
 */
const SERVED = {
  globalSetup: ['test/support/global-setup.ts'],
  isolate: false,
  maxWorkers: 4,
};
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/**
 * Five suites: pure units beside their code, parts on a real PostgreSQL, the whole served over HTTP, that again with the queue
 * in Redis, and the whole under attack (processes killed, disks full, requests raced and fuzzed), which `npm run test:faults`
 * runs at full length.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        plugins,
        resolve,
        test: {
          name: 'unit',
          include: ['src/**/*.spec.ts', 'cli/**/*.spec.ts'],
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 30_000,
        },
      },
      {
        plugins,
        resolve,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.spec.ts'],
          ...SERVED,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins,
        resolve,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.spec.ts'],
          exclude: ['test/e2e/redis-*.spec.ts'],
          ...SERVED,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        plugins,
        resolve,
        test: {
          name: 'redis',
          // Without a redis-server the files of its own say so, and skip.
          include: ['test/e2e/redis-*.spec.ts', ...(hasRedis ? ON_EITHER_QUEUE : [])],
          ...SERVED,
          globalSetup: [...SERVED.globalSetup, 'test/support/redis-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        plugins,
        resolve,
        test: {
          name: 'faults',
          include: ['test/faults/**/*.spec.ts'],
          ...SERVED,
          testTimeout: 3_600_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
