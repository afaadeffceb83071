import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closedUnless } from './copy-file.js';
import { fetchReference } from './fetch-reference.js';
import type { Fetching } from './fetching.js';

const CSV = 'id,y\n1,a\n2,b\n';
const sha256 = createHash('sha256').update(CSV).digest('hex');

describe('what a reference leads to', () => {
  let root: string;
  let folder: string;
  const stops: (() => void)[] = [];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'assay-reference-'));
    folder = join(root, 'scratch');
    for (const name of ['data', 'data/deep', 'outside']) mkdirSync(join(root, name));
    writeFileSync(join(root, 'data/train.csv'), CSV);
    writeFileSync(join(root, 'outside/train.csv'), CSV);
  });
  afterEach(() => {
    stops.splice(0).forEach((stop) => stop());
    rmSync(root, { recursive: true, force: true });
  });

  const fetching = (more: Partial<Fetching> = {}): Fetching => ({
    dataHosts: [],
    dataFolder: join(root, 'data'),
    maxUploadBytes: 1_000,
    objectStore: { region: 'us-east-1', addressing: 'auto' },
    folder,
    ...more,
  });
  const fetchIt = (url: string, more?: Partial<Fetching>, digest = sha256) =>
    fetchReference('train', { url, sha256: digest }, fetching(more));
  const left = () => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  };
  const refused = async (work: Promise<unknown>, code: string) => {
    await expect(work).rejects.toMatchObject({ code });
    expect(left()).toEqual([]);
  };
  const serve = async (answer: RequestListener): Promise<{ url: string; dataHosts: string[] }> => {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url: `http://${host}/data/..%2f..%2ftrain.csv`, dataHosts: [host] };
  };

  it('is copied into the folder of the job, from below the folder that is allowed', async () => {
    symlinkSync('../train.csv', join(root, 'data/deep/link.csv'));
    for (const name of ['train.csv', 'deep/../train.csv', 'deep/link.csv']) {
      const { fetched, ...source } = await fetchIt(pathToFileURL(join(root, 'data')).href + `/${name}`);
      expect(source).toMatchObject({ id: null, digest: sha256, size: CSV.length });
      expect(readFileSync(fetched!.path, 'utf8')).toBe(CSV);
      expect(fetched!.path.startsWith(folder)).toBe(true);
    }
  });

  it('is nothing where it leads outside, to no file, or to what is no regular file', async () => {
    symlinkSync('../../outside', join(root, 'data/deep/out'));
    symlinkSync(join(root, 'outside/train.csv'), join(root, 'data/absolute.csv'));
    mkdirSync(join(root, 'data-beside'));
    writeFileSync(join(root, 'data-beside/train.csv'), CSV);
    execFileSync('mkfifo', [join(root, 'data/pipe')]);
    const base = pathToFileURL(join(root, 'data')).href;
    for (const path of [
      '/../outside/train.csv',
      '/%2e%2e/outside/train.csv',
      '/..%2foutside/train.csv',
      '-beside/train.csv',
      '/deep/out/train.csv',
      '/absolute.csv',
      '/missing.csv',
      '/train.csv/x',
      '/deep',
      '',
      '/pipe',
      '/train.csv%00',
      `/${'x'.repeat(300)}`,
    ])
      await refused(fetchIt(base + path), 'REFERENCE_NOT_FOUND');
    await refused(fetchIt('file:///dev/zero'), 'REFERENCE_NOT_FOUND');
  });

  it('is closed where it cannot be looked at again', async () => {
    const path = join(root, 'data/train.csv');
    const handles = () =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`) === path;
        } catch {
          return false;
        }
      }).length;
    const gone = Object.assign(new Error(), { code: 'ENOENT' });
    const looks = [() => Promise.reject(gone), () => Promise.resolve(false)];
    for (const look of looks) {
      const handle = await open(path);
      expect(handles()).toBe(1);
      expect(await closedUnless(handle, look).catch((error: unknown) => error)).toBe(
        look === looks[0] ? gone : undefined,
      );
      expect(handles()).toBe(0);
    }
  });

  it('is refused where its digest is another, or it is too large, and nothing of it stays', async () => {
    const { href } = pathToFileURL(join(root, 'data/train.csv'));
    await refused(fetchIt(href, {}, 'ab'.repeat(32)), 'REFERENCE_DIGEST_DIFFERS');
    await refused(fetchIt(href, { maxUploadBytes: 5 }), 'UPLOAD_TOO_LARGE');
    const { url, dataHosts } = await serve((_request, response) => response.end(CSV));
    await refused(fetchIt(url, { dataHosts }, 'ab'.repeat(32)), 'REFERENCE_DIGEST_DIFFERS');
    await refused(fetchIt(url, { dataHosts, maxUploadBytes: 5 }), 'UPLOAD_TOO_LARGE');
  });

  it('is fetched from a host that the operator named, again where it was busy, by a harmless name', async () => {
    let asked = 0;
    const { url, dataHosts } = await serve((_request, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(503).end();
      else response.end(CSV);
    });
    const { filename, digest, fetched } = await fetchIt(url, { dataHosts });
    expect([filename, digest, asked]).toEqual(['train.csv', sha256, 2]);
    expect(fetched).toMatchObject({ url });
  });

  it('is not fetched from an address that is not public, named or not, and no redirect leads there', async () => {
    const { url, dataHosts } = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1/' }).end(),
    );
    await refused(fetchIt(url), 'REFERENCE_REFUSED');
    await refused(fetchIt(url, { dataHosts: ['*'] }), 'REFERENCE_REFUSED');
    // A name of the machine itself: only its resolution tells.
    await refused(fetchIt('https://localhost/train.csv', { dataHosts: ['*'] }), 'REFERENCE_REFUSED');
    await refused(fetchIt(url, { dataHosts }), 'REFERENCE_FAILED');
  });
});
