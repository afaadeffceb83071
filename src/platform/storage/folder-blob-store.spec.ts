import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AssayConfig } from '../config/index.js';
import { FolderBlobStore } from './folder-blob-store.js';

const NO_LIMIT = { maxBytes: 1e9 };
const never = () => Promise.resolve(false);
const always = () => Promise.resolve(true);

let home: string;
let store: FolderBlobStore;
const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const pathOf = (digest: string) => join(home, 'blobs', digest.slice(0, 2), digest.slice(2, 4), digest);
const staged = () => readdir(join(home, 'staging'));

async function put(bytes: Buffer): Promise<string> {
  const blob = await store.stage(Readable.from([bytes]), NO_LIMIT);
  await blob.commit();
  return blob.digest;
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'assay-blobs-'));
  store = new FolderBlobStore({ home } as AssayConfig);
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe('FolderBlobStore', () => {
  it('stores a stream under its digest and reads it back', async () => {
    const bytes = randomBytes(3_000_000);
    const blob = await store.stage(
      Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)]),
      NO_LIMIT,
    );
    expect(blob).toMatchObject({ digest: digestOf(bytes), size: bytes.length });
    expect(await store.exists(blob.digest)).toBe(false);
    await blob.commit();
    expect(await store.exists(blob.digest)).toBe(true);
    expect((await buffer(store.read(blob.digest))).equals(bytes)).toBe(true);
    expect(await store.localPath(blob.digest)).toBe(pathOf(blob.digest));
    expect(await staged()).toEqual([]);
  });

  it('keeps blobs from other users of the machine', async () => {
    const digest = await put(Buffer.from('sealed'));
    expect((await stat(pathOf(digest))).mode & 0o077).toBe(0);
    expect((await stat(join(home, 'blobs'))).mode & 0o077).toBe(0);
  });

  it('stores the same bytes once', async () => {
    const digest = await put(Buffer.from('same'));
    expect(await put(Buffer.from('same'))).toBe(digest);
    const listed = [];
    for await (const blob of store.list()) listed.push(blob);
    expect(listed).toMatchObject([{ digest, size: 4 }]);
  });

  it('stores a local file and leaves it where it is', async () => {
    const path = join(home, 'file');
    await writeFile(path, 'content');
    const facts = await store.putFile(path);
    expect(facts).toEqual({ digest: digestOf(Buffer.from('content')), size: 7 });
    expect((await stat(path)).size).toBe(7);
    await expect(store.putFile(join(home, 'absent'))).rejects.toThrow(/ENOENT/);
  });

  it('leaves nothing of what is too large, breaks off, or is discarded', async () => {
    const large = Readable.from([Buffer.alloc(600), Buffer.alloc(600)]);
    await expect(store.stage(large, { maxBytes: 1_000 })).rejects.toMatchObject({
      code: 'UPLOAD_TOO_LARGE',
      kind: 'tooLarge',
    });
    const broken = Readable.from(
      (function* () {
        yield Buffer.alloc(10);
        throw new Error('connection lost');
      })(),
    );
    await expect(store.stage(broken, NO_LIMIT)).rejects.toThrow('connection lost');
    await (await store.stage(Readable.from([Buffer.alloc(10)]), NO_LIMIT)).discard();
    expect(await staged()).toEqual([]);
  });

  it('takes exactly the limit', async () => {
    const blob = await store.stage(Readable.from([Buffer.alloc(1_000)]), { maxBytes: 1_000 });
    expect(blob.size).toBe(1_000);
  });

  it('notices bytes that were changed on disk', async () => {
    const digest = await put(Buffer.from('original'));
    await store.localPath(digest);
    await rm(pathOf(digest));
    await writeFile(pathOf(digest), 'tampered');
    await expect(buffer(store.read(digest))).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
    await expect(store.localPath(digest)).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
  });

  it('says that a blob is not there, and takes only digests for names', async () => {
    const absent = '0'.repeat(64);
    await expect(buffer(store.read(absent))).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
    await expect(store.localPath(absent)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
    for (const name of ['../../etc/passwd', 'A'.repeat(64), '', `${absent}\n`]) {
      await expect(store.exists(name)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
    }
  });
});

describe('FolderBlobStore sweeping', () => {
  const past = new Date(Date.now() - 10_000);
  const now = () => new Date(Date.now() + 1_000);

  it('removes an unused old blob', async () => {
    const digest = await put(Buffer.from('old'));
    expect(await store.removeIfUnused(digest, now(), never)).toBe(true);
    expect(await store.exists(digest)).toBe(false);
    expect(await staged()).toEqual([]);
  });

  it('puts a blob back that turns out to be wanted', async () => {
    const digest = await put(Buffer.from('wanted'));
    expect(await store.removeIfUnused(digest, now(), always)).toBe(false);
    expect(await buffer(store.read(digest))).toEqual(Buffer.from('wanted'));
  });

  it('keeps a blob that was stored again since it was looked at', async () => {
    const digest = await put(Buffer.from('again'));
    await utimes(pathOf(digest), past, past);
    await put(Buffer.from('again'));
    expect(await store.removeIfUnused(digest, new Date(Date.now() - 5_000), never)).toBe(false);
    expect(await store.exists(digest)).toBe(true);
  });

  it('keeps a blob that is stored again in the middle of its removal', async () => {
    const digest = await put(Buffer.from('race'));
    const removed = await store.removeIfUnused(digest, now(), async () => {
      await put(Buffer.from('race'));
      return false;
    });
    expect(removed).toBe(true);
    expect(await buffer(store.read(digest))).toEqual(Buffer.from('race'));
  });

  it('puts a blob back when nobody can say whether it is wanted', async () => {
    const digest = await put(Buffer.from('who knows'));
    const failed = store.removeIfUnused(digest, now(), () => Promise.reject(new Error('no database')));
    await expect(failed).rejects.toThrow('no database');
    expect(await buffer(store.read(digest))).toEqual(Buffer.from('who knows'));
    expect(await staged()).toEqual([]);
  });

  describe('of a sweeper that was killed before its last look', () => {
    let digest: string;
    beforeEach(async () => {
      digest = await put(Buffer.from('set aside'));
      void store.removeIfUnused(digest, now(), () => new Promise(() => undefined));
      await expect.poll(() => store.exists(digest)).toBe(false);
    });

    it('puts back what it had set aside, a while later', async () => {
      await store.sweepStaging(now());
      // It may still be about its last look.
      expect(await store.exists(digest)).toBe(false);
      await store.sweepStaging(now(), -1);
      expect(await buffer(store.read(digest))).toEqual(Buffer.from('set aside'));
      expect(await staged()).toEqual([]);
    });

    it('restores what it had set aside, on demand, and nothing else', async () => {
      for (let again = 0; again < 2; again += 1) await store.restore(digest);
      await store.restore('0'.repeat(64));
      expect(await buffer(store.read(digest))).toEqual(Buffer.from('set aside'));
      expect(await staged()).toEqual([]);
      expect(await store.removeIfUnused(digest, now(), never)).toBe(true);
    });
  });

  it('sweeps old staged bytes only', async () => {
    const kept = await store.stage(Readable.from([Buffer.from('kept')]), NO_LIMIT);
    await writeFile(join(home, 'staging', 'dead'), 'x');
    await utimes(join(home, 'staging', 'dead'), past, past);
    expect(await store.sweepStaging(new Date(Date.now() - 5_000))).toBe(1);
    await kept.commit();
    expect(await store.exists(kept.digest)).toBe(true);
  });
});
