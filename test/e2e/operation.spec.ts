import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

describe('operation', () => {
  let test: TestApp;
  const lines: string[] = [];
  beforeAll(async () => {
    test = await startTestApp({ log: { write: (line) => lines.push(line) } });
  });
  afterAll(() => test.stop());

  it('says that it lives, and what is ready', async () => {
    expect((await test.request.get('/health').expect(200)).text).toBe('OK');
    expect((await test.request.get('/ready').expect(200)).body).toMatchObject({
      ready: true,
      checks: { database: { ok: true }, queue: { ok: true } },
    });
  });

  it('counts requests by pattern, and work that waits', async () => {
    await test.request
      .get('/v1/projects/default/experiments/no-such')
      .set('authorization', `Bearer ${test.apiKey}`);
    const { text } = await test.request
      .get('/metrics')
      .set('authorization', `Bearer ${test.apiKey}`)
      .expect(200);
    expect(text).toMatch(
      /assay_http_request_seconds_count\{method="GET",route="\/v1\/projects\/:project\/experiments\/:name",status="404"\} 1/,
    );
    expect(text).toMatch(/^assay_work_unfinished\{state="queued"\} 0$/m);
    expect(text).toMatch(/^assay_work_unfinished\{state="unsent"\} 0$/m);
    expect(text).not.toContain('no-such');
  });

  it('logs each request with its id, and no key', async () => {
    const answer = await test.request
      .get('/v1/project')
      .set('authorization', `Bearer ${test.apiKey}`)
      .set('x-request-id', 'trace-me.1');
    expect(answer.headers['x-request-id']).toBe('trace-me.1');
    await expect.poll(() => lines.some((line) => line.includes('"requestId":"trace-me.1"'))).toBe(true);
    expect(lines.join('')).not.toContain(test.apiKey.slice(15));
    expect(lines.join('')).not.toMatch(/bearer/i);
  });

  it('keeps a request id that could break a log to itself', async () => {
    const answer = await test.request.get('/health').set('x-request-id', 'a"b{}');
    expect(answer.headers['x-request-id']).not.toContain('"');
  });

  it('serves its description, for programs and for people', async () => {
    const { body } = await test.request.get('/openapi.json').expect(200);
    expect((body as { openapi: string }).openapi).toBe('3.1.0');
    expect((await test.request.get('/docs').redirects(1)).status).toBe(200);
  });
});
