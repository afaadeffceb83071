import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { MIGRATIONS } from '../../migrations/index.js';
import { AssayConfig } from '../../src/platform/config/index.js';
import { openDatabase } from '../../src/platform/database/index.js';
import { as, withClient } from '../../src/platform/database/connections.js';

describe('a database of yours', () => {
  const name = `yours_${randomBytes(4).toString('hex')}`;
  const limited = `limited_${randomBytes(4).toString('hex')}`;
  const homes: string[] = [];
  let url: string;

  const home = () => {
    homes.push(mkdtempSync(join(tmpdir(), 'assay-home-')));
    return homes.at(-1)!;
  };
  const open = (environment: Record<string, string>) =>
    openDatabase(AssayConfig.fromEnvironment({ ASSAY_HOME: home(), ...environment }), MIGRATIONS, {
      serve: true,
    });
  const whoAmI = (at: string) =>
    withClient(at, async (client) => {
      const sql = `SELECT session_user::text AS login, current_user::text AS role FROM (SELECT count(*) FROM find_project('none')) used`;
      const { rows } = await client.query(sql);
      return rows[0] as { login: string; role: string };
    });

  beforeAll(async () => {
    const { adminUrl } = inject('server');
    await withClient(adminUrl, async (admin) => {
      await admin.query(`CREATE DATABASE ${name}`);
      await admin.query(`CREATE ROLE ${limited} LOGIN PASSWORD 'limited'`);
    });
    const own = new URL(adminUrl);
    own.pathname = `/${name}`;
    url = own.toString();
  });

  afterAll(async () => {
    await withClient(inject('server').adminUrl, async (admin) => {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      const logins = await admin.query<{ login: string }>(
        `SELECT rolname AS login FROM pg_roles WHERE rolname = $1 OR rolname ~ '^assay_app_[0-9a-f]{8}$'`,
        [limited],
      );
      for (const { login } of logins.rows) await admin.query(`DROP ROLE ${pg.escapeIdentifier(login)}`);
    });
    for (const folder of homes) rmSync(folder, { recursive: true, force: true });
  });

  it('is served as assay_app by a login that each home has for itself', async () => {
    // As when a server and its workers come up together.
    const [first, second] = await Promise.all([open({ DATABASE_URL: url }), open({ DATABASE_URL: url })]);
    const [one, two] = [await whoAmI(first.appUrl), await whoAmI(second.appUrl)];
    expect(one).toMatchObject({
      role: 'assay_app',
      login: expect.stringMatching(/^assay_app_[0-9a-f]{8}$/) as string,
    });
    expect(two.role).toBe('assay_app');
    expect(two.login).not.toBe(one.login);
  });

  it('gives its tables to assay_owner, whoever migrates', async () => {
    const owners = await withClient(url, async (client) => {
      const sql = `SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'`;
      return (await client.query<{ tableowner: string }>(sql)).rows.map((row) => row.tableowner);
    });
    expect(owners).toEqual(['assay_owner']);
  });

  it('is opened by the two roles alone once an administrator has prepared it', async () => {
    const { password } = inject('server');
    const { appUrl } = await open({
      DATABASE_URL: as(url, 'assay_owner', password),
      DATABASE_APP_URL: as(url, 'assay_app', password),
    });
    expect(await whoAmI(appUrl)).toMatchObject({ login: 'assay_app', role: 'assay_app' });
  });

  it('is not served by a role that row-level security does not bind', async () => {
    await expect(open({ DATABASE_URL: url, DATABASE_APP_URL: url })).rejects.toThrow(
      /DATABASE_APP_URL: .* is a superuser/,
    );
    const owner = as(url, 'assay_owner', inject('server').password);
    await expect(open({ DATABASE_URL: owner, DATABASE_APP_URL: owner })).rejects.toThrow(
      /may act as assay_owner/,
    );
  });

  it('says what an administrator has to do where the role may not', async () => {
    await withClient(inject('server').adminUrl, (admin) =>
      admin.query(`GRANT CONNECT ON DATABASE ${name} TO ${limited}`),
    );
    await expect(open({ DATABASE_URL: as(url, limited, 'limited') })).rejects.toThrow(
      /permission denied.*CREATE ROLE assay_owner/s,
    );
  });
});
