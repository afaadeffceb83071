import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isLong } from '../support/extent.js';
import { processesOf } from './crash/processes.js';
import { RealServer } from './crash/real-server.js';

const hasProc = existsSync('/proc/self/stat');
if (!hasProc)
  console.error('SKIPPED: answers without a database; this system has no /proc to find processes by');
if (!isLong)
  console.error('SKIPPED: the end of a server whose database does not come back; it takes a minute (--long)');

/** A real server whose PostgreSQL was killed and cannot be started: the file without which it does not is out of the way. */
describe.skipIf(!hasProc)('a server whose database is gone', () => {
  let server: RealServer;
  let control: string;

  beforeEach(async () => {
    server = new RealServer();
    await server.start();
    control = join(server.postgresData, 'global', 'pg_control');
    renameSync(control, `${control}.away`);
    const pid = Number(readFileSync(join(server.postgresData, 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => get('/ready').then(({ status }) => status), { timeout: 30_000 }).toBe(503);
  });
  afterEach(() => server.remove());

  const get = (path: string, init: RequestInit = {}) =>
    fetch(server.address.url + path, {
      ...init,
      headers: { authorization: `Bearer ${server.address.apiKey}`, 'content-type': 'application/json' },
    });

  it('answers 503 with a code and Retry-After, lives, and serves again as soon as it can', async () => {
    const { pid } = server;
    const query = { method: 'POST', body: JSON.stringify({ query: '{ __typename }' }) };
    const policy = { method: 'POST', body: JSON.stringify({ document: {} }) };
    for (const answer of [
      await get('/v1/projects/default/datasets'),
      await get('/v1/projects/default/policies', policy),
      await get('/graphql', query),
    ]) {
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await answer.json()).toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
        remedy: expect.any(String) as string,
      });
    }
    expect((await get('/health')).status).toBe(200);
    expect(await (await get('/ready')).json()).toMatchObject({
      ready: false,
      checks: { database: { ok: false } },
    });

    renameSync(`${control}.away`, control);
    await expect.poll(() => get('/ready').then(({ status }) => status), { timeout: 60_000 }).toBe(200);
    expect((await get('/v1/projects/default/datasets')).status).toBe(200);
    expect((await get('/graphql', query)).status).toBe(200);
    expect(server.pid).toBe(pid);
    expect(await server.stop()).toBe(0);
    expect(processesOf(server.home, server.postgresData)).toEqual([]);
  });

  it.runIf(isLong)('ends with status 1 and says why when it does not come back', async () => {
    await server.ended();
    expect(server.exitCode).toBe(1);
    expect(server.output).toMatch(/Assay ends: its database is gone.*PostgreSQL did not start.*pg_control/s);
    expect(processesOf(server.home, server.postgresData)).toEqual([]);
  });
});
