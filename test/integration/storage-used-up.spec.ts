import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runInContext, type RequestContext } from '../../src/platform/context/index.js';
import { UnitOfWork } from '../../src/platform/database/index.js';
import { UsedUploads } from '../../src/platform/storage/used-uploads.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

let test: TestApp;
let context: RequestContext;
beforeAll(async () => {
  test = await startTestApp();
  const { rows } = await test.database.admin.query<{ id: string }>('SELECT id FROM project');
  const actor = { kind: 'system' as const, id: 'test', name: 'test', permissions: new Set<never>() };
  context = { requestId: 'test', projectId: rows[0]!.id, projectName: 'default', actor };
});
afterAll(() => test.stop());

const upload = async (content: string) => {
  const answer = await test.request
    .post('/v1/projects/default/uploads?filename=labels.csv')
    .set('authorization', `Bearer ${test.apiKey}`)
    .set('content-type', 'application/octet-stream')
    .send(Buffer.from(content))
    .expect(201);
  const { id, digest } = answer.body as { id: string; digest: string };
  const file = join(test.config.home, 'blobs', digest.slice(0, 2), digest.slice(2, 4), digest);
  return { id, file, aside: join(test.config.home, 'staging', `removed-${digest}`) };
};
const useUp = (id: string) =>
  runInContext(context, () =>
    test.app.get(UnitOfWork).run(() => test.app.get(UsedUploads).useUp(id, 'test')),
  );
const isDelivered = async () => {
  const { rows } = await test.database.admin.query('SELECT FROM outbox WHERE sent_at IS NULL');
  return rows.length === 0;
};

it('removes the file of an upload that is used up', async () => {
  const { id, file, aside } = await upload('sealed');
  await useUp(id);
  await expect.poll(isDelivered).toBe(true);
  expect([existsSync(file), existsSync(aside)]).toEqual([false, false]);
});

// A removal sets the file aside before its last look, and its process may be killed between the two.
it.each([
  ['removes', 'wanted by nobody else', 1],
  ['puts back', 'that another upload needs', 2],
])('%s a file %s which a removal that was killed had set aside', async (_what, _whose, uploads) => {
  const content = `sealed, of ${uploads}`;
  const { id, file, aside } = await upload(content);
  for (let more = 1; more < uploads; more += 1) await upload(content);
  mkdirSync(join(test.config.home, 'staging'), { recursive: true });
  renameSync(file, aside);
  await useUp(id);
  await expect.poll(isDelivered).toBe(true);
  expect([existsSync(file), existsSync(aside)]).toEqual([uploads > 1, false]);
});
