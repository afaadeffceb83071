import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POLICY_SCHEMA } from '../../src/domain/policy/index.js';
import { extent, SEED } from '../support/extent.js';
import { AnswerRules } from './fuzz/answer-rules.js';
import { FOREIGN, FuzzWorld } from './fuzz/fuzz-world.js';
import { watchMemory } from './fuzz/memory.js';
import { operationsOf, readDescription, type Operation } from './fuzz/operations.js';
import { ProjectWalls } from './fuzz/project-walls.js';
import { requestsFor, type RequestsOptions } from './fuzz/rest-requests.js';
import { closeConnections, send, type FuzzAnswer, type FuzzRequest } from './fuzz/send.js';

const description = readDescription();
const operations = operationsOf(description);
const REQUESTS = extent(2_000, 20_000);

/** Requests with bodies have most to get wrong; those without a parameter nothing. */
const weight = ({ requestBody, parameters }: Operation): number =>
  requestBody ? 6 : parameters.length > 0 ? 2 : 0.5;
const total = operations.reduce((sum, operation) => sum + weight(operation), 0);

const shown = ({ method, path, headers, body }: FuzzRequest): string =>
  `${method} ${path}\n${JSON.stringify({ ...headers, authorization: '...' })}\n${String(body ?? '').slice(0, 2_000)}`;

describe('any request to any operation of openapi.json', () => {
  let world: FuzzWorld;
  let options: RequestsOptions;
  let rules: AnswerRules;
  let walls: ProjectWalls;
  let memory: ReturnType<typeof watchMemory>;
  const byClass = new Map<string, number>();
  const byOperation = new Map<string, Map<number, number>>();

  beforeAll(async () => {
    world = await FuzzWorld.start();
    rules = new AnswerRules(description);
    walls = await ProjectWalls.of(world.project.test.database.admin, 'other');
    options = {
      description,
      policySchema: POLICY_SCHEMA,
      pools: world.pools,
      cursors: await cursorsOf(world),
      keys: world.keys,
    };
    memory = watchMemory();
  });
  afterAll(async () => {
    closeConnections();
    await world?.stop();
  });

  function count(operation: Operation, { status }: FuzzAnswer): void {
    const statusClass = `${Math.floor(status / 100)}xx`;
    byClass.set(statusClass, (byClass.get(statusClass) ?? 0) + 1);
    const own = byOperation.get(operation.operationId) ?? new Map<number, number>();
    byOperation.set(operation.operationId, own.set(status, (own.get(status) ?? 0) + 1));
  }

  async function ask(operation: Operation, request: FuzzRequest): Promise<void> {
    const answer = await send(world.project.test.url, request);
    count(operation, answer);
    const problems = rules.problemsOf(operation, answer);
    const foreign = request.headers.authorization === `Bearer ${world.keys.foreign}`;
    const said = `${request.path} ${String(request.body ?? '')}`;
    if (!foreign && !said.includes(FOREIGN) && answer.bytes.includes(FOREIGN))
      problems.push('the answer holds what belongs to another project');
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }

  it.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
    '%s: no 5xx, and every answer as it is described',
    async (name, operation) => {
      const numRuns = Math.max(5, Math.round((REQUESTS * weight(operation)) / total));
      const details = await fc.check(
        fc.asyncProperty(requestsFor(operation, options), (request) => ask(operation, request)),
        { numRuns, seed: SEED },
      );
      if (!details.failed) return;
      const [smallest] = details.counterexample ?? [];
      expect.fail(
        `${name}, seed ${SEED}, the smallest request:\n${smallest ? shown(smallest) : ''}\n${String(details.errorInstance)}`,
      );
    },
  );

  it('left the service ready, and every job that was accepted with an answer of its own', async () => {
    const { project } = world;
    expect((await project.test.request.get('/ready')).status).toBe(200);
    for (;;) {
      const waiting = await project.rows<{ n: number }>(
        `SELECT count(*)::integer AS n FROM job WHERE state IN ('queued', 'running')`,
      );
      if (waiting[0]!.n === 0) break;
      await sleep(200);
    }
    const broken = await project.rows(
      `SELECT kind, payload, error FROM job WHERE error->>'code' = 'JOB_FAILED' LIMIT 3`,
    );
    expect(broken).toEqual([]);
  });

  it('changed no row of another project, and left all rows in their projects', async () => {
    expect(await walls.changes()).toEqual([]);
  });

  it('did not make memory grow without bound', () => {
    const { megabytes, first } = memory.grown();
    console.log(`heap after ${first} MB, grown by ${megabytes} MB`);
    expect(megabytes).toBeLessThan(200);
  });

  it('was enough requests', () => {
    const asked = [...byClass.values()].reduce((sum, n) => sum + n, 0);
    console.log(
      `${asked} requests, seed ${SEED}: ${JSON.stringify(Object.fromEntries([...byClass].sort()))}`,
    );
    for (const [name, statuses] of [...byOperation].sort())
      console.log(`${name} ${JSON.stringify(Object.fromEntries([...statuses].sort()))}`);
    expect(asked).toBeGreaterThanOrEqual(REQUESTS * 0.95);
    // A fuzzer whose requests are all refused at the door proves nothing about what is behind it.
    expect(byClass.get('2xx')).toBeGreaterThan(asked / 10);
    // A job would have to be caught running: queue-jobs.spec.ts does that.
    const never = operations
      .filter(({ operationId }) => operationId !== 'Jobs_cancel')
      .filter(
        ({ operationId }) =>
          ![...(byOperation.get(operationId)?.keys() ?? [])].some((status) => status < 300),
      );
    expect(never.map(({ operationId }) => operationId)).toEqual([]);
  });
});

async function cursorsOf({ project }: FuzzWorld): Promise<string[]> {
  const lists = [
    '/datasets',
    '/models',
    '/runs',
    '/jobs',
    '/keys',
    '/policies',
    '/promotions',
    '/audit/entries',
    '/evaluations',
    '/evaluation-imports',
    '/experiments',
    '/gate-decisions',
    '/deployments',
  ];
  const pages = await Promise.all(lists.map((list) => project.get(`${list}?first=1`)));
  return pages.map(({ body }) => body.endCursor as string | null).filter((cursor) => cursor !== null);
}
