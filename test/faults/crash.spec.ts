import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/main.js';
import { extent, isLong, SEED } from '../support/extent.js';
import { Ledger, Traffic } from './crash/ledger.js';
import { Client } from './crash/client.js';
import { describePoint, pointOf, runPoint } from './crash/point.js';
import { processesOf } from './crash/processes.js';
import { Random } from './crash/random.js';
import { RealServer } from './crash/real-server.js';
import { Workload } from './crash/workload.js';
import { unnoticed } from './invariants/check-the-checker.js';
import { checkInvariants, INVARIANTS } from './invariants/check-invariants.js';

/** `TEST_POINT=17` runs that one alone; `TEST_POINTS=40-79` a part of them. */
const POINTS = chosen(extent(3, 200));
/** Points in one home, one after the other: what one leaves wrong is found at the latest when the next stumbles over it. */
const POINTS_PER_HOME = 10;

const total = { killed: {} as Record<string, number>, checked: 0, jobs: 0, traffic: new Traffic() };
const hasProc = existsSync('/proc/self/stat');
if (!hasProc) console.error('SKIPPED: crashes; this system has no /proc to find processes by');

describe.skipIf(!hasProc)('what was accepted, when processes are killed', () => {
  afterAll(() => {
    const kinds = Object.entries(total.killed).map(([kind, count]) => `${count} ${kind}`);
    const statuses = [...total.traffic.statuses].map(([status, count]) => `${count} x ${status}`).sort();
    console.log(
      `crashes: ${POINTS.length} points (${kinds.join(', ')}); ${total.traffic.requests} requests (${statuses.join(', ')}, ` +
        `${total.traffic.unanswered} unanswered); ${total.jobs} jobs accepted; ${total.checked} checks of ` +
        `${INVARIANTS.length + 3} invariants; seed ${SEED}`,
    );
  });

  for (let first = 0; first < POINTS.length; first += POINTS_PER_HOME) {
    const points = POINTS.slice(first, first + POINTS_PER_HOME);
    it(`is there once, whole, proven, and completes: points ${points[0]} to ${points.at(-1)}`, () =>
      inOneHome(points));
  }
});

async function inOneHome(points: number[]): Promise<void> {
  const server = new RealServer();
  const ledger = new Ledger();
  const { traffic } = total;
  let at = 'before the first point';
  try {
    await server.start();
    await new Workload(
      new Client(() => server.address, ledger, traffic),
      new Random(points[0]! + 1),
    ).prepare();
    for (const number of points) {
      const point = pointOf(number, SEED);
      const began = performance.now();
      at = describePoint(point);
      const killed = await runPoint(point, server, ledger, traffic);
      at += `: ${killed}`;
      await check(server, ledger);
      expect(
        traffic.unwanted,
        'answers that are neither 2xx, nor 4xx, nor 503 with a code and Retry-After',
      ).toEqual([]);
      expect(server.isRunning, 'the server runs').toBe(true);
      if (isLong || process.env.TEST_POINT !== undefined)
        console.log(`${at}, ${Math.round(performance.now() - began)} ms`);
      const kind = killed.split(',')[0]!;
      total.killed[kind] = (total.killed[kind] ?? 0) + 1;
    }
    at = 'after the last point';
    if (points[0] === POINTS[0]) {
      await new Workload(new Client(() => server.address, ledger, traffic), new Random(SEED)).everything();
      await check(server, ledger);
      expect(await unnoticed(server.adminUrl, server.home, ledger), 'what the checker is blind to').toEqual(
        [],
      );
      expect(await verify(server), 'assay audit verify').toMatchObject({ code: 0, report: { ok: true } });
      expect(await server.stop(), 'exit code after SIGTERM').toBe(0);
      expect(processesOf(server.home, server.postgresData), 'processes left after a clean stop').toEqual([]);
    }
    total.checked += 2;
    total.jobs += ledger.jobs.size;
  } catch (error) {
    throw new Error(`${at}\nTEST_SEED=${SEED}\n${String(error)}\nThe server said last:\n${server.output}`, {
      cause: error,
    });
  } finally {
    await server.remove();
  }
}

async function check(server: RealServer, ledger: Ledger): Promise<void> {
  const { checked, broken } = await checkInvariants(server.adminUrl, server.home, ledger);
  expect(broken).toEqual([]);
  expect(strangers(server), 'processes of this home that belong to nobody').toEqual([]);
  total.checked += checked + 1;
}

/** All that may run is the server, its jobs' processes, one PostgreSQL and its processes. */
function strangers(server: RealServer): object[] {
  const all = processesOf(server.home, server.postgresData);
  const postmaster = all.filter(
    (one) => one.kind === 'postgres' && !all.some(({ pid }) => pid === one.parent),
  );
  const known = new Set([server.pid, postmaster[0]?.pid]);
  return all.filter(({ pid, parent }) => !known.has(pid) && !known.has(parent));
}

async function verify(server: RealServer): Promise<{ code: number; report: unknown }> {
  let stdout = '';
  const code = await run(['audit', 'verify', '--json'], {
    env: { ASSAY_HOME: server.home },
    cwd: server.home,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: () => undefined },
  });
  return { code, report: JSON.parse(stdout || 'null') as unknown };
}

function chosen(count: number): number[] {
  const { TEST_POINT, TEST_POINTS } = process.env;
  if (TEST_POINT !== undefined) return [Number(TEST_POINT)];
  const [from = 0, to = count - 1] = TEST_POINTS?.split('-').map(Number) ?? [];
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
