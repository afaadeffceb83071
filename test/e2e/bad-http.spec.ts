import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemOnWire, RawConnection } from '../support/raw-bytes.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { changedTables, storedRows } from '../support/stored-rows.js';

const EXPERIMENTS = '/v1/projects/default/experiments';
const GOOD = '{"name":"fine"}';

describe('bad HTTP', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp({ environment: { ASSAY_MAX_BODY_BYTES: '4096' } });
  });
  afterAll(() => test?.stop());

  const head = (first: string, ...headers: string[]) =>
    `${[first, 'host: assay', `authorization: Bearer ${test.apiKey}`, ...headers].join('\r\n')}\r\n\r\n`;
  const post = (...headers: string[]) =>
    head(`POST ${EXPERIMENTS} HTTP/1.1`, 'content-type: application/json', ...headers);

  it.each<[string, () => string | Buffer, number, string, RegExp]>([
    ['what is no HTTP', () => 'HELLO\r\n\r\n', 400, 'REQUEST_INVALID', /not valid HTTP/],
    ['TLS', () => Buffer.from('160301020001000100', 'hex'), 400, 'REQUEST_INVALID', /not valid HTTP/],
    [
      'an address that escapes nothing',
      () => head('GET /v1/projects/default/runs/% HTTP/1.1', 'connection: close'),
      400,
      'REQUEST_INVALID',
      /runs\/%' is not a valid url/,
    ],
    [
      'an address of bytes that are no UTF-8',
      () => head('GET /v1/projects/default/datasets/%ff%fe HTTP/1.1', 'connection: close'),
      400,
      'REQUEST_INVALID',
      /%ff%fe' is not a valid url/,
    ],
    [
      'a name of 20,000 characters',
      () => head(`GET /v1/projects/default/datasets/${'x'.repeat(12_000)} HTTP/1.1`, 'connection: close'),
      414,
      'URI_TOO_LONG',
      /max param length|too long/,
    ],
    [
      'headers of 20 KB',
      () => post(`x-filler: ${'x'.repeat(20_000)}`),
      431,
      'HEADERS_TOO_LARGE',
      /at most 16 KiB/,
    ],
    [
      'a length that is no number',
      () => post('content-length: many'),
      400,
      'REQUEST_INVALID',
      /not valid HTTP/,
    ],
    ['a length below 0', () => post('content-length: -1'), 400, 'REQUEST_INVALID', /not valid HTTP/],
    [
      'two lengths',
      () => `${post('content-length: 15', 'content-length: 4')}${GOOD}`,
      400,
      'REQUEST_INVALID',
      /not valid HTTP/,
    ],
    [
      'a length and chunks',
      () => `${post('content-length: 15', 'transfer-encoding: chunked')}f\r\n${GOOD}\r\n0\r\n\r\n`,
      400,
      'REQUEST_INVALID',
      /not valid HTTP/,
    ],
    [
      'a chunk of no size',
      () => `${post('transfer-encoding: chunked')}zz\r\n${GOOD}\r\n`,
      400,
      'REQUEST_INVALID',
      /not valid HTTP/,
    ],
    [
      'a length that is too short',
      () => `${post('content-length: 5', 'connection: close')}${GOOD}`,
      400,
      'REQUEST_INVALID',
      /not valid (JSON|HTTP)/,
    ],
    [
      'a length beyond all bounds',
      () => post('content-length: 99999999999'),
      413,
      'BODY_TOO_LARGE',
      /too large/i,
    ],
    [
      'chunks beyond all bounds',
      () => `${post('transfer-encoding: chunked')}${`400\r\n${'x'.repeat(1024)}\r\n`.repeat(6)}`,
      413,
      'BODY_TOO_LARGE',
      /too large/i,
    ],
    [
      'a body without a type',
      () => `${head(`POST ${EXPERIMENTS} HTTP/1.1`, 'content-length: 15', 'connection: close')}${GOOD}`,
      415,
      'MEDIA_TYPE_NOT_SUPPORTED',
      /media type/i,
    ],
    [
      'an unknown transfer encoding',
      () => `${post('transfer-encoding: gzip, chunked', 'connection: close')}0\r\n\r\n`,
      400,
      'REQUEST_INVALID',
      /./,
    ],
  ])('%s is refused with a problem, and nothing is stored', async (_, bytes, status, code, message) => {
    const before = await storedRows(test.database.admin);
    const connection = new RawConnection(test.url).write(bytes());
    const answer = problemOnWire(await connection.until(/\r\n\r\n\{.*\}/s));
    connection.end();
    expect([answer.status, answer.code, answer.type]).toEqual([status, code, 'application/problem+json']);
    expect(answer.detail).toMatch(message);
    expect(changedTables(before, await storedRows(test.database.admin))).toEqual([]);
  });

  const send = (body: string | Buffer, headers: Record<string, string> = {}, path = EXPERIMENTS) =>
    test.request
      .post(path)
      .set({ authorization: `Bearer ${test.apiKey}`, 'content-type': 'application/json', ...headers })
      .send(body);

  it.each<[string, () => ReturnType<typeof send>, number, string, RegExp]>([
    [
      'a name twice in JSON',
      () => send('{"name":"a","name":"b"}'),
      400,
      'BODY_NAME_REPEATED',
      /"name" twice/,
    ],
    [
      'a name twice, escaped',
      () => send('{"name":"a","\\u006eame":"b"}'),
      400,
      'BODY_NAME_REPEATED',
      /"name" twice/,
    ],
    [
      'a polluting member',
      () => send('{"name":"a","x":{"__proto__":{"y":1}}}'),
      400,
      'REQUEST_INVALID',
      /"__proto__"/,
    ],
    [
      'a polluting constructor',
      () => send('{"name":"a","constructor":{"prototype":{"y":1}}}'),
      400,
      'REQUEST_INVALID',
      /^constructor/,
    ],
    [
      'a constructor that is none',
      () => send('{"name":"a","constructor":5}'),
      400,
      'REQUEST_INVALID',
      /^constructor/,
    ],
    [
      'a constructor within an unknown field',
      () => send('{"name":"a","x":{"constructor":"y"}}'),
      400,
      'REQUEST_INVALID',
      /^x\.constructor/,
    ],
    [
      'half a surrogate pair',
      () => send('{"name":"a\\ud800"}'),
      400,
      'REQUEST_INVALID',
      /^name: holds half of a surrogate pair/,
    ],
    [
      'half a surrogate pair in the name of a member',
      () => send('{"name":"a","x\\udc00":1}'),
      400,
      'REQUEST_INVALID',
      /half of a surrogate pair/,
    ],
    [
      'a null character',
      () => send('{"name":"a\\u0000"}'),
      400,
      'REQUEST_INVALID',
      /^name: holds a null character/,
    ],
    [
      'a null character in the query',
      () => send(GOOD, {}, `${EXPERIMENTS}?x=a%00`),
      400,
      'REQUEST_INVALID',
      /^x: holds a null character/,
    ],
    ['nothing', () => send(''), 400, 'REQUEST_INVALID', /./],
    ['a list', () => send('[]'), 400, 'REQUEST_INVALID', /./],
    ['null', () => send('null'), 400, 'REQUEST_INVALID', /./],
    ['NaN', () => send('{"name":NaN}'), 400, 'REQUEST_INVALID', /not valid JSON/],
    ['JSON with a comma too many', () => send('{"name":"a",}'), 400, 'REQUEST_INVALID', /not valid JSON/],
    [
      'JSON with something behind it',
      () => send('{"name":"a"}{"name":"b"}'),
      400,
      'REQUEST_INVALID',
      /not valid JSON/,
    ],
    [
      'a compressed body',
      () => send(gzipSync(GOOD), { 'content-encoding': 'gzip' }),
      415,
      'CONTENT_ENCODING_NOT_SUPPORTED',
      /"gzip"/,
    ],
    [
      'a compression nobody knows',
      () => send(GOOD, { 'content-encoding': 'x-bomb' }),
      415,
      'CONTENT_ENCODING_NOT_SUPPORTED',
      /"x-bomb"/,
    ],
    [
      'a compressed upload',
      () =>
        send(
          gzipSync(Buffer.alloc(100_000)),
          { 'content-encoding': 'gzip', 'content-type': 'application/octet-stream' },
          '/v1/projects/default/uploads',
        ),
      415,
      'CONTENT_ENCODING_NOT_SUPPORTED',
      /"gzip"/,
    ],
    [
      'a form',
      () => send('name=a', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'MEDIA_TYPE_NOT_SUPPORTED',
      /./,
    ],
    [
      'a form of parts',
      () => send('--x--', { 'content-type': 'multipart/form-data; boundary=x' }),
      415,
      'MEDIA_TYPE_NOT_SUPPORTED',
      /./,
    ],
    [
      'a plain text',
      () => send(GOOD, { 'content-type': 'text/plain' }),
      415,
      'MEDIA_TYPE_NOT_SUPPORTED',
      /./,
    ],
    ['a type that is none', () => send(GOOD, { 'content-type': '/' }), 415, 'MEDIA_TYPE_NOT_SUPPORTED', /./],
    [
      'a stream where JSON is meant',
      () => send(GOOD, { 'content-type': 'application/octet-stream' }),
      415,
      'MEDIA_TYPE_NOT_SUPPORTED',
      /only uploads take/,
    ],
    [
      'JSON where a file is meant',
      () => send(GOOD, {}, '/v1/projects/default/uploads'),
      400,
      'UPLOAD_NOT_A_STREAM',
      /application\/octet-stream/,
    ],
    [
      'a method that the route has not',
      () => test.request.patch(EXPERIMENTS).set('authorization', `Bearer ${test.apiKey}`).send({}),
      404,
      'ROUTE_NOT_FOUND',
      /PATCH .*experiments/,
    ],
    [
      'TRACE',
      () => test.request.trace(EXPERIMENTS).set('authorization', `Bearer ${test.apiKey}`) as never,
      404,
      'ROUTE_NOT_FOUND',
      /TRACE .*experiments/,
    ],
  ])(
    '%s is refused with a problem that names it, and nothing is stored',
    async (_, request, status, code, message) => {
      const before = await storedRows(test.database.admin);
      const answer = await request();
      const problem = answer.body as { code: string; detail: string; requestId: string };
      expect([answer.status, problem.code]).toEqual([status, code]);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(problem.detail).toMatch(message);
      expect(problem.requestId).toBe(answer.headers['x-request-id']);
      expect(changedTables(before, await storedRows(test.database.admin))).toEqual([]);
      expect(({} as { y?: unknown }).y).toBeUndefined();
    },
  );

  it('who accepts something else than JSON is answered in JSON all the same', async () => {
    const answer = await test.request
      .get('/v1/project')
      .set({ authorization: `Bearer ${test.apiKey}`, accept: 'application/xml' });
    expect([answer.status, answer.type]).toEqual([200, 'application/json']);
  });

  it('after all of it the process is ready', async () => {
    expect((await test.request.get('/ready')).status).toBe(200);
  });

  describe('that comes slowly', () => {
    const fastify = () => test.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    const server = () => test.app.getHttpServer() as Server;

    it('has limits: for headers, and for the pace of bodies', () => {
      expect([server().headersTimeout, server().keepAliveTimeout]).toEqual([20_000, 72_000]);
      expect(fastify().bodyPace).toEqual({ windowMs: 20_000, bytes: 20 * 1024 });
    });

    it('headers that never end are answered 408, and the connection is closed', async () => {
      server().headersTimeout = 500;
      const connection = new RawConnection(test.url).write(`POST ${EXPERIMENTS} HTTP/1.1\r\nhost: assay\r\n`);
      const drip = setInterval(() => connection.write('x: y\r\n'), 200);
      const answer = problemOnWire(await connection.untilClosed());
      clearInterval(drip);
      expect([answer.status, answer.code]).toEqual([408, 'REQUEST_TIMEOUT']);
    });

    it.each([
      ['JSON', () => post('content-length: 4000')],
      [
        'an upload',
        () =>
          head(
            'POST /v1/projects/default/uploads?filename=a HTTP/1.1',
            'content-type: application/octet-stream',
            'content-length: 400000',
          ),
      ],
    ])('%s of which a byte comes now and then is answered 408, and nothing is stored', async (_, begin) => {
      fastify().bodyPace.windowMs = 400;
      const before = await storedRows(test.database.admin);
      const connection = new RawConnection(test.url).write(begin());
      const drip = setInterval(() => connection.write('x'), 50);
      const answer = problemOnWire(await connection.untilClosed());
      clearInterval(drip);
      expect([answer.status, answer.code]).toEqual([408, 'BODY_TOO_SLOW']);
      expect(answer.detail).toMatch(/less than 20480 bytes within 0\.4 seconds/);
      expect(changedTables(before, await storedRows(test.database.admin))).toEqual([]);
    });

    it('an upload that keeps its pace is taken, however long it takes', async () => {
      Object.assign(fastify().bodyPace, { windowMs: 200, bytes: 1_000 });
      const size = 60_000;
      const connection = new RawConnection(test.url).write(
        head(
          'POST /v1/projects/default/uploads?filename=a HTTP/1.1',
          'content-type: application/octet-stream',
          `content-length: ${size}`,
        ),
      );
      let sent = 0;
      const drip = setInterval(() => {
        if (sent < size) connection.write('x'.repeat(2_000));
        sent += 2_000;
      }, 40);
      const answer = await connection.until(/"digest"/);
      clearInterval(drip);
      connection.end();
      expect(answer).toMatch(/^HTTP\/1\.1 201/);
    });
  });
});
