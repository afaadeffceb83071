import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LineageService, type NodeKind } from '../../src/modules/lineage/index.js';
import { type RequestContext, runInContext } from '../../src/platform/context/index.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { statementsOf } from './count-statements.js';

let test: TestApp;
let lineage: LineageService;
let units: UnitOfWork;
let projectId: string;

beforeAll(async () => {
  test = await startTestApp();
  lineage = test.app.get(LineageService);
  units = test.app.get(UnitOfWork);
  projectId = (
    await test.database.admin.query<{ id: string }>(`SELECT id FROM project WHERE name = 'default'`)
  ).rows[0]!.id;
});

afterAll(() => test?.stop());

const context = (id: string): RequestContext => ({
  requestId: 'test',
  projectId: id,
  projectName: 'default',
  actor: { kind: 'key', id: 'test', name: 'test', permissions: new Set() },
});
const inProject = <T>(work: () => Promise<T>, id = projectId) => runInContext(context(id), work);
const write = (work: () => Promise<void>, id = projectId) => inProject(() => units.run(work), id);

const node = (kind: NodeKind, label: string) => ({ kind, id: randomUUID(), label });
const nodes = {
  data: node('datasetVersion', 'adult@1'),
  data2: node('datasetVersion', 'adult@2'),
  run: node('run', 'run 1'),
  model: node('modelVersion', 'credit@1'),
  evaluation: node('evaluation', 'evaluation 1'),
};

beforeAll(() =>
  write(async () => {
    for (const each of Object.values(nodes)) await lineage.addNode(each);
    await lineage.addEdge({ from: nodes.data, to: nodes.data2, relation: 'derived_from' });
    await lineage.addEdge({ from: nodes.data2, to: nodes.run, relation: 'trained_on' });
    await lineage.addEdge({ from: nodes.data, to: nodes.evaluation, relation: 'evaluated_on' });
    await lineage.addEdge({ from: nodes.run, to: nodes.model, relation: 'produced' });
    await lineage.addEdge({ from: nodes.model, to: nodes.evaluation, relation: 'evaluated' });
  }),
);

const get = (path: string, key = test.apiKey) =>
  test.request.get(`/v1/projects/default/lineage?${path}`).set('authorization', `Bearer ${key}`);
const reached = (graph: { nodes: { label: string; depth: number }[] }) =>
  graph.nodes.map(({ label, depth }) => [label, depth]);

describe('walking', () => {
  it('goes upstream and downstream, breadth first, each node once', async () => {
    const up = (await get('node=model:credit@1&direction=upstream').expect(200)).body;
    expect(reached(up)).toEqual([
      ['credit@1', 0],
      ['run 1', 1],
      ['adult@2', 2],
      ['adult@1', 3],
    ]);
    expect(up.edges).toHaveLength(3);
    expect(up.edges).toContainEqual({
      from: { kind: 'run', id: nodes.run.id },
      to: { kind: 'modelVersion', id: nodes.model.id },
      relation: 'produced',
    });
    expect(up.truncated).toBe(false);
    const down = (await get('node=dataset:adult@1&direction=downstream').expect(200)).body;
    expect(reached(down).map(([label]) => label)).toEqual([
      'adult@1',
      'adult@2',
      'evaluation 1',
      'run 1',
      'credit@1',
    ]);
    expect(down.edges).toHaveLength(5);
  });

  it('stops at the depth asked for', async () => {
    expect(reached((await get('node=model:credit@1&depth=1').expect(200)).body)).toEqual([
      ['credit@1', 0],
      ['run 1', 1],
    ]);
    expect(reached((await get('node=model:credit@1&depth=0').expect(200)).body)).toEqual([['credit@1', 0]]);
  });

  it('finds nodes by id, label and the latest version of a name', async () => {
    for (const ref of [`dataset:${nodes.data2.id}`, 'datasetVersion:ADULT@2', 'dataset:adult']) {
      expect((await get(`node=${ref}&depth=0`).expect(200)).body.nodes[0].label).toBe('adult@2');
    }
  });

  it('refuses what names nothing', async () => {
    expect((await get('node=model:credit@9').expect(404)).body.code).toBe('LINEAGE_NODE_NOT_FOUND');
    expect((await get('node=model:cred%25').expect(404)).body.code).toBe('LINEAGE_NODE_NOT_FOUND');
    expect((await get('node=credit@1').expect(400)).body.code).toBe('LINEAGE_REFERENCE_INVALID');
    for (const bad of [
      '',
      'node=model:credit@1&depth=-1',
      'node=model:credit@1&direction=sideways',
      'node=model:credit@1&x=1',
      'node=a&node=b',
    ]) {
      expect((await get(bad).expect(400)).body.code).toBe('REQUEST_INVALID');
    }
  });

  it('answers the same over GraphQL', async () => {
    const query = `{ lineage(node: "model:credit@1", direction: upstream, depth: 2) {
      nodes { kind label depth } edges { relation from { kind } to { id } } truncated } }`;
    const answer = await test.request
      .post('/graphql')
      .set('authorization', `Bearer ${test.apiKey}`)
      .send({ query })
      .expect(200);
    expect(answer.body.errors).toBeUndefined();
    expect(answer.body.data.lineage.nodes.map(({ label }: { label: string }) => label)).toEqual([
      'credit@1',
      'run 1',
      'adult@2',
    ]);
  });

  it('costs the same number of statements whatever the depth', async () => {
    const shallow = await statementsOf(() => get('node=model:credit@1&depth=1').expect(200));
    const deep = await statementsOf(() => get('node=model:credit@1').expect(200));
    expect(deep).toHaveLength(shallow.length);
    const many = await statementsOf(() =>
      inProject(() => lineage.walkMany(Object.values(nodes), 'upstream')),
    );
    expect(many).toHaveLength(1);
  });
});

describe('writing', () => {
  it('is idempotent, and refuses an edge to nowhere', async () => {
    await write(async () => {
      await lineage.addNode({ ...nodes.model, label: 'other' });
      await lineage.addEdge({ from: nodes.run, to: nodes.model, relation: 'produced' });
    });
    expect((await inProject(() => lineage.walk(nodes.model, 'upstream', 1))).edges).toHaveLength(1);
    const nowhere = { kind: 'run', id: randomUUID() } as const;
    await expect(
      write(() => lineage.addEdge({ from: nowhere, to: nodes.model, relation: 'produced' })),
    ).rejects.toMatchObject({
      code: 'LINEAGE_NODE_NOT_FOUND',
    });
  });

  it('ends in cycles too', async () => {
    const [a, b] = [node('run', 'a'), node('run', 'b')];
    await write(async () => {
      await lineage.addNode(a);
      await lineage.addNode(b);
      await lineage.addEdge({ from: a, to: b, relation: 'produced' });
      await lineage.addEdge({ from: b, to: a, relation: 'produced' });
    });
    const graph = await inProject(() => lineage.walk(a, 'downstream'));
    expect(graph.nodes).toHaveLength(2);
    expect(graph.edges).toHaveLength(2);
  });

  it('stays within its project', async () => {
    const other = await test.newProject('elsewhere');
    await expect(inProject(() => lineage.walk(nodes.model, 'upstream'), other.id)).rejects.toMatchObject({
      code: 'LINEAGE_NODE_NOT_FOUND',
    });
    const mine = { ...nodes.model, label: 'theirs@1' };
    await write(() => lineage.addNode(mine), other.id);
    await expect(
      write(() => lineage.addEdge({ from: nodes.run, to: mine, relation: 'produced' }), other.id),
    ).rejects.toMatchObject({
      code: 'LINEAGE_NODE_NOT_FOUND',
    });
    expect((await inProject(() => lineage.walk(mine, 'upstream'), other.id)).nodes).toHaveLength(1);
  });
});

describe('100,000 edges', () => {
  const NODES = 50_000;
  const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

  beforeAll(async () => {
    const { admin } = test.database;
    await admin.query(
      `INSERT INTO lineage_node (project_id, kind, id, label)
       SELECT $1, 'run', '00000000-0000-4000-8000-' || lpad(n::text, 12, '0'), 'large ' || n FROM generate_series(1, ${NODES}) n`,
      [projectId],
    );
    await admin.query(
      `INSERT INTO lineage_edge (project_id, from_no, to_no, relation)
       SELECT DISTINCT $1::uuid, a.no, b.no, 'produced' FROM generate_series(2, ${NODES}) n CROSS JOIN (VALUES (3), (7)) AS step(by)
       JOIN lineage_node b ON b.project_id = $1 AND b.kind = 'run' AND b.id = '00000000-0000-4000-8000-' || lpad(n::text, 12, '0')
       JOIN lineage_node a ON a.project_id = $1 AND a.kind = 'run'
         AND a.id = '00000000-0000-4000-8000-' || lpad(greatest(1, n - step.by - n % 5)::text, 12, '0')
       WHERE a.no <> b.no`,
      [projectId],
    );
    await admin.query('ANALYZE lineage_node, lineage_edge');
  });

  it('are walked to depth 20 in tens of milliseconds', async () => {
    const times: number[] = [];
    let size = 0;
    for (let i = 0; i < 30; i++) {
      const start = performance.now();
      const graph = await inProject(() =>
        lineage.walk({ kind: 'run', id: id(NODES - i * 100) }, 'upstream', 20),
      );
      times.push(performance.now() - start);
      size = graph.nodes.length;
    }
    times.sort((a, b) => a - b);
    console.log(
      `lineage: ${size} nodes at depth 20, median ${times[15]!.toFixed(1)} ms, p95 ${times[28]!.toFixed(1)} ms`,
    );
    expect(size).toBeGreaterThan(50);
    expect(times[15]).toBeLessThan(100);
  });

  it('end at 10,000 nodes, and say so', async () => {
    const start = performance.now();
    const graph = await inProject(() => lineage.walk({ kind: 'run', id: id(1) }, 'downstream'));
    console.log(
      `lineage: ${graph.nodes.length} nodes and ${graph.edges.length} edges to the limit in ${(performance.now() - start).toFixed(0)} ms`,
    );
    expect(graph).toMatchObject({ truncated: true });
    expect(graph.nodes).toHaveLength(10_000);
    expect(new Set(graph.nodes.map((each) => each.id)).size).toBe(10_000);
  });
});
