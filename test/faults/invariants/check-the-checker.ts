import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { Ledger } from '../crash/ledger.js';
import { OF_TABLES } from './check-invariants.js';
import { FILES, pathOf } from './files.js';
import type { Evidence, Invariant } from './invariant.js';
import { DAMAGES, exaggerate } from './tampering.js';

/** What no statement of one transaction can bring about. */
const NOT_BY_SQL = ['no transaction was left open'];

/** Damage a healthy home in every way that is known. Returns the damages that nothing noticed, and the invariants that noticed none. */
export async function unnoticed(adminUrl: string, home: string, ledger: Ledger): Promise<string[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const blind = new Set<Invariant>(OF_TABLES.filter(({ name }) => !NOT_BY_SQL.includes(name)));
    const missed: string[] = [];
    const rows = async <Row>(sql: string, parameters: unknown[] = []) =>
      (await client.query(sql, parameters)).rows as Row[];
    const notices = async (invariant: Invariant, evidence: Evidence) => {
      await client.query('SAVEPOINT look');
      const found = await invariant.broken(evidence).catch(() => []);
      await client.query('ROLLBACK TO SAVEPOINT look');
      if (found.length > 0) blind.delete(invariant);
      return found.length > 0;
    };
    for (const damage of DAMAGES) {
      // Past triggers and foreign keys, which would not let any of this happen.
      await client.query('BEGIN; SET LOCAL session_replication_role = replica');
      const { rowCount } = await client.query(damage).catch((error: unknown) => {
        throw new Error(`${damage}: ${String(error)}`, { cause: error });
      });
      let noticed = false;
      for (const invariant of [...blind])
        noticed = (await notices(invariant, { rows, home, ledger })) || noticed;
      for (const invariant of OF_TABLES) noticed ||= await notices(invariant, { rows, home, ledger });
      if (!noticed) missed.push(`${rowCount} rows, and nothing noticed: ${damage}`);
      await client.query('ROLLBACK');
    }
    await client.query('BEGIN');
    for (const invariant of [...blind]) await notices(invariant, { rows, home, ledger: exaggerate(ledger) });
    await client.query('ROLLBACK');
    return [
      ...missed,
      ...[...blind].map(({ name }) => `no damage breaks: ${name}`),
      ...(await blindToFiles({ rows, home, ledger })),
    ];
  } finally {
    await client.end();
  }
}

/** The same for files: each is damaged, looked at, and put back. */
async function blindToFiles(evidence: Evidence): Promise<string[]> {
  const { home, rows } = evidence;
  const blind = new Set(FILES);
  // One that a row refers to: a file of an upload that nobody used may lie there too, and nobody misses it.
  const [referred] = await rows<{ digest: string }>('SELECT min(digest) AS digest FROM blob_reference');
  const path = pathOf(home, referred!.digest);
  const content = readFileSync(path);
  for (const damage of [
    () => appendFileSync(path, 'x'),
    () => rmSync(path),
    ...['scratch/x', 'staging/x', 'draft'].map((name) => () => {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), '');
    }),
  ]) {
    damage();
    for (const invariant of FILES) if ((await invariant.broken(evidence)).length > 0) blind.delete(invariant);
    writeFileSync(path, content);
    for (const name of ['scratch/x', 'staging/x', 'draft']) rmSync(join(home, name), { force: true });
  }
  return [...blind].map(({ name }) => `no damage breaks: ${name}`);
}
