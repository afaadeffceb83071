import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

describe('Idempotency-Key', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test.stop());

  const create = (name: string, key: string) =>
    test.request
      .post('/v1/projects/default/experiments')
      .set('authorization', `Bearer ${test.apiKey}`)
      .set('idempotency-key', key)
      .send({ name });
  const count = async (name: string) =>
    (await test.database.admin.query('SELECT FROM experiment WHERE name = $1', [name])).rowCount;

  it('carries a POST out once and answers its repetition the same', async () => {
    const key = randomUUID();
    const first = await create('once', key);
    const second = await create('once', key);
    expect(first.status).toBe(201);
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await count('once')).toBe(1);
  });

  it('carries twenty of the same at once out once', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => create('race', key)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => (answer.body as { id: string }).id)).size).toBe(1);
    expect(await count('race')).toBe(1);
  });

  it('refuses a key for another request', async () => {
    const key = randomUUID();
    await create('first', key).expect(201);
    const answer = await create('second', key);
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
    expect(await count('second')).toBe(0);
  });

  it('keeps no answer of a request that failed: it may be tried again', async () => {
    const key = randomUUID();
    await create('../up', key).expect(400);
    await create('fine', randomUUID()).expect(201);
    const { rowCount } = await test.database.admin.query('SELECT FROM idempotency WHERE key LIKE $1', [
      `%${key}`,
    ]);
    expect(rowCount).toBe(0);
  });

  it('answers a repeated GraphQL mutation the same, dates included', async () => {
    const key = randomUUID();
    const query = 'mutation { createExperiment(input: { name: "by-graphql" }) { id name createdAt } }';
    const send = () =>
      test.request
        .post('/graphql')
        .set('authorization', `Bearer ${test.apiKey}`)
        .set('idempotency-key', key)
        .send({ query });
    const first = await send();
    const second = await send();
    expect(second.body).toEqual(first.body);
    expect(
      (first.body as { data: { createExperiment: { createdAt: string } } }).data.createExperiment.createdAt,
    ).toMatch(/^20/);
  });

  it('refuses a key that is none', async () => {
    expect((await create('bad', 'with space')).status).toBe(400);
    expect((await create('bad', 'x'.repeat(201))).status).toBe(400);
  });
});
