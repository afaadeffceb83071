import { withClient } from './connections.js';
import { APP } from './roles.js';

/** A transaction that goes on for longer holds the tables up; then it is tried again later. */
const WAIT_FOR_A_TABLE = '10s';

/**
 * Writes the tables of a database anew, and drops the write-ahead log of before: PostgreSQL keeps what was deleted or overwritten in
 * its files until it needs the space. Each table is locked while it is written. `ownerUrl`: whoever owns database and tables, and
 * may ask for checkpoints. Throws where a table is in use for long.
 */
export async function rewriteTables(ownerUrl: string): Promise<void> {
  await withClient(ownerUrl, async (owner) => {
    await owner.query(`SET lock_timeout = '${WAIT_FOR_A_TABLE}'`);
    // Nothing is overwritten where the application may only add. The outbox is held by whoever calls this, and has ids alone.
    const { rows } = await owner.query<{ name: string }>(
      `SELECT oid::regclass::text AS name FROM pg_class
       WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'outbox'
         AND (has_table_privilege($1, oid, 'DELETE') OR has_any_column_privilege($1, oid, 'UPDATE')) ORDER BY relname`,
      [APP],
    );
    for (const { name } of rows) await owner.query(`VACUUM (FULL, ANALYZE) ${name}`);
    // Of each column, the planner keeps some values.
    await owner.query('VACUUM (FULL) pg_catalog.pg_statistic');
    await owner.query('SELECT pg_switch_wal()');
    // The log since the last checkpoint but one may be kept.
    for (let i = 0; i < 2; i++) await owner.query('CHECKPOINT');
  });
}
