import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';
import { builtCode } from './test/support/built-code.js';
import { LongestFirst } from './test/support/longest-first.js';

const plugins = [swc.vite({ module: { type: 'es6' } })];
// graphql ships itself twice; all of us must hold the same classes that its other users load.
const resolve = {
  alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }],
};

const isLong = process.env.TEST_EXTENT === 'long';
/**
 * The end-to-end tests that hold whatever keeps the queue, and whose answers pass through it: pushes, evaluations and gate
 * checks by jobs, their mutations asked for once, the readiness and the counts of what waits. The suite `redis` runs them a
 * second time with REDIS_URL set, most of them at full length only. Not in it: requests that are refused before they are carried out (access, problems), and
 * the demo and the README, which start a server as a newcomer does, with no setting at all.
 */
const ON_EITHER_QUEUE = [
  ...['attack-sealed-labels', 'idempotency', 'operation'],
  ...(isLong ? ['attack-data-of-gates', 'cli', 'cli-compas', 'graphql-one-request'] : []),
].map((name) => `test/e2e/${name}.spec.ts`);
/** For two cores, as a file waits for a part of its time: for processes to start and to end. With four the cores had nothing left to give. */
const WORKERS = 3;
/**
 * Files of a suite follow one another in processes that stay: most of what a file costs is loading the service. Each file has a
 * database, a home and, where it needs them, child processes of its own; nothing of the service is kept in modules.
 */
const SERVED = {
  server: { deps: { external: [/\/dist\/(src|migrations)\//] } },
  globalSetup: ['test/support/global-setup.ts'],
  isolate: false,
  maxWorkers: WORKERS,
  // What hangs is told within minutes, but at full length.
  testTimeout: isLong ? 3_600_000 : 300_000,
  hookTimeout: 300_000,
};
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/**
 * The suites: pure units beside their code; parts on a real PostgreSQL (integration), the whole served over HTTP (e2e) and the whole
 * under attack (faults: processes killed, disks full, requests raced and fuzzed), which share their processes; and a part of e2e again
 * with the queue in Redis. `npm run test:faults` runs e2e and faults at full length.
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
          maxWorkers: WORKERS,
          testTimeout: 120_000,
        },
      },
      {
        plugins: [builtCode(), ...plugins],
        resolve,
        test: {
          name: 'served',
          include: ['integration', 'e2e', 'faults'].map((suite) => `test/${suite}/**/*.spec.ts`),
          exclude: ['test/e2e/redis-*.spec.ts'],
          ...SERVED,
        },
      },
      {
        plugins: [builtCode(), ...plugins],
        resolve,
        test: {
          name: 'redis',
          // Without a redis-server the files of its own say so, and skip.
          include: ['test/e2e/redis-*.spec.ts', ...(hasRedis ? ON_EITHER_QUEUE : [])],
          ...SERVED,
          globalSetup: [...SERVED.globalSetup, 'test/support/redis-setup.ts'],
        },
      },
    ],
  },
});
