import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_NAMES, type Permission, type Role } from '../../src/platform/auth/index.js';
import { settled } from '../support/furnished-project.js';
import { MATRIX, PERMISSION_NAMES } from '../support/role-table.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { tableDigests } from '../support/table-digest.js';

interface Made {
  status: number;
  body: { id: string; secret: string; code: string; missing?: string[] };
}

describe('API keys', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test.stop());

  const as = (key: string, method: 'get' | 'post' | 'delete', path: string) =>
    test.request[method](path).set('authorization', `Bearer ${key}`);
  const make = async (by: string, body: object, project = 'default'): Promise<Made> =>
    as(by, 'post', `/v1/projects/${project}/keys`).send(body);
  const revoke = async (by: string, id: string, project = 'default'): Promise<Made> =>
    as(by, 'delete', `/v1/projects/${project}/keys/${id}`);
  const status = async (key: string): Promise<number> => (await as(key, 'get', '/v1/project')).status;

  const held = (roles: readonly Role[], scopes: readonly Permission[]): string[] => {
    const all = new Set(roles.flatMap((role) => MATRIX[role]!));
    return [...all].filter((each) => scopes.length === 0 || scopes.includes(each as Permission));
  };

  it('grant what they may do themselves and nothing more, by REST and by GraphQL', async () => {
    const everything = [...ROLE_NAMES];
    const makers: { roles: Role[]; scopes: Permission[] }[] = [
      { roles: ['admin'], scopes: [] },
      { roles: everything, scopes: [] },
      { roles: everything, scopes: ['administer'] },
      { roles: everything, scopes: ['administer', 'audit'] },
      { roles: everything, scopes: ['read', 'administer'] },
      { roles: ['admin', 'auditor'], scopes: [] },
    ];
    const wishes: { roles: Role[]; scopes: Permission[] }[] = [
      ...ROLE_NAMES.map((role) => ({ roles: [role], scopes: [] })),
      { roles: everything, scopes: [] },
      ...(PERMISSION_NAMES as Permission[]).map((scope) => ({ roles: everything, scopes: [scope] })),
    ];
    let granted = 0;
    for (const maker of makers) {
      const { body } = await make(test.apiKey, maker);
      for (const wish of wishes) {
        const missing = held(wish.roles, wish.scopes).filter(
          (permission) => !held(maker.roles, maker.scopes).includes(permission),
        );
        const answer = await make(body.secret, wish);
        expect([
          maker,
          wish,
          answer.status,
          answer.body.code,
          [...(answer.body.missing ?? [])].sort(),
        ]).toEqual([
          maker,
          wish,
          missing.length === 0 ? 201 : 403,
          missing.length === 0 ? undefined : 'KEY_GRANT_EXCEEDED',
          missing.sort(),
        ]);
        const query = `mutation M($input: CreateApiKeyInput!) { createApiKey(input: $input) { id } }`;
        const graphql = await as(body.secret, 'post', '/graphql').send({ query, variables: { input: wish } });
        const { errors } = graphql.body as { errors?: { extensions: { code: string } }[] };
        expect(errors?.[0]?.extensions.code).toBe(missing.length === 0 ? undefined : 'KEY_GRANT_EXCEEDED');
        granted += missing.length === 0 ? 1 : 0;
      }
    }
    expect(granted).toBeGreaterThan(10);
    console.log(`${makers.length} makers x ${wishes.length} keys wished for: ${granted} granted`);
  });

  it('take null for what is left out, by REST and by GraphQL', async () => {
    const input = { roles: ['viewer'], scopes: null, name: null, expires: null };
    const rest = await make(test.apiKey, input);
    expect([rest.status, rest.body]).toEqual([
      201,
      expect.objectContaining({ name: 'viewer', scopes: [], expiresAt: null }),
    ]);
    const query = `mutation M($input: CreateApiKeyInput!) { createApiKey(input: $input) { name scopes expiresAt } }`;
    const graphql = await as(test.apiKey, 'post', '/graphql').send({ query, variables: { input } });
    expect(graphql.body).toEqual({
      data: { createApiKey: { name: 'viewer', scopes: [], expiresAt: null } },
    });
  });

  it('that are narrowed to administering cannot make themselves whole by way of another', async () => {
    const narrow = (await make(test.apiKey, { roles: [...ROLE_NAMES], scopes: ['administer'] })).body.secret;
    const next = await make(narrow, { roles: ['admin'], scopes: ['administer'] });
    expect(next.status).toBe(201);
    await settled(test);
    const before = await tableDigests(test.database.admin);
    for (const roles of [['admin'], ['auditor'], ['viewer'], [...ROLE_NAMES]])
      expect((await make(next.body.secret, { roles })).body.code).toBe('KEY_GRANT_EXCEEDED');
    expect(await tableDigests(test.database.admin)).toEqual(before);
  });

  it('are written down when they are made: who made which key with which roles', async () => {
    const { body } = await make(test.apiKey, { roles: ['auditor'], name: 'who reads sealed numbers' });
    const { rows } = await test.database.admin.query<{ leaf: string; body: string }>(
      `SELECT leaf, body FROM audit_leaf WHERE action = 'key.created' AND subject_id = $1`,
      [body.id],
    );
    const maker = await test.database.admin.query<{ id: string }>(
      `SELECT id FROM api_key WHERE name = 'first key'`,
    );
    expect(JSON.parse(rows[0]!.leaf)).toMatchObject({ actor: { id: maker.rows[0]!.id } });
    expect(JSON.parse(rows[0]!.body)).toMatchObject({ roles: ['auditor'], name: 'who reads sealed numbers' });
  });

  it('are dead from the next request on, wherever they were revoked, by themselves too', async () => {
    const own = (await make(test.apiKey, { roles: ['admin'] })).body;
    const other = (await make(test.apiKey, { roles: ['viewer'] })).body;
    expect(await status(other.secret)).toBe(200);
    expect((await revoke(own.secret, other.id)).status).toBe(200);
    expect(await status(other.secret)).toBe(401);
    expect((await revoke(own.secret, other.id)).status).toBe(200);
    expect((await revoke(own.secret, own.id)).status).toBe(200);
    expect(await status(own.secret)).toBe(401);
    expect((await make(own.secret, { roles: ['viewer'] })).body.code).toBe('API_KEY_REVOKED');
    expect((await revoke(own.secret, other.id)).body.code).toBe('API_KEY_REVOKED');
  });

  it('that have expired make nothing and revoke nothing', async () => {
    const ends = (await make(test.apiKey, { roles: ['admin'], expires: '1m' })).body;
    const other = (await make(test.apiKey, { roles: ['viewer'] })).body;
    expect(await status(ends.secret)).toBe(200);
    await test.database.admin.query(`UPDATE api_key SET expires_at = now() WHERE id = $1`, [ends.id]);
    await settled(test);
    const before = await tableDigests(test.database.admin);
    expect((await make(ends.secret, { roles: ['viewer'] })).body.code).toBe('API_KEY_EXPIRED');
    expect((await revoke(ends.secret, other.id)).body.code).toBe('API_KEY_EXPIRED');
    expect(await tableDigests(test.database.admin)).toEqual(before);
    expect(await status(other.secret)).toBe(200);
  });

  it('never leave a project without one that administers it', async () => {
    const { apiKey } = await test.newProject('lonely');
    const first = await test.database.admin.query<{ id: string }>(
      `SELECT k.id FROM api_key k JOIN project p ON p.id = k.project_id WHERE p.name = 'lonely'`,
    );
    const id = first.rows[0]!.id;
    // None of these could make another key.
    await make(apiKey, { roles: ['approver'] }, 'lonely');
    await make(apiKey, { roles: ['admin'], scopes: ['read'] }, 'lonely');
    const ended = await make(apiKey, { roles: ['admin'], expires: '1m' }, 'lonely');
    await test.database.admin.query(`UPDATE api_key SET expires_at = now() WHERE id = $1`, [ended.body.id]);
    expect(await revoke(apiKey, id, 'lonely')).toMatchObject({
      status: 409,
      body: { code: 'KEY_LAST_ADMINISTRATOR' },
    });
    expect(await status(apiKey)).toBe(200);
    const second = await make(apiKey, { roles: ['admin'] }, 'lonely');
    expect((await revoke(apiKey, id, 'lonely')).status).toBe(200);
    expect((await revoke(second.body.secret, second.body.id, 'lonely')).body.code).toBe(
      'KEY_LAST_ADMINISTRATOR',
    );
  });

  it('that administer and revoke each other at the same time leave one', async () => {
    for (let round = 0; round < 8; round += 1) {
      const project = `duel-${round}`;
      const { apiKey } = await test.newProject(project);
      const keys = await Promise.all(
        [1, 2].map(async () => (await make(apiKey, { roles: ['admin'] }, project)).body),
      );
      const first = await test.database.admin.query<{ id: string }>(
        `SELECT k.id FROM api_key k JOIN project p ON p.id = k.project_id WHERE p.name = $1 AND k.name = 'first key'`,
        [project],
      );
      const [a, b] = keys as [Made['body'], Made['body']];
      expect((await revoke(a.secret, first.rows[0]!.id, project)).status).toBe(200);
      const both = await Promise.all([revoke(a.secret, b.id, project), revoke(b.secret, a.id, project)]);
      // The slower one is refused as the last, or found its own key dead already.
      const statuses = both.map((answer) => answer.status).sort();
      expect([
        [200, 401],
        [200, 409],
      ]).toContainEqual(statuses);
      const alive = await Promise.all(keys.map(({ secret }) => status(secret)));
      expect(alive.sort()).toEqual([200, 401]);
    }
  });

  it('are found by the hash of the whole: one character more, less or other is no key', async () => {
    const { secret } = (await make(test.apiKey, { roles: ['viewer'] })).body;
    const at = (i: number) => secret.slice(0, i) + (secret[i] === 'a' ? 'b' : 'a') + secret.slice(i + 1);
    const forged = [
      ...Array.from(secret, (_, i) => at(i)),
      secret.slice(0, -1),
      `${secret}a`,
      secret.toUpperCase(),
      secret.split('').reverse().join(''),
    ];
    const answers = new Set<string>();
    for (const key of forged) {
      const { status: code, body } = await as(key, 'get', '/v1/project');
      answers.add(JSON.stringify([code, { ...(body as object), requestId: '' }]));
    }
    // A wrong checksum is answered as an unknown key is: nothing tells how near a guess was.
    expect([...answers]).toEqual([expect.stringContaining('API_KEY_INVALID')]);
    expect(await status(secret)).toBe(200);
    console.log(`${forged.length} keys that are nearly one`);
  });

  it('are stored as their hash alone', async () => {
    const { secret } = (await make(test.apiKey, { roles: ['viewer'] })).body;
    const tables = await test.database.admin.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    );
    // Any part of it that would help to guess the rest, as text and as the bytes of a column.
    const parts = [secret.slice(15, 27), secret.slice(27, 39), secret.slice(-12)];
    const needles = parts.flatMap((part) => [part, Buffer.from(part).toString('hex')]);
    for (const { name } of tables.rows) {
      const { rows } = await test.database.admin.query(
        `SELECT FROM ${name} t WHERE EXISTS (SELECT FROM unnest($1::text[]) AS part WHERE strpos(t::text, part) > 0)`,
        [needles],
      );
      expect([name, rows.length]).toEqual([name, 0]);
    }
    const stored = await test.database.admin.query<{ hash: Buffer }>(
      'SELECT hash FROM api_key ORDER BY id DESC LIMIT 1',
    );
    expect(stored.rows[0]!.hash.toString('hex')).toBe(createHash('sha256').update(secret).digest('hex'));
  });
});
