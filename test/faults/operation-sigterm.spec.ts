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
  const figures = { stops: 0, refused: 0, longest: 0, checked: 0 };

  beforeAll(async () => {
    await start();
    await new Workload(client(), random.fork()).prepare();
  });
  afterAll(async () => {
    await server.remove();
    const { stops, refused, longest, checked } = figures;
    console.log(
      `told to stop: ${stops} times under load, the longest took ${longest} ms; ${traffic.requests} requests ` +
        `(${traffic.unanswered} cut off), ${refused} tries to connect refused; ${ledger.jobs.size} jobs accepted; ` +
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

  /** Two requests in one go, the second of which is read when the first is answered: while the server stops. */
  function queuedBehindAnother(jobId: string): RawConnection {
    const { url, apiKey, project } = server.address;
    const get = (path: string) =>
      `GET /v1/projects/${project}/${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${apiKey}\r\n\r\n`;
    return new RawConnection(url).write(get(`jobs/${jobId}?wait=1`) + get('experiments'));
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
      let accepted: (jobId: string) => void;
      const waiting = new Promise<string>((resolve) => (accepted = resolve));
      const before = new Set(ledger.jobs.keys());
      const pushes = Array.from({ length: PUSHES }, (_, i) =>
        new Workload(client(), random.fork()).push((phase) => {
          if (phase === 'accepted' && i === PUSHES - 1)
            accepted([...ledger.jobs.keys()].filter((id) => !before.has(id)).at(-1)!);
        }),
      );
      const checks = [new Workload(client(), random.fork()).gateCheck()];
      if (isLong) checks.push(new Workload(client(), random.fork()).promotion().then(() => undefined));
      const load = Promise.allSettled([...others, ...pushes, ...checks]);

      const jobId = await waiting;
      const slow = slowUploads();
      const behind = queuedBehindAnother(jobId);
      await sleep(random.below(1_500));
      const intake = watchIntake(
        server.address.url,
        () => server.output.includes('"msg":"stopping"'),
        () => server.isRunning,
      );
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
      // The answer of the first, if that came in time, and no second one; or it was refused, in words.
      const [, ...later] = (await behind.untilClosed()).split(/^HTTP\/1\.1 /m).slice(1);
      for (const answer of later) expect(answer).toMatch(/^(2|503 .*"SERVICE_STOPPING")/s);

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
