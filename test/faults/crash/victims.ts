import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { processesOf } from './processes.js';
import type { Random } from './random.js';
import type { RealServer } from './real-server.js';

/** In this order the short form, of six points, kills the API once: what it was doing waits ten seconds for another worker. */
export const KINDS = ['job', 'postmaster', 'backend', 'api'] as const;
export type Kind = (typeof KINDS)[number];

/** Kill one process of a kind, and put back what does not come back by itself. Returns what was killed. */
export async function strike(kind: Kind, server: RealServer, random: Random): Promise<string> {
  if (kind === 'api') {
    const { pid } = server;
    await server.kill();
    // As when the machine goes down: nobody is left to look after anything.
    const together = random.chance(0.3);
    if (together) process.kill(postmaster(server)!, 'SIGKILL');
    await orphansGone(server, pid);
    await server.start();
    return `api${together ? ' and postmaster' : ''}, process ${pid}`;
  }
  const pid = await victim(kind, server, random);
  if (pid === undefined) throw new Error(`there is no ${kind} to kill`);
  process.kill(pid, 'SIGKILL');
  return `${kind}, process ${pid}`;
}

/** The jobs' processes of a server that was killed end by themselves, and soon. */
async function orphansGone(server: RealServer, parent: number): Promise<void> {
  const giveUp = performance.now() + 60_000;
  for (;;) {
    const left = processesOf(server.home, server.postgresData).filter(({ kind }) => kind !== 'postgres');
    if (left.length === 0) return;
    if (performance.now() > giveUp)
      throw new Error(`orphans of the killed API, process ${parent}: ${JSON.stringify(left)}`);
    await sleep(20);
  }
}

async function victim(kind: Kind, server: RealServer, random: Random): Promise<number | undefined> {
  if (kind === 'backend') return backend(server, random);
  const all = processesOf(server.home, server.postgresData);
  if (kind === 'job') {
    const jobs = all.filter((one) => one.kind === 'job');
    return jobs.length === 0 ? undefined : random.pick(jobs).pid;
  }
  return postmaster(server);
}

function postmaster(server: RealServer): number | undefined {
  const postgres = processesOf(server.home, server.postgresData).filter((one) => one.kind === 'postgres');
  return postgres.find(({ parent }) => !postgres.some(({ pid }) => pid === parent))?.pid;
}

/** A connection of the service, in the middle of a statement where there is one. */
async function backend(server: RealServer, random: Random): Promise<number | undefined> {
  const client = new pg.Client({ connectionString: server.adminUrl });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number; busy: boolean }>(
    `SELECT pid, state <> 'idle' AS busy FROM pg_stat_activity WHERE usename = 'assay_app' ORDER BY pid`,
  );
  await client.end();
  const busy = rows.filter((row) => row.busy);
  return rows.length === 0 ? undefined : random.pick(busy.length > 0 ? busy : rows).pid;
}
