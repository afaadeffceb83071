import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extent, isLong, SEED } from '../support/extent.js';
import { RawConnection } from '../support/raw-bytes.js';
import { Client } from './crash/client.js';
import { Ledger, Traffic } from './crash/ledger.js';
import { processesOf } from './crash/processes.js';
import { Random } from './crash/random.js';
import { RealServer } from './crash/real-server.js';
import { Workload } from './crash/workload.js';
import { checkInvariants } from './invariants/check-invariants.js';
import { watchIntake } from './operation/watch-intake.js';

const STOPS = extent(1, 18);
const STARTS = extent(1, 12);
/** At once, more than its two workers take: the rest waits in the queue. */
const PUSHES = extent(3, 12);
const SLOW_UPLOADS = 3;
/** What the service gives itself, what PostgreSQL is given on top, and what this machine may be slow by. */
const DEADLINE_MS = 20_000 + 60_000 + 10_000;

/** `group`: Ctrl-C in a terminal, which sends SIGINT to the server and to the processes of its jobs alike. */
const WAYS = ['SIGTERM', 'group', 'SIGINT'] as const;
type Way = (typeof WAYS)[number];

const hasProc = existsSync('/proc/self/stat');
if (!hasProc) console.error('SKIPPED: stopping under load; this system has no /proc to find processes by');

describe.skipIf(!hasProc)('a server that is told to stop', () => {
  const server = new RealServer();
  const ledger = new Ledger();
  const traffic = new Traffic();
  const random = new Random(SEED);
  const client = () => new Client(() => server.address, ledger, traffic);
  const figures = { stops: 0, refused: 0, behind: 0, longest: 0, checked: 0 };

  beforeAll(async () => {
    await start();
    await new Workload(client(), random.fork()).prepare();
  });
  afterAll(async () => {
    await server.remove();
    const { stops, refused, behind, longest, checked } = figures;
    console.log(
      `told to stop: ${stops} times under load, the longest took ${longest} ms; ${traffic.requests} requests ` +
        `(${traffic.unanswered} cut off), ${refused} tries to connect refused, ${behind} answered with SERVICE_STOPPING; ${ledger.jobs.size} jobs accepted; ` +
        `${checked} checks of invariants; seed ${SEED}`,
    );
  });

  /** Says in its log when it begins to stop. */
  const start = () => server.start({ ASSAY_LOG_LEVEL: 'info' });
  const signal = (way: Way) =>
    way === 'group' ? process.kill(-server.pid, 'SIGINT') : process.kill(server.pid, way);

  /** Ended with 0, in time, and nothing of it runs. One that has not come to listen to signals is ended by them (`null`). */
  async function stopped(codes: (number | null)[] = [0]): Promise<void> {
    const began = performance.now();
    const late = setTimeout(() => process.kill(server.pid, 'SIGKILL'), DEADLINE_MS);
    await server.ended();
    clearTimeout(late);
    figures.longest = Math.max(figures.longest, Math.round(performance.now() - began));
    expect(codes, `its exit code; it said last:\n${server.output}`).toContain(server.exitCode);
    // The last line of Node's own when nobody has caught an error.
    expect(server.output).not.toMatch(/^Node\.js v/m);
    expect(processesOf(server.home, server.postgresData), 'processes that it left').toEqual([]);
  }

  /** Uploads that have begun and never come to their end: nothing of them may be stored. */
  function slowUploads(): RawConnection[] {
    const { url, apiKey, project } = server.address;
    return Array.from({ length: SLOW_UPLOADS }, (_, i) =>
      new RawConnection(url).write(
        `POST /v1/projects/${project}/uploads?filename=slow-${i}.csv HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${apiKey}\r\n` +
          `content-type: application/octet-stream\r\ncontent-length: 1000000\r\n\r\nid,x\n${'1,2\n'.repeat(20_000)}`,
      ),
    );
  }

  /**
   * An upload that has begun when the server is told to stop and comes to its end while it does, with one more request behind it
   * on the same connection. The first may be answered and then counts, the second is refused or not heard. Says how the two ended.
   */
  async function underWay(): Promise<{ finish: () => Promise<string[]> }> {
    const { url, apiKey, project } = server.address;
    const head = (request: string) => `${request} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${apiKey}\r\n`;
    const content = `id,x\n${random.next()},1\n`;
    const connection = new RawConnection(url).write(
      head(`POST /v1/projects/${project}/uploads?filename=late.csv`) +
        `content-type: application/octet-stream\r\ncontent-length: ${content.length}\r\nexpect: 100-continue\r\n\r\n`,
    );
    // It is known to be read once it has said so.
    await connection.until(/100 Continue\r\n\r\n/);
    return {
      finish: async () => {
        connection.write(`${content}${head(`GET /v1/projects/${project}/experiments`)}\r\n`);
        const answers = (await connection.untilClosed()).split(/HTTP\/1\.1 (?!100)/).slice(1);
        const upload = /^201 .*?(\{.*\})$/s.exec(answers[0] ?? '')?.[1];
        if (upload === undefined) ledger.maybe.uploads += 1;
        else {
          const body = JSON.parse(upload) as { id: string; digest: string; size: number };
          ledger.uploads.set(body.id, body);
        }
        return answers;
      },
    };
  }

  it.each(Array.from({ length: STOPS }, (_, i) => i))(
    'ends in order under load, keeps what it accepted and half of nothing, and completes it when started again: %i',
    async (number) => {
      const way = WAYS[number % WAYS.length]!;
      let over = false;
      const others = Array.from({ length: extent(2, 3) }, async () => {
        const workload = new Workload(client(), random.fork());
        do await workload.anything();
        while (!over);
      });
      let accepted: () => void;
      const waiting = new Promise<void>((resolve) => (accepted = resolve));
      const pushes = Array.from({ length: PUSHES }, (_, i) =>
        new Workload(client(), random.fork()).push((phase) => {
          if (phase === 'accepted' && i === PUSHES - 1) accepted();
        }),
      );
      const checks = [new Workload(client(), random.fork()).gateCheck()];
      if (isLong) checks.push(new Workload(client(), random.fork()).promotion().then(() => undefined));
      const load = Promise.allSettled([...others, ...pushes, ...checks]);

      await waiting;
      const slow = slowUploads();
      await sleep(random.below(1_500));
      const late = await underWay();
      const stops = () => server.output.includes('"msg":"stopping"');
      const intake = watchIntake(server.address.url, stops, () => server.isRunning);
      const lateEnds = (async () => {
        while (server.isRunning && !stops()) await sleep(5);
        return late.finish();
      })();
      signal(way);
      // Impatience does no harm.
      for (const again of ['SIGTERM', 'SIGINT', 'SIGTERM'] as const) {
        await sleep(random.below(300));
        if (server.isRunning) signal(again);
      }
      await stopped();
      const { closed, refused, taken } = await intake;
      expect(closed + refused, 'new requests that it refused before it ended').toBeGreaterThan(0);
      expect(taken, 'new requests that it took after it had begun to stop').toBe(0);
      for (const upload of slow) expect(await upload.untilClosed()).not.toMatch(/^HTTP\/1\.1 2/);
      const [uploaded, ...behind] = await lateEnds;
      if (uploaded !== undefined) expect(uploaded).toMatch(/^(201|503) /);
      for (const answer of behind) expect(answer).toMatch(/^503 .*\r\nretry-after: \d.*"SERVICE_STOPPING"/s);
      figures.behind += behind.length;

      await start();
      over = true;
      const failures = (await load).flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
      expect(failures, server.output).toEqual([]);
      expect(traffic.unwanted, 'answers of 5xx that are not 503 with a code and Retry-After').toEqual([]);
      const { checked, broken } = await checkInvariants(server.adminUrl, server.home, ledger);
      expect(broken).toEqual([]);
      figures.stops += 1;
      figures.refused += closed + refused;
      figures.checked += checked;
      if (isLong) console.log(`stop ${number} (${way}): ${closed} closed, ${refused} refused`);
    },
  );

  it.each(Array.from({ length: STARTS }, (_, i) => i))(
    'ends in order when told to while it starts: %i',
    async () => {
      if (server.isRunning) await server.stop();
      const starting = start().catch((error: unknown) => error);
      await sleep(random.below(3_000));
      signal('SIGTERM');
      await stopped([0, null]);
      await starting;
      await start();
      const { broken } = await checkInvariants(server.adminUrl, server.home, ledger);
      expect(broken).toEqual([]);
    },
  );
});
