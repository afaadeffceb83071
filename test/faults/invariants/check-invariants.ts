import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Ledger } from '../crash/ledger.js';
import { AUDIT } from './audit.js';
import { FILES } from './files.js';
import type { Evidence } from './invariant.js';
import { LINEAGE } from './lineage.js';
import { LOOKS } from './looks.js';
import { PROMISED } from './promised.js';
import { PROMOTIONS } from './promotions.js';
import { WHOLE } from './whole.js';
import { WORK } from './work.js';

/** What the tables say. */
export const OF_TABLES = [...PROMISED, ...WHOLE, ...LOOKS, ...PROMOTIONS, ...AUDIT, ...LINEAGE, ...WORK];

export const INVARIANTS = [...OF_TABLES, ...FILES];

const QUIET_WITHIN_MS = 90_000;

/**
 * Everything that has to hold at rest, looked up by the checker's own SQL as a superuser and its own reading of files. Waits
 * until nothing is under way. Returns what does not hold, and how many invariants were checked.
 */
export async function checkInvariants(
  adminUrl: string,
  home: string,
  ledger: Ledger,
): Promise<{ checked: number; broken: string[] }> {
  const client = new pg.Client({ connectionString: adminUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const evidence: Evidence = {
      home,
      ledger,
      rows: async <Row>(sql: string, parameters: unknown[] = []) =>
        (await client.query(sql, parameters)).rows as Row[],
    };
    await quiet(evidence);
    const broken: string[] = [];
    for (const { name, broken: find } of INVARIANTS) {
      const found = await find(evidence).catch((error: unknown) => [
        `it could not be checked: ${String(error)}`,
      ]);
      if (found.length > 0)
        broken.push(`${name}: ${found.length} do not, e.g. ${found.slice(0, 3).join('; ')}`);
    }
    return { checked: INVARIANTS.length, broken };
  } finally {
    await client.end();
  }
}

/** Jobs ended, outbox sent, entries in the tree, queue empty. What does not come to rest in time is told by the invariants. */
async function quiet({ rows }: Evidence): Promise<void> {
  const giveUp = performance.now() + QUIET_WITHIN_MS;
  for (;;) {
    const [{ busy } = { busy: true }] = await rows<{ busy: boolean }>(
      `SELECT EXISTS (SELECT FROM job WHERE state IN ('queued', 'running')) OR EXISTS (SELECT FROM outbox WHERE sent_at IS NULL)
          OR EXISTS (SELECT FROM audit_pending) OR EXISTS (SELECT FROM queue.job) AS busy`,
    );
    if (!busy || performance.now() > giveUp) return;
    await sleep(50);
  }
}
