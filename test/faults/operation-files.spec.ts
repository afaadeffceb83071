import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../src/platform/database/connections.js';
import { extent, isLong, SEED } from '../support/extent.js';
import { RawConnection } from '../support/raw-bytes.js';
import { newHome, postgresDataOf, postgresPidOf, removeHome, ServedHome } from '../support/served-home.js';
import { verifyAuditOf } from '../support/verify-audit-of.js';
import { processesOf } from './crash/processes.js';
import { Random } from './crash/random.js';
import { KeptClient, type Told } from './operation/kept-client.js';

/** The fewest with which a server starts. */
const LIMIT = 1024;
const TOO_FEW = isLong ? [24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 640, 768, 1023] : [64, 1023];
const ROUNDS = extent(1, 8);

const hasProc = existsSync('/proc/self/fd');
if (!hasProc) console.error('SKIPPED: few open files; this system has no /proc to count them in');

/** Of this process, of PostgreSQL for want of a connection to it, or while it starts again. */
const TROUBLE = /^(FILES_EXHAUSTED|DATABASE_BUSY|DATABASE_UNAVAILABLE)$/;

/** `sh` lowers the limit, hard and soft, for good. */
const limited = (files: number) => ['sh', '-c', `ulimit -n ${files} && exec "$@"`, 'sh'];
const rows = (count: number, tag: number) =>
  `id,x,y\n${Array.from({ length: count }, (_, i) => `row-${i},${i + tag}.5,${i % 2 ? 'a' : 'b'}\n`).join('')}`;

describe.skipIf(!hasProc)('a server that may open few files', () => {
  const home = newHome('assay-files-');
  const random = new Random(SEED);
  const answers = new Map<string, number>();
  let server: ServedHome;
  let client: KeptClient;
  let crowd: RawConnection[] = [];

  beforeAll(async () => {
    server = await new ServedHome(home, { wrapper: limited(LIMIT) }).ready();
    client = new KeptClient(server.clientFile, 12);
  });
  afterEach(relieve);
  afterAll(async () => {
    await relieve();
    client?.end();
    await server?.stop('SIGKILL');
    await removeHome(home);
    const counts = [...answers].map(([answer, count]) => `${count} x ${answer}`).sort();
    console.error(`few open files: ${ROUNDS} rounds at the limit; ${counts.join(', ')}; seed ${SEED}`);
  });

  const openFiles = () => readdirSync(`/proc/${server.child.pid}/fd`).length;

  let pressing: Promise<void> | undefined;
  let relieved = true;

  /** Take every file that the server may open, and each that it gets back, by connections that are kept. */
  async function press(): Promise<void> {
    relieved = false;
    await takeAll();
    pressing = (async () => {
      while (!relieved) {
        await takeAll();
        await sleep(5);
      }
    })();
  }
  async function takeAll(): Promise<void> {
    while (!relieved && openFiles() < LIMIT) {
      const more = Array.from({ length: LIMIT - openFiles() + 2 }, () =>
        new RawConnection(server.url).write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n'),
      );
      await Promise.all(more.map((connection) => connection.until(/OK$/)));
      crowd = [...crowd, ...more].filter((connection) => !connection.isClosed);
    }
  }
  async function relieve(): Promise<void> {
    relieved = true;
    await pressing;
    for (const connection of crowd) connection.end();
    crowd = [];
  }

  /** Carried out, asked to come back, or cut off where its connection was one too many: nothing else. */
  function judge(told: Told): 'done' | 'refused' | 'cut' {
    const { status, code = '', retryAfter } = told;
    if (status === 0) answers.set('cut off', (answers.get('cut off') ?? 0) + 1);
    else answers.set(`${status} ${code}`, (answers.get(`${status} ${code}`) ?? 0) + 1);
    if (status === 0) return 'cut';
    if (status < 300) return 'done';
    expect([status, code, Number(retryAfter) > 0]).toEqual([503, expect.stringMatching(TROUBLE), true]);
    return 'refused';
  }
  const push = (name: string, uploadId: string) =>
    client.post(`datasets/${name}/versions`, {
      splits: [{ name: 'train', role: 'train', uploadId }],
      key: 'id',
      label: 'y',
    });
  async function succeeds(accepted: Told): Promise<void> {
    const { id } = accepted.body.job as { id: string };
    await expect
      .poll(async () => (await client.get(`jobs/${id}`)).body.state, { timeout: 90_000, interval: 50 })
      .toBe('succeeded')
      .catch((error: unknown) => {
        throw new Error(`job ${id}: ${String(error)}\nThe server said last:\n${server.said.slice(-8_000)}`);
      });
  }
  const job = () => processesOf(home, postgresDataOf(home)).find(({ kind }) => kind === 'job');

  for (const program of isLong ? (['main', 'worker'] as const) : (['main'] as const)) {
    it.each(TOO_FEW)(`does not start as ${program} with %i, and says so in a sentence`, async (files) => {
      const untouched = `${home}-untouched`;
      const refused = new ServedHome(untouched, { program, wrapper: limited(files) });
      expect(await refused.ended()).toEqual({ code: 1, signal: null });
      expect(refused.stderr.trim()).toBe(
        `Assay did not start: at most ${files} files may be open, and it takes 1024. Raise the limit: ulimit -n 4096, or LimitNOFILE in systemd.`,
      );
      expect(existsSync(untouched)).toBe(false);
    });
  }

  it.each(Array.from({ length: ROUNDS }, (_, i) => i))(
    'carries out or puts off what it is asked at its limit, lives, and serves on when files are free: %i',
    async (round) => {
      const uploads = await Promise.all([1, 2, 3].map((i) => client.upload(rows(200, round * 10 + i))));
      const ids = uploads.map(({ body }) => body.id as string);
      const names = { done: [] as string[], refused: [] as string[], cut: [] as string[] };
      const jobs: Told[] = [];
      const create = async (name: string) => {
        names[judge(await client.post('experiments', { name }))].push(name);
      };
      const request = async (name: string, uploadId: string) => {
        const told = await push(name, uploadId);
        if (judge(told) === 'done') jobs.push(told);
      };
      const sent = answers.get('503 FILES_EXHAUSTED') ?? 0;
      // What it lost in the last round.
      await client.warm();
      await press();
      await Promise.all(Array.from({ length: 20 }, (_, i) => create(`e${round}-${i}`)));
      const kept: string[] = [];
      for (let i = 0; i < 10; i += 1) {
        const told = await client.upload(rows(200, round * 100 + 10 + i));
        if (judge(told) === 'done') kept.push(told.body.id as string);
      }
      await request(`d${round}-0`, ids[0]!);
      // The process of jobs is killed, at work or not, and another one cannot be started now.
      const { pid } = job() ?? {};
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await request(`d${round}-1`, ids[1]!);
      for (let i = 0; i < 10; i += 1) judge(await client.get('experiments?first=500'));
      // Nor can its PostgreSQL be.
      const database = postgresPidOf(home)!;
      process.kill(database, random.chance(0.5) ? 'SIGKILL' : 'SIGQUIT');
      await expect.poll(() => existsSync(`/proc/${database}`), { timeout: 30_000 }).toBe(false);
      for (let i = 0; i < 10; i += 1) await create(`e${round}-later-${i}`);
      await sleep(random.below(extent(500, 5_000)));
      expect(server.hasEnded, server.said).toBe(false);
      expect(answers.get('503 FILES_EXHAUSTED') ?? 0, 'how often files had run out').toBeGreaterThan(sent);

      await relieve();
      const ready = async () => (await fetch(`${server.url}/ready`)).status;
      await expect.poll(ready, { timeout: 60_000, interval: 50 }).toBe(200);
      for (const accepted of jobs) await succeeds(accepted);
      for (const id of [ids[2]!, ...kept]) {
        const accepted = await push(`k${round}`, id);
        expect(accepted.status, JSON.stringify(accepted.body)).toBe(202);
        await succeeds(accepted);
      }
      const found = await withClient(adminUrl(), (sql) =>
        sql.query<{ name: string }>(`SELECT name FROM experiment WHERE name LIKE 'e${round}-%'`),
      );
      const stored = found.rows.map(({ name }) => name);
      expect(stored, 'what was accepted').toEqual(expect.arrayContaining(names.done));
      expect(
        stored.filter((name) => names.refused.includes(name)),
        'what was refused and is there all the same',
      ).toEqual([]);
      expect(readdirSync(join(home, 'staging'))).toEqual([]);
      expect(server.hasEnded, server.said).toBe(false);
    },
  );

  it('has lost nothing, and ends in order', async () => {
    expect(await verifyAuditOf(server)).toMatchObject({ code: 0 });
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(processesOf(home, postgresDataOf(home))).toEqual([]);
  });

  function adminUrl(): string {
    const { superuser } = JSON.parse(readFileSync(join(home, 'keys', 'database.json'), 'utf8')) as {
      superuser: string;
    };
    const port = readFileSync(join(postgresDataOf(home), 'postmaster.pid'), 'utf8').split('\n')[3];
    return `postgres://assay_superuser:${superuser}@127.0.0.1:${port}/assay`;
  }
});
