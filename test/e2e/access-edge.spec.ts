import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTHORIZATION_FORMS } from '../support/authorization-forms.js';
import { rawRequest } from '../support/raw-http.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { tableDigests } from '../support/table-digest.js';
import { settled } from '../support/furnished-project.js';

describe('who calls is settled first', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp();
    await settled(test);
  });
  afterAll(() => test.stop());

  const send = (line: string, headers: string[], more?: () => Buffer | undefined) =>
    rawRequest(test.url, [line, 'Host: assay', ...headers, '', ''].join('\r\n'), more);
  const codeOf = (text: string) => /"code":"([A-Z_]+)"/.exec(text)?.[1];

  it.each(AUTHORIZATION_FORMS)('by the Authorization header: %s', async (_name, headers, status, code) => {
    const answer = await send('GET /v1/project HTTP/1.1', [...headers(test.apiKey), 'Connection: close']);
    expect([answer.status, codeOf(answer.text)]).toEqual([status, code]);
    if (status === 401) expect(answer.text).toMatch(/^www-authenticate: Bearer/im);
    expect(answer.text).not.toContain(test.apiKey.slice(15));
  });

  it('and by nothing else: a key in the address or the body counts for nothing', async () => {
    const key = test.apiKey;
    const places = ['apiKey', 'api_key', 'access_token', 'token', 'key', 'authorization', 'Authorization'];
    for (const place of places) {
      const query = `${place}=${encodeURIComponent(place.toLowerCase() === 'authorization' ? `Bearer ${key}` : key)}`;
      for (const path of ['/v1/project', '/graphql', '/v1/projects/default/datasets', '/metrics'])
        await test.request.get(`${path}?${query}`).expect(401);
      await test.request
        .post('/graphql')
        .send({ [place]: key, query: '{ __typename }' })
        .expect(401);
    }
    const { port } = new URL(test.url);
    await test.request
      .get(`http://x:${key}@127.0.0.1:${port}/v1/project`.replace(/^http:\/\/[^/]*/, ''))
      .expect(401);
  });

  // A never-ending body in chunks: the server must answer while it is still being sent.
  const endless = () => Buffer.from(`1000\r\n${'a'.repeat(0x1000)}\r\n`);
  const BODIES: [string, string[], (() => Buffer | undefined)?][] = [
    ['malformed JSON', ['Content-Type: application/json', 'Content-Length: 2', '', '{x']],
    ['another content type', ['Content-Type: application/xml', 'Content-Length: 4', '', '<a/>']],
    ['no content type', ['Content-Length: 3', '', 'abc']],
    ['a content type that is none', ['Content-Type: /;;=', 'Content-Length: 3', '', 'abc']],
    ['a body said to be 10 TB', ['Content-Type: application/json', 'Content-Length: 10000000000000']],
    ['a body that never comes', ['Content-Type: application/json', 'Content-Length: 100']],
    [
      'a client that waits to be asked',
      ['Content-Type: application/json', 'Content-Length: 100', 'Expect: 100-continue'],
    ],
    ['a body without end', ['Content-Type: application/json', 'Transfer-Encoding: chunked'], endless],
    [
      'an upload without end',
      ['Content-Type: application/octet-stream', 'Transfer-Encoding: chunked'],
      endless,
    ],
    [
      'a change of protocol',
      ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: x'],
    ],
  ];
  const ADDRESSES = [
    'POST /v1/projects/default/keys',
    'POST /v1/projects/default/uploads',
    'PUT /v1/projects/default/uploads',
    'POST /graphql',
    'POST /no/such/route',
    'GET /graphql',
    'DELETE /v1/projects/default/keys/x',
  ];
  it.each(BODIES)('before a body is read: %s', async (_name, headers, more) => {
    const before = await tableDigests(test.database.admin);
    for (const address of ADDRESSES) {
      const { status, text, sent } = await send(`${address} HTTP/1.1`, headers, more);
      expect([address, status, codeOf(text)]).toEqual([address, 401, 'API_KEY_MISSING']);
      // What was on its way when the answer came; the body as a whole was never waited for.
      expect(sent).toBeLessThan(64 * 1024 * 1024);
    }
    expect(await tableDigests(test.database.admin)).toEqual(before);
  });

  it('and a body is asked for only of a caller who is known', async () => {
    const body = JSON.stringify({ roles: ['viewer'] });
    const headers = [
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Expect: 100-continue',
    ];
    const asked = await send('POST /v1/projects/default/keys HTTP/1.1', [
      `Authorization: Bearer ${test.apiKey}`,
      ...headers,
      'Connection: close',
      '',
      body,
    ]);
    expect(asked.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
    const unasked = await send('POST /v1/projects/default/keys HTTP/1.1', headers);
    expect(unasked.text).not.toContain('100 Continue');
  });

  it('and a form, which any page of the web could send, is no body for anybody', async () => {
    const keyed = test.request.post('/v1/projects/default/experiments');
    const { status, body } = await keyed
      .set('authorization', `Bearer ${test.apiKey}`)
      .type('form')
      .send({ name: 'by-a-form' });
    expect([status, (body as { code: string }).code]).toEqual([415, 'MEDIA_TYPE_NOT_SUPPORTED']);
  });

  it('and a known caller learns what is wrong with an address', async () => {
    const key = `Authorization: Bearer ${test.apiKey}`;
    for (const [path, status, code] of [
      ['/%zz', 400, 'REQUEST_INVALID'],
      [`/v1/projects/${'p'.repeat(1_000)}/datasets`, 414, 'URI_TOO_LONG'],
    ] as const) {
      const { text, ...answer } = await send(`GET ${path} HTTP/1.1`, [key, 'Connection: close']);
      expect([answer.status, codeOf(text)]).toEqual([status, code]);
      expect(text).toMatch(/^content-type: application\/problem\+json/im);
    }
  });

  it('before a route is looked for: what exists and what does not is answered alike', async () => {
    const answers = new Map<string, string[]>();
    const paths = [
      '/v1/project',
      '/v1/projects/default/datasets',
      '/v1/projects/other/datasets',
      '/graphql',
      '/metrics',
      '/nothing',
      '/v1',
      '/v2/project',
      '/v1/projects/default/datasets/../../..',
      '/V1/PROJECT',
      '/v1//project',
      '/%2e%2e/etc/passwd',
      `/${'a'.repeat(5_000)}`,
      `/v1/projects/${'p'.repeat(1_000)}/datasets`,
      '/v1/project?a=b',
      '/v1/project/',
    ];
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        const { status, text } = await send(`${method} ${path} HTTP/1.1`, ['Connection: close']);
        const body = text.slice(text.indexOf('\r\n\r\n')).replace(/"requestId":"[^"]*"/, '');
        const seen = `${status} ${body}`;
        answers.set(seen, [...(answers.get(seen) ?? []), `${method} ${path}`]);
      }
    }
    expect([...answers].map(([seen, asked]) => [seen.slice(0, 3), asked.length])).toEqual([
      ['401', paths.length * 6],
    ]);
    console.log(`${paths.length} addresses x 6 methods: one answer`);
  });

  it('whatever cannot be an address or a request at all is refused without a word about what is there', async () => {
    const lines = [
      'GET /%zz HTTP/1.1',
      'GET /v1/projects/%ff/datasets HTTP/1.1',
      'FOO /v1/project HTTP/1.1',
      'GET v1 HTTP/1.1',
      'GET /v1/project HTTP/9.9',
      'CONNECT assay:80 HTTP/1.1',
      'TRACE /v1/project HTTP/1.1',
      'OPTIONS * HTTP/1.1',
      'PRI * HTTP/2.0',
    ];
    for (const line of lines) {
      const { status, text } = await send(line, ['Connection: close']);
      expect([line, [0, 400, 401, 404, 405].includes(status)]).toEqual([line, true]);
      expect(text).not.toMatch(/default|datasets|stack|node_modules/);
    }
  });

  it('and static files of the documentation lead to no other file', async () => {
    const paths = [
      '/docs/../package.json',
      '/docs/..%2f..%2fpackage.json',
      '/docs/%2e%2e/%2e%2e/package.json',
      '/docs/....//package.json',
      '/docs/..\\..\\package.json',
      '/docs/static/../../package.json',
      '/docs//etc/passwd',
      '/docs/%00',
      '/docs/.',
      '/docs/swagger-ui.css%00.png',
      '/docs/index.css/../../package.json',
    ];
    for (const path of paths) {
      const { status, text } = await send(`GET ${path} HTTP/1.1`, ['Connection: close']);
      expect([path, [301, 302, 400, 401, 403, 404].includes(status)]).toEqual([path, true]);
      expect(text).not.toMatch(/root:|"dependencies"/);
    }
  });
});
