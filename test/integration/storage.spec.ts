import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyInstance } from 'fastify';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditModule } from '../../src/platform/audit/index.js';
import { AssayConfig, ConfigModule } from '../../src/platform/config/index.js';
import { type RequestContext, runInContext } from '../../src/platform/context/index.js';
import { DatabaseModule, newId, UnitOfWork } from '../../src/platform/database/index.js';
import { HttpModule } from '../../src/platform/http/index.js';
import {
  BlobReferences,
  BlobStore,
  BlobSweeper,
  OCTET_STREAM,
  registerStreamingBody,
  StorageModule,
  Uploads,
  type UploadView,
} from '../../src/platform/storage/index.js';
import { StorageApiModule } from '../../src/platform/storage/api/storage-api.module.js';
import { resumableCases } from './resumable-cases.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const MAX_BYTES = 2_000_000;
const URL = '/v1/projects/credit/uploads';

describe('uploads and blobs', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let home: string;
  const projects = { credit: newId(), other: newId() };

  const contextOf = (project: keyof typeof projects, key = 'key-1'): RequestContext => ({
    requestId: newId(),
    projectId: projects[project],
    projectName: project,
    actor: { kind: 'key', id: key, name: 'ci', permissions: new Set(['read', 'contribute']) },
  });
  const as = <T>(project: keyof typeof projects, work: () => Promise<T>, key?: string) =>
    runInContext(contextOf(project, key), work);
  const send = (bytes: Buffer, filename = 'train.csv') =>
    supertest(app.getHttpServer())
      .post(`${URL}?filename=${encodeURIComponent(filename)}`)
      .set('content-type', OCTET_STREAM)
      .send(bytes);
  const staged = () => readdir(join(home, 'staging')).catch(() => [] as string[]);
  const sweeper = () => app.get(BlobSweeper);
  const age = async (digest: string) => {
    const old = new Date(Date.now() - 1000 * 3_600_000);
    await utimes(join(home, 'blobs', digest.slice(0, 2), digest.slice(2, 4), digest), old, old);
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    for (const [name, id] of Object.entries(projects)) {
      await database.admin.query('INSERT INTO project (id, name) VALUES ($1, $2)', [id, name]);
    }
    home = await mkdtemp(join(tmpdir(), 'assay-storage-'));
    const config = AssayConfig.fromEnvironment({
      ASSAY_HOME: home,
      ASSAY_MAX_UPLOAD_BYTES: String(MAX_BYTES),
    });
    const adapter = new FastifyAdapter({ bodyLimit: 1024, forceCloseConnections: true });
    const module = await Test.createTestingModule({
      imports: [
        ConfigModule.register(config),
        DatabaseModule.register(database.appUrl),
        AuditModule,
        HttpModule,
        StorageModule,
        StorageApiModule,
      ],
    }).compile();
    Logger.overrideLogger(false);
    app = module.createNestApplication<NestFastifyApplication>(adapter);
    const fastify = adapter.getInstance() as unknown as FastifyInstance;
    registerStreamingBody(fastify);
    fastify.addHook('onRequest', (_request, _reply, done) => runInContext(contextOf('credit'), done));
    await app.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
    await rm(home, { recursive: true, force: true });
  });

  it('takes a file as a stream, beyond the limit of JSON bodies, and names it by its digest', async () => {
    const bytes = randomBytes(1_500_000);
    const { body } = (await send(bytes).expect(201)) as { body: UploadView };
    expect(body).toMatchObject({
      digest: createHash('sha256').update(bytes).digest('hex'),
      size: bytes.length,
      filename: 'train.csv',
    });
    expect(new Date(body.expiresAt).getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    expect((await buffer(app.get(BlobStore).read(body.digest))).equals(bytes)).toBe(true);
    expect((await supertest(app.getHttpServer()).get(`${URL}/${body.id}`).expect(200)).body).toEqual(body);
    const { rows } = await database.admin.query<{ action: string }>(
      'SELECT action FROM audit_leaf WHERE subject_id = $1',
      [body.id],
    );
    expect(rows).toEqual([{ action: 'upload.created' }]);
  });

  it('takes PUT as curl sends it', async () => {
    const response = await supertest(app.getHttpServer())
      .put(`${URL}?filename=a.csv`)
      .set('content-type', OCTET_STREAM)
      .send(Buffer.from('a'));
    expect(response.status).toBe(201);
  });

  it('keeps only the harmless part of a file name', async () => {
    const { body } = (await send(Buffer.from('x'), '../../etc/pass\r\nwd').expect(201)) as {
      body: UploadView;
    };
    expect(body.filename).toBe('passwd');
  });

  it('refuses what is too large, said or unsaid, what is empty, and what is no stream', async () => {
    const said = await send(Buffer.alloc(MAX_BYTES + 1));
    expect([said.status, said.body]).toMatchObject([413, { code: 'UPLOAD_TOO_LARGE' }]);
    const unsaid = await chunked(Buffer.alloc(700_000), 4);
    expect(unsaid).toMatchObject({ status: 413, body: { code: 'UPLOAD_TOO_LARGE' } });
    const empty = await send(Buffer.alloc(0));
    expect([empty.status, empty.body]).toMatchObject([400, { code: 'UPLOAD_EMPTY' }]);
    const json = await supertest(app.getHttpServer()).post(URL).send({ a: 1 });
    expect([json.status, json.body]).toMatchObject([400, { code: 'UPLOAD_NOT_A_STREAM' }]);
    expect(await staged()).toEqual([]);
  });

  it('leaves nothing of an upload whose client goes away', async () => {
    const { rows: before } = await database.admin.query('SELECT id FROM upload');
    await new Promise<void>((resolve) => {
      const sending = httpRequest(address(), {
        method: 'POST',
        headers: { 'content-type': OCTET_STREAM, 'content-length': 1_000_000 },
      });
      sending.on('error', () => resolve());
      sending.write(Buffer.alloc(300_000), () => setTimeout(() => sending.destroy(), 100));
      sending.on('close', () => resolve());
    });
    for (let tries = 0; (await staged()).length > 0 && tries < 40; tries += 1) await sleep(50);
    expect(await staged()).toEqual([]);
    const { rows: after } = await database.admin.query('SELECT id FROM upload');
    expect(after).toEqual(before);
  });

  it('shows an upload to its project alone', async () => {
    const uploads = app.get(Uploads);
    const upload = await as('credit', () => uploads.receive(Readable.from([Buffer.from('mine')]), 'a'));
    await expect(as('other', () => uploads.get(upload.id))).rejects.toMatchObject({
      code: 'UPLOAD_NOT_FOUND',
    });
    await expect(
      as('other', () => app.get(UnitOfWork).run(() => uploads.claim(upload.id, 'test'))),
    ).rejects.toMatchObject({
      code: 'UPLOAD_NOT_FOUND',
    });
    await expect(as('credit', () => uploads.get('nonsense'))).rejects.toMatchObject({
      code: 'UPLOAD_NOT_FOUND',
    });
  });

  it('keeps a claimed upload longer, and refuses one that has expired', async () => {
    const uploads = app.get(Uploads);
    const upload = await as('credit', () => uploads.receive(Readable.from([Buffer.from('claimed')]), 'a'));
    await database.admin.query(`UPDATE upload SET expires_at = now() + interval '1 minute' WHERE id = $1`, [
      upload.id,
    ]);
    const claim = () =>
      as('credit', () => app.get(UnitOfWork).run(() => uploads.claim(upload.id, 'datasetVersion')));
    expect((await claim()).expiresAt.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    await database.admin.query(`UPDATE upload SET expires_at = now() - interval '1 minute' WHERE id = $1`, [
      upload.id,
    ]);
    await expect(claim()).rejects.toMatchObject({ code: 'UPLOAD_EXPIRED' });
  });

  it('sweeps what no project needs any more, and nothing else', async () => {
    const store = app.get(BlobStore);
    const put = async (text: string) => {
      const blob = await store.stage(Readable.from([Buffer.from(text)]), { maxBytes: 100 });
      await blob.commit();
      return blob.digest;
    };
    const [orphan, fresh, referenced] = [await put('orphan'), await put('fresh'), await put('referenced')];
    const uploads = app.get(Uploads);
    const living = await as('other', () => uploads.receive(Readable.from([Buffer.from('living')]), 'a'));
    const expired = await as('other', () => uploads.receive(Readable.from([Buffer.from('expired')]), 'a'));
    await database.admin.query(`UPDATE upload SET expires_at = now() - interval '1 minute' WHERE id = $1`, [
      expired.id,
    ]);
    await as('other', () =>
      app.get(UnitOfWork).run(async () => {
        const references = app.get(BlobReferences);
        await references.add(referenced, 10, { kind: 'test', id: '1' });
        await references.add(referenced, 10, { kind: 'test', id: '1' });
      }),
    );
    for (const digest of [orphan, referenced, living.digest, expired.digest]) await age(digest);
    await mkdir(join(home, 'staging'), { recursive: true });
    const dead = join(home, 'staging', 'dead');
    await writeFile(dead, 'x');
    await utimes(dead, 0, 0);
    expect(await sweeper().sweep(3_600_000)).toMatchObject({ blobs: 2, staged: 1 });
    const there = await Promise.all(
      [orphan, expired.digest, fresh, referenced, living.digest].map((digest) => store.exists(digest)),
    );
    expect(there).toEqual([false, false, true, true, true]);
  });

  resumableCases(
    () => ({ url: origin(), home, database, get: (service) => app.get(service), as }),
    MAX_BYTES,
  );

  const origin = () => `http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}`;
  const address = () => `${origin()}${URL}`;

  /** `bytes`, `times` times over, without saying beforehand how many that is. */
  function chunked(bytes: Buffer, times: number): Promise<{ status: number; body: unknown }> {
    return new Promise((resolve, reject) => {
      const sending = httpRequest(
        address(),
        { method: 'POST', headers: { 'content-type': OCTET_STREAM } },
        (response) => {
          buffer(response).then(
            (text) => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text.toString()) }),
            reject,
          );
        },
      );
      // The server may answer and close before everything is sent.
      sending.on('error', () => undefined);
      const write = (left: number) =>
        left === 0 ? sending.end() : void sending.write(bytes, () => write(left - 1));
      write(times);
    });
  }
});
