import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AssayConfig } from '../../../platform/config/index.js';
import { serveStore } from '../../../platform/outbound/s3-fixture.js';
import { objectStoreOf } from './download-object.js';
import { fetchReference } from './fetch-reference.js';

const CSV = 'id,y\n1,a\n2,b\n';
const SECRET = 'a+secret/that=nobody/sees';
const KEY = 'in 2024/train+1%2f.csv';
const sha256 = createHash('sha256').update(CSV).digest('hex');

describe('an object of S3', () => {
  let served: Awaited<ReturnType<typeof serveStore>>;
  let folder: string;
  let instead: ((response: ServerResponse) => boolean) | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'assay-objects-'));
    served = await serveStore({
      region: 'eu-central-1',
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: SECRET,
      objects: { [`data/${KEY}`]: CSV, 'other/train.csv': CSV },
      instead: (_target, response) => instead?.(response) ?? false,
    });
  });
  afterAll(() => {
    served.stop();
    rmSync(folder, { recursive: true });
  });
  afterEach(() => (instead = undefined));

  /** As an operator's environment has it. */
  const fetchIt = (reference = `s3://data/${KEY}`, more: Record<string, string> = {}, digest = sha256) => {
    const config = AssayConfig.fromEnvironment({
      ASSAY_DATA_BUCKETS: 'data',
      AWS_ENDPOINT_URL_S3: served.endpoint,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: SECRET,
      ASSAY_MAX_UPLOAD_BYTES: '1000',
      ...more,
    });
    const { dataHosts, dataBuckets, maxUploadBytes } = config;
    return fetchReference(
      'train',
      { url: reference, sha256: digest },
      { dataHosts, dataBuckets, maxUploadBytes, objectStore: objectStoreOf(config), folder },
    );
  };
  const refused = async (work: Promise<unknown>, code: string, message = /./) => {
    const error = (await work.catch((thrown: unknown) => thrown)) as { code: string; message: string };
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
    expect(JSON.stringify([error, error.message])).not.toContain(SECRET);
    expect(readdirSync(folder)).toEqual([]);
  };
  const answer = (status: number, headers: Record<string, string> = {}) => {
    instead = (response) => response.writeHead(status, headers).end('<Error>no</Error>') && true;
  };

  it('is fetched by its key, letter for letter, with the signature of its operator', async () => {
    const { fetched, filename, ...source } = await fetchIt();
    expect(source).toEqual({ id: null, digest: sha256, size: CSV.length });
    expect(fetched!.url).toBe(`s3://data/${KEY}`);
    expect(filename).toBe('train+1%2f.csv');
    expect(readFileSync(fetched!.path, 'utf8')).toBe(CSV);
    rmSync(fetched!.path);
  });

  it('is no object but one of a bucket that the operator named', async () => {
    const before = served.asked.length;
    await refused(fetchIt('s3://other/train.csv'), 'REFERENCE_REFUSED', /the bucket other/);
    await refused(fetchIt('s3://data/../other/train.csv'), 'REFERENCE_INVALID');
    expect(served.asked).toHaveLength(before);
    await refused(fetchIt('s3://data/train.csv'), 'REFERENCE_NOT_FOUND', /leads to no object/);
  });

  it('is not fetched without the right to, and the operator learns which variables to see', async () => {
    const other = { AWS_SECRET_ACCESS_KEY: 'another' };
    await refused(fetchIt(undefined, other), 'REFERENCE_FAILED', /answered 403: the operator's key may not/);
    const nobody = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    await refused(fetchIt(undefined, nobody), 'REFERENCE_FAILED', /answered 403: the object is not open/);
  });

  it('is not sought in another region: neither by a redirect, nor where the signature is of another', async () => {
    const elsewhere = { AWS_REGION: 'eu-west-1' };
    await refused(
      fetchIt(undefined, elsewhere),
      'REFERENCE_FAILED',
      /answered 400: the bucket may lie in another region/,
    );
    const before = served.asked.length;
    const location = `${served.endpoint}/other/train.csv`;
    for (const status of [301, 307]) {
      answer(status, { location, 'x-amz-bucket-region': 'eu-west-1' });
      await refused(fetchIt(), 'REFERENCE_FAILED', /no redirect is followed: the bucket may lie/);
    }
    expect(served.asked).toHaveLength(before + 2);
  });

  it('is held to its digest and to the largest size, and is none where its end is missing', async () => {
    await refused(fetchIt(undefined, {}, 'ab'.repeat(32)), 'REFERENCE_DIGEST_DIFFERS');
    await refused(fetchIt(undefined, { ASSAY_MAX_UPLOAD_BYTES: '5' }), 'UPLOAD_TOO_LARGE');
    // No length was said: only the digest tells.
    instead = (response) => response.writeHead(200).end(CSV.slice(0, -3)) && true;
    await refused(fetchIt(), 'REFERENCE_DIGEST_DIFFERS');
  });

  it('is asked for again, signed anew, where the connection breaks before its end', async () => {
    let tries = 0;
    instead = (response) => {
      if ((tries += 1) > 1) return false;
      response.writeHead(200, { 'content-length': CSV.length });
      return response.write(CSV.slice(0, 5), () => response.destroy());
    };
    const { digest, fetched } = await fetchIt();
    expect([digest, tries]).toEqual([sha256, 2]);
    rmSync(fetched!.path);
  });

  it('is taken as it is stored, also where it is stored packed', async () => {
    instead = (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(CSV) && true;
    const { digest, fetched } = await fetchIt();
    expect(digest).toBe(sha256);
    rmSync(fetched!.path);
  });

  it('is not sought at an address that clouds keep for themselves, though the operator named it', async () => {
    for (const endpoint of ['http://169.254.169.254', 'http://[fd00:ec2::254]'])
      await refused(fetchIt(undefined, { AWS_ENDPOINT_URL_S3: endpoint }), 'REFERENCE_REFUSED');
  });
});
