import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POLICY_SCHEMA } from '../../src/domain/policy/index.js';
import { projectRoot } from '../../src/platform/config/index.js';
import { extent, isLong, SEED } from '../support/extent.js';
import { FOREIGN, FuzzWorld } from './fuzz/fuzz-world.js';
import { requestsForField, type GraphqlRequest } from './fuzz/graphql-requests.js';
import { graphqlProblems } from './fuzz/graphql-rules.js';
import { FIELD, fromPool, narrowValues } from './fuzz/known-values.js';
import { watchMemory } from './fuzz/memory.js';
import { ProjectWalls } from './fuzz/project-walls.js';
import { policyDocuments } from './fuzz/rest-requests.js';
import { closeConnections, send } from './fuzz/send.js';

const schema = buildSchema(readFileSync(join(projectRoot(), 'openapi/schema.graphql'), 'utf8'));
const ROOTS = { query: schema.getQueryType()!, mutation: schema.getMutationType()! };
const fields = (['query', 'mutation'] as const).flatMap((kind) =>
  Object.values(ROOTS[kind].getFields()).map((field) => [`${kind} ${field.name}`, kind, field] as const),
);
const REQUESTS = extent(400, 4_000);

/** Arguments that name something else here than in REST, by the field that takes them. */
const ARGUMENT: Record<string, string> = {
  'modelVersion.ref': 'modelVersions',
  'gatePolicy.ref': 'policies',
  'run.id': 'runs',
  'logRun.id': 'runs',
  'finishRun.id': 'runsToFinish',
  'job.id': 'jobs',
  'cancelJob.id': 'jobs',
  'evaluation.id': 'evaluations',
  'importedEvaluation.id': 'evaluation-imports',
  'gateDecision.id': 'decisions',
  'promotion.id': 'promotions',
  'revokeApiKey.id': 'keys',
  'model.name': 'models',
  'dataset.name': 'datasets',
  'experiment.name': 'experiments',
};

describe('any request to any root field of the GraphQL schema', () => {
  let world: FuzzWorld;
  let walls: ProjectWalls;
  let memory: ReturnType<typeof watchMemory>;
  const counts = new Map<string, { data: number; errors: number }>();

  beforeAll(async () => {
    world = await FuzzWorld.start();
    walls = await ProjectWalls.of(world.project.test.database.admin, 'other');
    memory = watchMemory();
  });
  afterAll(async () => {
    closeConnections();
    await world?.stop();
  });

  async function ask(
    name: string,
    kind: 'query' | 'mutation',
    caller: string,
    request: GraphqlRequest,
  ): Promise<void> {
    const body = JSON.stringify(request);
    const answer = await send(world.project.test.url, {
      method: 'POST',
      path: '/graphql',
      headers: { authorization: `Bearer ${world.keys[caller]}`, 'content-type': 'application/json' },
      body,
    });
    const count = counts.get(name) ?? { data: 0, errors: 0 };
    counts.set(name, count);
    if (answer.status === 200 && !answer.bytes.includes('"errors"')) count.data += 1;
    else count.errors += 1;
    const problems = graphqlProblems(schema, ROOTS[kind], answer);
    if (caller !== 'foreign' && !body.includes(FOREIGN) && answer.bytes.includes(FOREIGN))
      problems.push('the answer holds what belongs to another project');
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }

  it.each(fields)('%s: no 5xx, errors with codes, data as the schema says', async (name, kind, field) => {
    const { pools, keys } = world;
    const documents = policyDocuments(POLICY_SCHEMA, (name) =>
      FIELD[name] === undefined ? undefined : fromPool(pools, FIELD[name]),
    );
    const known = (argument: string): fc.Arbitrary<unknown> | undefined => {
      if (argument === 'document') return documents;
      const narrow = narrowValues(field.name, argument);
      if (narrow) return narrow;
      const pool = ARGUMENT[`${field.name}.${argument}`] ?? FIELD[argument];
      return pool === undefined ? undefined : fromPool(pools, pool);
    };
    const caller = fc.oneof(
      { weight: 3, arbitrary: fc.constant('every') },
      { weight: 1, arbitrary: fc.constantFrom(...Object.keys(keys)) },
    );
    const details = await fc.check(
      fc.asyncProperty(caller, requestsForField(kind, field, known), (who, request) =>
        ask(name, kind, who, request),
      ),
      { numRuns: Math.ceil(REQUESTS / fields.length), seed: SEED },
    );
    if (!details.failed) return;
    expect.fail(
      `${name}, seed ${SEED}, the smallest request: ${JSON.stringify(details.counterexample)}\n${String(details.errorInstance)}`,
    );
  });

  it('left the service ready, other projects as they were, and memory bounded', async () => {
    expect((await world.project.test.request.get('/ready')).status).toBe(200);
    expect(await walls.changes()).toEqual([]);
    const { first, megabytes } = memory.grown();
    console.log(`heap after ${first} MB, grown by ${megabytes} MB`);
    expect(megabytes).toBeLessThan(200);
  });

  it('was enough requests, and got to data with each field', () => {
    const total = [...counts.values()].reduce((sum, { data, errors }) => sum + data + errors, 0);
    const data = [...counts.values()].reduce((sum, count) => sum + count.data, 0);
    console.log(`${total} requests, seed ${SEED}: ${data} with data alone, ${total - data} with errors`);
    for (const [name, count] of [...counts].sort()) console.log(`${name} ${JSON.stringify(count)}`);
    expect(total).toBeGreaterThanOrEqual(REQUESTS);
    expect(data).toBeGreaterThan(total / 10);
    if (!isLong) return;
    // A job would have to be caught running: queue-jobs.spec.ts does that.
    const never = [...counts].filter(([name, count]) => count.data === 0 && name !== 'mutation cancelJob');
    expect(never.map(([name]) => name)).toEqual([]);
  });
});
