import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretText } from '../config/index.js';
import { openRemote } from './open-remote.js';
import { serveStore, signatureOf } from './s3-fixture.js';
import { type ObjectStore, objectUrl, signedGet } from './s3-request.js';

/*
 * Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk": the examples
 * GET Object, GET Bucket Lifecycle and GET Bucket (List Objects).
 */
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const HOST = 'examplebucket.s3.amazonaws.com';
const MOMENT = new Date('2013-05-24T00:00:00Z');
const OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const store: ObjectStore = {
  region: 'us-east-1',
  addressing: 'auto',
  credentials: {
    accessKeyId: new SecretText('AKIAIOSFODNN7EXAMPLE'),
    secretAccessKey: new SecretText(SECRET),
  },
};
const signatureIn = (headers: Record<string, string>) => /Signature=(.*)$/.exec(headers.authorization!)?.[1];

describe('a signed GET', () => {
  it.each([
    ['/?lifecycle', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    ['/?max-keys=2&prefix=J', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
  ])('of %s is signed as Amazon says', async (target, signature) => {
    const headers = await signedGet(new URL(`https://${HOST}${target}`), store, MOMENT);
    expect(headers).toEqual({
      'x-amz-content-sha256': OF_NOTHING,
      'x-amz-date': '20130524T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`,
    });
  });

  it.each([
    ['/test.txt', 'range', 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41'],
    ['/?lifecycle', null, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    ['/?max-keys=2&prefix=J', null, '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
  ])('of %s is checked by the server of these tests as Amazon does', (target, more, signature) => {
    const headers = {
      host: HOST,
      range: 'bytes=0-9',
      'x-amz-content-sha256': OF_NOTHING,
      'x-amz-date': '20130524T000000Z',
    };
    const signed = Object.keys(headers).filter((name) => name !== 'range' || name === more);
    const scope = '20130524/us-east-1/s3/aws4_request';
    expect(signatureOf({ target, headers, signed, scope }, SECRET)).toBe(signature);
  });

  it('names any object by itself, below its bucket, and is signed for it', async () => {
    const segment = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
      fc.constantFrom('%2e%2e', '..a', '\\', '@', 'a b+c', '%', '%25', ';', 'z\u00fcrich', "'()*!", ':80'),
    );
    const key = fc
      .array(segment, { minLength: 1, maxLength: 4 })
      .map((segments) => segments.join('/'))
      .filter((text) => text.split('/').every((each) => each !== '.' && each !== '..'));
    await fc.assert(
      fc.asyncProperty(
        key,
        fc.constantFrom<ObjectStore['addressing']>('path', 'virtual'),
        async (name, addressing) => {
          const url = objectUrl({ ...store, addressing }, 'examplebucket', name);
          const [host, before] =
            addressing === 'path'
              ? ['s3.us-east-1.amazonaws.com', '/examplebucket/']
              : ['examplebucket.s3.us-east-1.amazonaws.com', '/'];
          expect([url.host, url.username, url.search, url.hash]).toEqual([host, '', '', '']);
          expect(decodeURIComponent(url.pathname)).toBe(`${before}${name}`);
          const headers = await signedGet(url, store, MOMENT);
          const request = {
            target: url.pathname,
            headers: { ...headers, host: url.host },
            signed: ['host', 'x-amz-content-sha256', 'x-amz-date'],
            scope: '20130524/us-east-1/s3/aws4_request',
          };
          expect(signatureIn(headers)).toBe(signatureOf(request, SECRET));
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each<[Partial<ObjectStore>, string, string]>([
    [{}, 'data', 'https://data.s3.us-east-1.amazonaws.com/a/b.csv'],
    [{}, 'my.data', 'https://s3.us-east-1.amazonaws.com/my.data/a/b.csv'],
    [{ region: 'cn-north-1' }, 'data', 'https://data.s3.cn-north-1.amazonaws.com.cn/a/b.csv'],
    [{ addressing: 'path' }, 'data', 'https://s3.us-east-1.amazonaws.com/data/a/b.csv'],
    [{ endpoint: 'http://10.0.0.7:9000' }, 'data', 'http://10.0.0.7:9000/data/a/b.csv'],
    [
      { endpoint: 'https://store.example', addressing: 'virtual' },
      'data',
      'https://data.store.example/a/b.csv',
    ],
  ])('goes, with %j, for the bucket %s to %s', (more, bucket, url) => {
    expect(objectUrl({ ...store, ...more }, bucket, 'a/b.csv').href).toBe(url);
  });

  it('is understood where the bucket stands in the host name, by a key of a session, and by nobody else', async () => {
    const session = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET, sessionToken: 'of/the+session=' };
    const served = await serveStore({ region: 'eu-x-1', ...session, objects: { 'data/a b.csv': 'id\n1\n' } });
    try {
      const credentials = {
        accessKeyId: new SecretText(session.accessKeyId),
        secretAccessKey: new SecretText(SECRET),
        sessionToken: new SecretText(session.sessionToken),
      };
      const asking = { region: 'eu-x-1', addressing: 'virtual', credentials } as const;
      const endpoint = `http://store.invalid:${served.port}`;
      const get = async (of: ObjectStore, now = new Date()) => {
        const url = objectUrl({ endpoint, ...of }, 'data', 'a b.csv');
        const headers = await signedGet(url, of, now);
        return text(await openRemote(url, { address: '127.0.0.1', family: 4 }, { headers }));
      };
      expect(await get(asking)).toBe('id\n1\n');
      expect(served.asked).toEqual([`data.store.invalid:${served.port}/a%20b.csv`]);
      for (const [of, status] of [
        [{ ...asking, credentials: undefined }, 403],
        [{ ...asking, credentials: { ...credentials, secretAccessKey: new SecretText('other') } }, 403],
        [{ ...asking, credentials: { ...credentials, sessionToken: undefined } }, 403],
        [{ ...asking, region: 'eu-x-2' }, 400],
      ] as [ObjectStore, number][])
        await expect(get(of)).rejects.toMatchObject({ status, again: false });
      await expect(get(asking, new Date(Date.now() - 3_600_000))).rejects.toMatchObject({ status: 403 });
    } finally {
      served.stop();
    }
  });
});
