import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

describe('problems', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp({ environment: { ASSAY_MAX_BODY_BYTES: '2048' } });
  });
  afterAll(() => test.stop());

  const post = (path: string, body: string, type = 'application/json') =>
    test.request
      .post(path)
      .set('authorization', `Bearer ${test.apiKey}`)
      .set('content-type', type)
      .send(body);

  it.each([
    ['a body that is no JSON', '{"name": ', 'application/json', 400, 'REQUEST_INVALID'],
    [
      'a body too large',
      JSON.stringify({ name: 'x'.repeat(4000) }),
      'application/json',
      413,
      'BODY_TOO_LARGE',
    ],
    ['a media type nobody takes', '<name/>', 'application/xml', 415, 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['an unknown field', '{"name":"a","colour":"red"}', 'application/json', 400, 'REQUEST_INVALID'],
    ['a key of a prototype', '{"__proto__":{"x":1},"name":"a"}', 'application/json', 400, 'REQUEST_INVALID'],
    [
      'a body of 900 levels',
      `{"name":${'['.repeat(900)}${']'.repeat(900)}}`,
      'application/json',
      400,
      'BODY_TOO_DEEP',
    ],
    ['a null byte', '{"name":"a\\u0000b"}', 'application/json', 400, 'REQUEST_INVALID'],
  ])('%s is a problem+json', async (_, body, type, status, code) => {
    const answer = await post('/v1/projects/default/experiments', body, type);
    expect([answer.status, (answer.body as { code?: string }).code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect((answer.body as { requestId?: string }).requestId).toBe(answer.headers['x-request-id']);
  });

  it('an unknown route and an id of the wrong kind are problems too', async () => {
    for (const path of ['/v1/nothing', '/v1/projects/default/keys/not-an-id']) {
      const answer = await test.request.delete(path).set('authorization', `Bearer ${test.apiKey}`);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect([400, 404]).toContain(answer.status);
    }
  });

  it('GraphQL keeps the message of what it refused, and its code', async () => {
    const refused = await post('/graphql', JSON.stringify({ query: '{ nothing }' }));
    expect(refused.body).toMatchObject({ errors: [{ extensions: { code: 'QUERY_INVALID' } }] });
    expect(JSON.stringify(refused.body)).toContain('Cannot query field');
    const deep = await post(
      '/graphql',
      JSON.stringify({
        query:
          '{ __schema { types { fields { type { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } } } } } } }',
      }),
    );
    expect(deep.body).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_LARGE' } }] });
    const input = await post(
      '/graphql',
      JSON.stringify({ query: 'mutation { createApiKey(input: { roles: ["boss"] }) { id } }' }),
    );
    expect(input.body).toMatchObject({
      errors: [{ extensions: { code: 'REQUEST_INVALID', fields: [{ path: 'roles' }] } }],
    });
    expect((await post('/graphql', '[{"query":"{ __typename }"},{"query":"{ __typename }"}]')).status).toBe(
      400,
    );
  });
});
