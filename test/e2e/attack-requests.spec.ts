import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

describe('requests made to break the server', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test.stop());

  const post = (path: string, body: string) =>
    test.request
      .post(path)
      .set({ authorization: `Bearer ${test.apiKey}`, 'content-type': 'application/json' })
      .send(body);

  it.each([['experiments'], ['evaluations'], ['gate-decisions'], ['keys'], ['policies']])(
    'a body of 20,000 levels is refused by %s',
    async (path) => {
      const answer = await post(
        `/v1/projects/default/${path}`,
        `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      );
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([400, 'BODY_TOO_DEEP']);
    },
  );

  it('variables of 20,000 levels are refused', async () => {
    const deep = `{"query":"{__typename}","variables":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
    expect((await post('/graphql', deep)).status).toBe(400);
  });

  it('a query that is no text is refused', async () => {
    const answer = await post('/graphql', '{"query":5}');
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ extensions: { code: 'QUERY_INVALID' } }] });
  });

  it('a query of 900,000 characters is refused without being read', async () => {
    const start = performance.now();
    const query = `{${'models { items { id } } '.repeat(37_000)}}`;
    const answer = await post('/graphql', JSON.stringify({ query }));
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_LARGE' } }] });
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
