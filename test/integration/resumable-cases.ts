import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import supertest from 'supertest';
import * as tus from 'tus-js-client';
import { expect, it } from 'vitest';
import { ApiClient } from '../../cli/client.js';
import { BlobStore, ResumableUploads, type UploadView } from '../../src/platform/storage/index.js';
import type { TestDatabase } from '../support/test-database.js';

export interface StorageWorld {
  /** Of the server. */
  url: string;
  home: string;
  database: TestDatabase;
  get<T>(service: abstract new (...given: never[]) => T): T;
  as<T>(project: 'credit' | 'other', work: () => Promise<T>, key?: string): Promise<T>;
}

const TUS = { 'tus-resumable': '1.0.0' };
const PART = { ...TUS, 'content-type': 'application/offset+octet-stream' };
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const bytes = randomBytes(1_900_000);

/** Resumable uploads over real sockets, on the server of the spec that calls this. `maxBytes`: what that server takes. */
export function resumableCases(world: () => StorageWorld, maxBytes: number): void {
  const api = () => supertest(`${world().url}/v1/projects/credit`);
  const begin = async (size = bytes.length, metadata = '') => {
    const { body, headers } = await api()
      .post('/resumable-uploads')
      .set({ ...TUS, 'upload-length': String(size), 'upload-metadata': metadata })
      .expect(201);
    expect(headers.location).toBe(`resumable-uploads/${body.id}`);
    return body.id as string;
  };
  const head = async (id: string) => {
    const { headers, status } = await api().head(`/resumable-uploads/${id}`).set(TUS);
    return status === 200 ? Number(headers['upload-offset']) : status;
  };
  const part = (id: string, from: number, body: Buffer, more: Record<string, string> = {}) =>
    api()
      .patch(`/resumable-uploads/${id}`)
      .set({ ...PART, 'upload-offset': String(from), ...more })
      .send(body);
  const upload = async (id: string) => (await api().get(`/uploads/${id}`).expect(200)).body as UploadView;
  const isWhole = async (id: string) => {
    expect(await upload(id)).toMatchObject({ id, digest: sha256(bytes), size: bytes.length });
    expect(await world().get(BlobStore).exists(sha256(bytes))).toBe(true);
    expect(await filesOf(id)).toEqual([]);
  };
  const filesOf = async (id: string) =>
    (await readdir(join(world().home, 'staging'))).filter((name) => name.includes(id));
  const change = (id: string, set: string) =>
    world().database.admin.query(`UPDATE partial_upload SET ${set} WHERE id = $1`, [id]);
  /** A part that says its whole length and sends only some of it, on a connection that stays. */
  const hanging = async (id: string, from: number, sent: Buffer): Promise<ClientRequest> => {
    const request = httpRequest(`${world().url}/v1/projects/credit/resumable-uploads/${id}`, {
      method: 'PATCH',
      headers: { ...PART, 'upload-offset': from, 'content-length': bytes.length - from },
    });
    request.on('error', () => undefined);
    await new Promise((resolve) => request.write(sent, resolve));
    const written = async () =>
      (
        await world().database.admin.query(
          'SELECT FROM partial_upload WHERE id = $1 AND writer IS NOT NULL',
          [id],
        )
      ).rowCount;
    await expect.poll(written).toBe(1);
    return request;
  };

  it('takes a file in parts from a client of others, and makes the same upload of it', async () => {
    const url = await new Promise<string>((resolve, reject) => {
      const sending = new tus.Upload(bytes as never, {
        endpoint: `${world().url}/v1/projects/credit/resumable-uploads`,
        metadata: { filename: '../../etc/passwd' },
        chunkSize: 400_000,
        retryDelays: null,
        storeFingerprintForResuming: false,
        onSuccess: () => resolve(sending.url!),
        onError: reject,
      });
      sending.start();
    });
    const id = url.split('/').pop()!;
    await isWhole(id);
    expect((await upload(id)).filename).toBe('passwd');
    const { headers } = await api().options('/resumable-uploads').expect(204);
    expect(headers).toMatchObject({ 'tus-version': '1.0.0', 'tus-max-size': String(maxBytes) });
  });

  it('is resumed by the command line by itself, whose connections are cut again and again', async () => {
    const port = Number(new URL(world().url).port);
    let cuts = 0;
    const between = createServer((client) => {
      const server = connect(port, '127.0.0.1');
      let passed = 0;
      for (const socket of [client, server]) socket.on('error', () => undefined);
      client.on('data', (chunk: Buffer) => {
        passed += chunk.length;
        if (cuts === 3 || passed < 400_000) return void server.write(chunk);
        cuts += 1;
        client.destroy();
        server.destroy();
      });
      server.pipe(client);
      client.on('close', () => server.destroy());
      server.on('close', () => client.destroy());
    });
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
    const path = join(world().home, 'sent.csv');
    await writeFile(path, bytes);
    try {
      const url = `http://127.0.0.1:${(between.address() as AddressInfo).port}`;
      const client = new ApiClient({ url, apiKey: 'key', project: 'credit' }, { partBytes: 900_000 });
      const sent = await client.upload(path);
      expect([cuts, sent.filename]).toEqual([3, 'sent.csv']);
      await isWhole(sent.id);
    } finally {
      between.close();
    }
  });

  it('goes on where a connection was cut, and hashes the whole', async () => {
    const id = await begin();
    for (const [from, to] of [
      [0, 700_000],
      [700_000, 1_200_000],
    ] as const) {
      const cut = await hanging(id, from, bytes.subarray(from, to));
      await expect.poll(() => readdir(join(world().home, 'staging'))).toContain(`partial-${id}-0`);
      cut.destroy();
      await expect.poll(() => head(id)).toBeGreaterThan(from);
      const came = await head(id);
      if (came < to) await part(id, came, bytes.subarray(came, to)).expect(204);
    }
    const { headers } = await part(id, 1_200_000, bytes.subarray(1_200_000)).expect(204);
    expect(headers).toMatchObject({ 'upload-offset': String(bytes.length), 'tus-resumable': '1.0.0' });
    await isWhole(id);
    expect(await head(id)).toBe(bytes.length);
  });

  it('lets one write at a time, and from where the last one ended', async () => {
    const id = await begin();
    const first = await hanging(id, 0, bytes.subarray(0, 1_000));
    const second = await part(id, 0, bytes);
    expect([second.status, second.body.code]).toEqual([423, 'UPLOAD_LOCKED']);
    const gone = await api().delete(`/resumable-uploads/${id}`).set(TUS);
    expect(gone.status).toBe(423);
    first.destroy();
    await expect.poll(async () => (await part(id, 5, bytes.subarray(0, 9))).status).toBe(409);
    const received = await head(id);
    const wrong = await part(id, received + 1, bytes.subarray(0, 10));
    expect([wrong.status, wrong.body.code, wrong.body.received]).toEqual([
      409,
      'UPLOAD_OFFSET_CONFLICT',
      received,
    ]);
    await part(id, received, bytes.subarray(received)).expect(204);
    await isWhole(id);
  });

  it('keeps nothing of a part that is not what its checksum says', async () => {
    const id = await begin();
    const [start, rest] = [bytes.subarray(0, 50_000), bytes.subarray(50_000)];
    const checksum = (of: Buffer, algorithm = 'sha256') => ({
      'upload-checksum': `${algorithm} ${createHash(algorithm).update(of).digest('base64')}`,
    });
    await part(id, 0, start, checksum(start, 'sha1')).expect(204);
    const damaged = await part(id, 50_000, rest, checksum(start));
    expect([damaged.status, damaged.body.code]).toEqual([460, 'UPLOAD_CHECKSUM_MISMATCH']);
    expect(await head(id)).toBe(50_000);
    expect((await part(id, 50_000, rest, { 'upload-checksum': 'md5 AAAA' })).body.code).toBe(
      'UPLOAD_CHECKSUM_INVALID',
    );
    await part(id, 50_000, rest, checksum(rest)).expect(204);
    await isWhole(id);
  });

  it('takes over from a process that is gone or says nothing, whose unsaid bytes do not count', async () => {
    for (const [process, file] of [
      ['gone.1.1.', 'partial-ID-1'],
      [`${(await machine()).join('.')}.`, 'partial-ID-0'],
    ] as const) {
      const id = await begin();
      await part(id, 0, bytes.subarray(0, 300_000)).expect(204);
      await appendFile(join(world().home, 'staging', `partial-${id}-0`), 'not acknowledged');
      await change(id, `writer_process = '${process}', writing_until = now() - interval '1 second'`);
      await part(id, 300_000, bytes.subarray(300_000, 400_000)).expect(204);
      expect(await filesOf(id)).toEqual([file.replace('ID', id)]);
      await part(id, 400_000, bytes.subarray(400_000)).expect(204);
      await isWhole(id);
    }
    // Whoever took over died before the copy was made.
    const copied = await begin();
    await part(copied, 0, bytes.subarray(0, 300_000)).expect(204);
    const died = `${(await machine()).join('.')}.`;
    await change(copied, `file = 1, writer_process = '${died}', writing_until = now() - interval '1 second'`);
    await part(copied, 300_000, bytes.subarray(300_000, 400_000)).expect(204);
    expect(await filesOf(copied)).toEqual([`partial-${copied}-1`]);
    await part(copied, 400_000, bytes.subarray(400_000)).expect(204);
    await isWhole(copied);
    // Of another machine, and still within its time: it may well be writing.
    const id = await begin();
    await change(id, `writer_process = 'other.1.1.', writing_until = now() + interval '1 minute'`);
    expect((await part(id, 0, bytes)).status).toBe(423);
  });

  it('finishes what had all its bytes when its server died', async () => {
    const id = await begin();
    await part(id, 0, bytes.subarray(0, 500_000)).expect(204);
    await appendFile(join(world().home, 'staging', `partial-${id}-0`), bytes.subarray(500_000));
    await change(id, `received = size, digest = '${sha256(bytes)}'`);
    expect((await api().get(`/uploads/${id}`)).status).toBe(404);
    expect(await Promise.all([head(id), head(id)])).toEqual([bytes.length, bytes.length]);
    await isWhole(id);
    const { rows } = await world().database.admin.query('SELECT FROM audit_leaf WHERE subject_id = $1', [id]);
    expect(rows).toHaveLength(1);
  });

  it('refuses what is too large, at its beginning and in its parts, and what is no part', async () => {
    const create = (headers: Record<string, string>) => api().post('/resumable-uploads').set(headers);
    const refused = async (answer: supertest.Test, status: number, code: string) => {
      const { status: found, body } = await answer;
      expect([found, body.code]).toEqual([status, code]);
    };
    await refused(create({ ...TUS, 'upload-length': String(maxBytes + 1) }), 413, 'UPLOAD_TOO_LARGE');
    await refused(create({ ...TUS, 'upload-length': '0' }), 400, 'UPLOAD_EMPTY');
    await refused(create({ ...TUS, 'upload-length': '1e3' }), 400, 'UPLOAD_LENGTH_INVALID');
    await refused(create({ 'upload-length': '5' }), 412, 'TUS_VERSION_NOT_SUPPORTED');
    const id = await begin(1_000);
    await refused(part(id, 0, bytes.subarray(0, 1_001)), 413, 'UPLOAD_BEYOND_LENGTH');
    await refused(
      part(id, 0, bytes, { 'content-type': 'application/octet-stream' }),
      415,
      'MEDIA_TYPE_NOT_SUPPORTED',
    );
    const unsaid = api()
      .patch(`/resumable-uploads/${id}`)
      .set({ ...PART, 'upload-offset': '0' });
    unsaid.write(bytes.subarray(0, 600));
    unsaid.write(bytes.subarray(0, 600));
    await refused(unsaid, 413, 'UPLOAD_BEYOND_LENGTH');
    expect(await head(id)).toBe(0);
    expect((await api().get(`/uploads/${id}`)).status).toBe(404);
    expect(existsSync(join(world().home, 'blobs', sha256(bytes.subarray(0, 1_000))))).toBe(false);
  });

  it('is for the key that began it, until it is ended or expires', async () => {
    const service = world().get(ResumableUploads);
    const id = await begin();
    const notFound = { code: 'RESUMABLE_UPLOAD_NOT_FOUND' };
    const send = () => service.append(id, 0, Readable.from([bytes]));
    await expect(world().as('other', send)).rejects.toMatchObject(notFound);
    await expect(world().as('credit', send, 'key-2')).rejects.toMatchObject(notFound);
    await expect(world().as('credit', () => service.remove(id), 'key-2')).rejects.toMatchObject(notFound);
    await part(id, 0, bytes.subarray(0, 10)).expect(204);
    await api().delete(`/resumable-uploads/${id}`).set(TUS).expect(204);
    expect([await head(id), await filesOf(id)]).toEqual([404, []]);
    const old = await begin();
    await change(old, `expires_at = now() - interval '1 second'`);
    expect([await head(old), (await part(old, 0, bytes)).status]).toEqual([404, 404]);
  });
}

/** The name of a process of this machine that has ended: as files name it. */
async function machine(): Promise<string[]> {
  const { processPrefix } = await import('../../src/platform/files/process-files.js');
  return [processPrefix().split('.')[0]!, '4194303', '1'];
}
