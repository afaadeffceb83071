import pg from 'pg';

/** Any number, but the same for all who serve. */
const RUNNING = 4_650_002;

/** Another process serves the home. */
export class HomeTaken extends Error {
  override readonly name = 'HomeTaken';

  constructor(
    home: string,
    readonly holder: string,
  ) {
    super(
      `Assay runs on ${home} already (${holder}). ` +
        'Use that one, stop it, or choose another folder with --home (ASSAY_HOME).',
    );
  }
}

/**
 * A lock on a connection of its own says that a server runs on a home. It frees itself when the process dies. `name` tells
 * others who holds it. Throws HomeTaken.
 */
export async function takeRunningLock(url: string, home: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: name, keepAlive: true });
  // The server is stopped under it, or dies: whoever watches sees the connection end.
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
    RUNNING,
  ]);
  if (rows[0]?.locked) return client;
  const holder = await client.query<{ name: string }>(
    `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.objid = $1 AND l.granted`,
    [RUNNING],
  );
  await client.end();
  throw new HomeTaken(home, holder.rows[0]?.name ?? 'another process');
}
