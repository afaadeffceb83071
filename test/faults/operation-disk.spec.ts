import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { withClient } from '../../src/platform/database/connections.js';
import type { ApiClient } from '../support/api-client.js';
import { isPostgres, postgresPidOf, ServedHome } from '../support/served-home.js';
import { verifyAuditOf } from '../support/verify-audit-of.js';
import { cannotServe, ordinaryUser } from './operation/ordinary-user.js';
import { SmallDisk } from './operation/small-disk.js';

const MEGABYTE = 2 ** 20;
const obstacle = cannotServe();
const disk = obstacle === undefined ? SmallDisk.mount(400) : undefined;
if (!disk)
  console.warn(`SKIPPED: full disks are not tested: ${obstacle ?? 'this process may mount nothing'}`);

const rows = (count: number) =>
  `id,x,y\n${Array.from({ length: count }, (_, i) => `row-${i},${(i * 7919) % 104_729}.5,${i % 2 ? 'a' : 'b'}\n`).join('')}`;

/** A server with everything of it, PostgreSQL included, on a disk of a few hundred megabytes that fills up. */
describe.skipIf(!disk)('a server whose disk is full', () => {
  const home = () => join(disk!.path, 'home');
  let server: ServedHome;
  const start = () => (server = new ServedHome(home(), { ...ordinaryUser }));
  const filesIn = (folder: string) =>
    existsSync(join(home(), folder)) ? readdirSync(join(home(), folder)) : [];
  const staged = () => [...filesIn('staging'), ...filesIn('scratch')];
  /** Past the service, in its database. */
  const superuser = <T>(work: (sql: pg.Client) => Promise<T>): Promise<T> => {
    const { superuser: password } = JSON.parse(
      readFileSync(join(home(), 'keys', 'database.json'), 'utf8'),
    ) as { superuser: string };
    const port = readFileSync(join(home(), 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3];
    return withClient(`postgres://assay_superuser:${password}@127.0.0.1:${port}/assay`, work);
  };
  const push = (client: ApiClient, name: string, uploadId: string) =>
    client.post<{ job: { id: string } }>(`datasets/${name}/versions`, {
      splits: [{ name: 'train', role: 'train', uploadId }],
      key: 'id',
      label: 'y',
    });

  afterEach(() => disk?.empty());
  afterAll(async () => {
    disk?.empty();
    await server?.stop();
    if (server) expect(postgresPidOf(home())).toBeUndefined();
    disk?.unmount();
  });

  it.each([
    ['to the last byte', 0],
    ['after its keys', 100_000],
    ['in the middle of making the database', 12 * MEGABYTE],
  ])('does not start when it is full %s, and says so; with space it starts', async (_where, leave) => {
    disk!.fill(leave);
    const refused = start();
    expect(await refused.ended()).toEqual({ code: 1, signal: null });
    expect(refused.stderr).toMatch(/did not start: the disk is full.*Free space, then start again/);
    disk!.empty();
  });

  it('starts when there is space again', async () => {
    await start().ready();
    expect(await server.client.get('datasets')).toMatchObject({ items: [] });
  });

  it('refuses an upload with STORAGE_FULL and keeps nothing of it; with space it takes the next', async () => {
    const file = rows(400_000);
    disk!.fill(4 * MEGABYTE);
    const refused = await server.client
      .send('post', 'uploads?filename=a.csv')
      .set('content-type', 'application/octet-stream')
      .send(Buffer.from(file));
    expect([refused.status, refused.body]).toMatchObject([503, { code: 'STORAGE_FULL' }]);
    expect((refused.body as { remedy: string }).remedy).toMatch(/free space/);
    expect(staged()).toEqual([]);
    disk!.empty();
    expect(await server.client.upload(file)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('fails a push with STORAGE_FULL and stores nothing of it; sent again with space it succeeds', async () => {
    const { client } = server;
    const upload = await client.upload(rows(300_000));
    disk!.fill(300_000);
    const { job } = await push(client, 'pushed', upload);
    expect(await client.ended(job.id)).toMatchObject({ state: 'failed', error: { code: 'STORAGE_FULL' } });
    expect(await client.get('datasets')).toMatchObject({ items: [] });
    disk!.empty();
    const again = await client.ended((await push(client, 'pushed', upload)).job.id);
    expect(again).toMatchObject({ state: 'succeeded' });
    expect(staged()).toEqual([]);
  });

  it('answers with a code while PostgreSQL cannot write either, and serves again once there is space', async () => {
    const { client } = server;
    const stored: string[] = [];
    const codes = new Map<string, number>();
    const create = async (name: string) => {
      const answer = await client.send('post', 'experiments').send({ name });
      const { code = 'none' } = answer.body as { code?: string };
      if (answer.status === 201) stored.push(name);
      else codes.set(`${answer.status} ${code}`, (codes.get(`${answer.status} ${code}`) ?? 0) + 1);
      return answer.status;
    };
    disk!.fill();
    // Until what PostgreSQL has set aside is used up.
    for (let i = 0; codes.size === 0 && i < 200_000; i += 50)
      await Promise.all(Array.from({ length: 50 }, (_, j) => create(`full-${i + j}`)));
    for (let i = 0; i < 20; i += 1) await create(`later-${i}`);
    expect([...codes.keys()].every((code) => /^503 (STORAGE_FULL|DATABASE_UNAVAILABLE)$/.test(code))).toBe(
      true,
    );
    disk!.empty();
    await expect.poll(() => create(`after-${stored.length}`), { timeout: 60_000 }).toBe(201);
    // What was accepted is there, and what was refused is not.
    const found = await superuser(async (sql) => (await sql.query('SELECT name FROM experiment')).rows);
    expect(found.map(({ name }: { name: string }) => name).toSorted()).toEqual(stored.toSorted());
  });

  it('goes on by itself after PostgreSQL died of a full disk, once there is space', async () => {
    const { client } = server;
    const before = await client.get<object>('experiments?first=500');
    const pid = postgresPidOf(home());
    disk!.fill();
    // Writes nothing but its journal, which PostgreSQL cannot do without: it ends itself at once.
    const journal = superuser(async (sql) => {
      for (;;) await sql.query(`SELECT pg_logical_emit_message(false, 'test', repeat('x', 1000000))`);
    });
    await expect(journal).rejects.toThrow();
    const answer = await client.send('get', 'experiments?first=500');
    if (answer.status !== 200)
      expect([answer.status, answer.body]).toMatchObject([503, { code: 'DATABASE_UNAVAILABLE' }]);
    // Nor can it start again as long as there is no space.
    if (pid !== undefined && isPostgres(pid, join(home(), 'postgres'))) process.kill(pid, 'SIGKILL');
    const status = async () => (await fetch(`${server.url}/ready`)).status;
    await expect.poll(status, { timeout: 30_000 }).toBe(503);
    disk!.empty();
    await expect.poll(status, { timeout: 90_000, interval: 250 }).toBe(200);
    expect(server.hasEnded).toBe(false);
    expect(await client.get('experiments?first=500')).toEqual(before);
    const upload = await client.upload(rows(100));
    expect(await client.ended((await push(client, 'afterwards', upload)).job.id)).toMatchObject({
      state: 'succeeded',
    });
  });

  it('leaves an audit log that verifies', async () => {
    expect(await verifyAuditOf(server)).toMatchObject({ code: 0 });
  });
});
