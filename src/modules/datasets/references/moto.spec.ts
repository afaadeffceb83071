import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AssayConfig } from '../../../platform/config/index.js';
import { objectStoreOf } from './download-object.js';
import { fetchReference } from './fetch-reference.js';

/** Moto answers as S3 does and checks signatures by botocore, Amazon's own signer (pip install 'moto[server]'). */
const there = spawnSync('moto_server', ['--help']).status === 0;
const CSV = 'id,y\n1,a\n';

describe.skipIf(!there)(
  `a server of S3 by others${there ? '' : ' (skipped: no moto_server on PATH)'}`,
  () => {
    let folder: string;
    let server: ChildProcess | undefined;
    let origin: string;
    let environment: Record<string, string>;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'assay-moto-'));
      const port = await freePort();
      origin = `http://127.0.0.1:${port}`;
      // Behind the requests below it lets nobody in but by a signature that holds.
      const env = { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: '6' };
      server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { env, stdio: 'ignore' });
      while (
        !(await fetch(`${origin}/moto-api/data.json`).then(
          () => true,
          () => false,
        ))
      ) {
        if (server.exitCode !== null) throw new Error('moto_server did not start');
        await sleep(50);
      }
      const as = (service: string) => ({
        authorization: `AWS4-HMAC-SHA256 Credential=x/20240101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=x`,
      });
      const ask = async (path: string, init: RequestInit, service = 's3') => {
        const answer = await fetch(`${origin}${path}`, { ...init, headers: as(service) });
        const body = await answer.text();
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${body}`);
        return body;
      };
      const iam = (form: Record<string, string>) =>
        ask(
          '/',
          {
            method: 'POST',
            body: new URLSearchParams({ Version: '2010-05-08', UserName: 'assay', ...form }),
          },
          'iam',
        );
      for (const bucket of ['/data', '/secret']) await ask(bucket, { method: 'PUT' });
      await ask('/data/2024%20a/train.csv', { method: 'PUT', body: CSV });
      await iam({ Action: 'CreateUser' });
      const Statement = [
        { Effect: 'Allow', Action: 's3:*', Resource: ['arn:aws:s3:::data', 'arn:aws:s3:::data/*'] },
      ];
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
      await iam({ Action: 'PutUserPolicy', PolicyName: 'read', PolicyDocument });
      const made = await iam({ Action: 'CreateAccessKey' });
      const [id, secret] = ['AccessKeyId', 'SecretAccessKey'].map(
        (name) => made.split(`<${name}>`)[1]!.split('<')[0]!,
      );
      environment = {
        ASSAY_DATA_BUCKETS: 'data,secret',
        AWS_ENDPOINT_URL_S3: origin,
        AWS_ACCESS_KEY_ID: id!,
        AWS_SECRET_ACCESS_KEY: secret!,
      };
    });
    afterAll(async () => {
      if (server && server.exitCode === null) {
        const over = new Promise((resolve) => server!.once('exit', resolve));
        server.kill();
        await over;
      }
      rmSync(folder, { recursive: true, force: true });
    });

    const fetchIt = (url: string, more: Record<string, string> = {}) => {
      const config = AssayConfig.fromEnvironment({ ...environment, ...more });
      const { dataHosts, dataBuckets, maxUploadBytes } = config;
      const sha256 = createHash('sha256').update(CSV).digest('hex');
      return fetchReference(
        'train',
        { url, sha256 },
        { dataHosts, dataBuckets, maxUploadBytes, objectStore: objectStoreOf(config), folder },
      );
    };

    it('gives an object to a request that is signed as Assay signs, and to no other', async () => {
      // Of rarer characters Moto takes no signature, not even botocore's own.
      const reference = 's3://data/2024 a/train.csv';
      const { fetched } = await fetchIt(reference);
      expect(readFileSync(fetched!.path, 'utf8')).toBe(CSV);
      const refused = { code: 'REFERENCE_FAILED', message: expect.stringContaining('403') as string };
      await expect(fetchIt(reference, { AWS_SECRET_ACCESS_KEY: 'another' })).rejects.toMatchObject(refused);
      const nobody = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
      await expect(fetchIt(reference, nobody)).rejects.toMatchObject(refused);
      await expect(fetchIt('s3://secret/x.csv')).rejects.toMatchObject(refused);
      await expect(fetchIt('s3://data/x.csv')).rejects.toMatchObject({ code: 'REFERENCE_NOT_FOUND' });
    });
  },
);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
