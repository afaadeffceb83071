import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

const SECRET = 'planted-label';
const FILE = `id,x,y\n${Array.from({ length: 60 }, (_, i) => `r${i},${i},${SECRET}-${i % 2}\n`).join('')}`;

describe('the labels of a sealed split', () => {
  let test: TestApp;
  let admin: ApiClient;
  let contributor: ApiClient;
  let uploadId: string;
  beforeAll(async () => {
    test = await startTestApp({ workers: true });
    admin = new ApiClient(test);
    contributor = new ApiClient(test, await test.key('contributor'));
    uploadId = await admin.upload(FILE, 'holdout.csv');
    await admin.job('datasets/sealed/versions', {
      splits: [{ name: 'holdout', role: 'holdout', uploadId }],
      key: 'id',
      label: 'y',
    });
  }, 60_000);
  afterAll(() => test.stop());

  it('are not confirmed by pushing guesses: equal rows of another key have another id', async () => {
    const push = async (who: ApiClient, name: string) => {
      const version = await who.job<{ contentId: string; splits: { holdout: { root: string } } }>(
        `datasets/${name}/versions`,
        {
          splits: [{ name: 'holdout', role: 'holdout', uploadId: await who.upload(FILE, 'holdout.csv') }],
          key: 'id',
          label: 'y',
        },
      );
      return [version.contentId, version.splits.holdout.root];
    };
    const original = await push(admin, 'sealed');
    const guesser = await push(contributor, 'guess');
    const accomplice = await push(new ApiClient(test, await test.key('contributor')), 'guess');
    expect(new Set([...original, ...guesser, ...accomplice]).size, 'no id of one is an id of another').toBe(
      6,
    );
    expect(await push(contributor, 'again'), 'the same key, the same rows').toEqual(guesser);
    expect(await push(admin, 'again'), 'of those who may endorse').toEqual(original);
  });

  it('cannot be had through the upload they came in, whose id the audit log tells everyone', async () => {
    const { items } = await contributor.get<{ items: { subject: { kind: string; id: string } }[] }>(
      'audit/entries?first=100',
    );
    expect(items.map(({ subject }) => subject.id)).toContain(uploadId);
    const tries = [
      contributor.send('get', `uploads/${uploadId}`),
      contributor.send('post', 'models/thief/versions').send({ artifactUploadId: uploadId }),
      contributor.send('post', 'evaluations').send({
        modelVersion: 'thief@1',
        datasetVersion: 'sealed@1',
        predictions: [{ split: 'holdout', uploadId }],
      }),
      contributor.send('post', 'datasets/open/versions').send({
        splits: [{ name: 'all', role: 'train', uploadId }],
        key: 'id',
        label: 'y',
      }),
    ];
    for (const answer of await Promise.all(tries)) {
      expect(answer.status).toBe(404);
      expect(answer.text).not.toContain(SECRET);
    }
  });

  it('leave the disk in clear with the push, and their sender cannot use the file again either', async () => {
    // It goes at once, but after the push has committed.
    while (filesWith(SECRET, join(test.config.home, 'blobs')).length > 0) await sleep(20);
    expect(await admin.get(`uploads/${uploadId}`)).toMatchObject({ usedUpFor: 'datasetVersion' });
    const again = await admin.send('post', 'models/thief/versions').send({ artifactUploadId: uploadId });
    expect([again.status, (again.body as { code: string }).code]).toEqual([409, 'UPLOAD_USED_UP']);
  });

  it('cannot be found by trying the digest of that upload', async () => {
    const { items } = await contributor.get<{ items: { action: string; bodyDigest: string }[] }>(
      'audit/entries?first=100',
    );
    const again = await admin.upload(FILE, 'holdout.csv');
    const { items: after } =
      await contributor.get<typeof items extends infer T ? { items: T } : never>('audit/entries?first=1');
    const first = items.find(({ action }) => action === 'upload.created');
    expect(after[0]).toMatchObject({ action: 'upload.created' });
    expect(after[0]?.bodyDigest).not.toBe(first?.bodyDigest);
    expect(again).not.toBe(uploadId);
    // What else stands in the body can be guessed, ids and times too: the salt is what cannot.
    const { rows } = await test.database.admin.query<{ body: string }>(
      `SELECT body FROM audit_leaf WHERE action = 'upload.created' AND subject_id IN ($1, $2)`,
      [uploadId, again],
    );
    const salts = rows.map(({ body }) => (JSON.parse(body) as { salt: string }).salt);
    expect(salts).toEqual(Array(2).fill(expect.stringMatching(/^[0-9a-f]{32}$/)));
    expect(new Set(salts).size).toBe(2);
  });

  it('an answer to one key under an Idempotency-Key is for no other', async () => {
    const key = randomUUID();
    const create = async (secret: string) =>
      test.request
        .post('/v1/projects/default/experiments')
        .set({ authorization: `Bearer ${secret}`, 'idempotency-key': key })
        .send({ name: 'shared-key' });
    expect((await create(test.apiKey)).status).toBe(201);
    const other = await create(await test.key('contributor'));
    expect(other.headers['idempotency-replayed']).toBeUndefined();
    expect(other.status).toBe(409);
  });
});

/** Files below a folder that hold a text. One that goes away meanwhile holds nothing. */
function filesWith(text: string, folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => {
      try {
        return readFileSync(path).includes(text);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw error;
      }
    });
}
