import { GraphQLSchemaHost } from '@nestjs/graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeApi } from '../../src/openapi.js';
import { ROLE_NAMES, ROLES, type Permission, type Role } from '../../src/platform/auth/index.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

interface Route {
  method: 'get' | 'post' | 'put' | 'delete' | 'patch';
  path: string;
  permission: Permission | undefined;
}

const OPEN = ['/health', '/ready', '/v1/policy-schema'];
const NOWHERE = '00000000-0000-7000-8000-000000000000';

describe('who may do what', () => {
  let test: TestApp;
  let routes: Route[];
  const keys = new Map<Role, string>();

  beforeAll(async () => {
    test = await startTestApp();
    for (const role of ROLE_NAMES) keys.set(role, await test.key(role));
    routes = Object.entries(describeApi(test.app).paths).flatMap(([path, item]) =>
      (['get', 'post', 'put', 'delete', 'patch'] as const).flatMap((method) => {
        const operation = item[method] as { 'x-assay-permission'?: Permission } | undefined;
        if (!operation) return [];
        const concrete = path.replace('{project}', 'default').replace(/\{[^}]+\}/g, NOWHERE);
        return [{ method, path: concrete, permission: operation['x-assay-permission'] }];
      }),
    );
  });
  afterAll(() => test.stop());

  const call = (route: Route, key?: string) => {
    const request = test.request[route.method](route.path);
    return key === undefined ? request : request.set('authorization', `Bearer ${key}`);
  };

  it('answers 401 to nobody, on every route but those said to be public, known or not', async () => {
    expect(routes.length).toBeGreaterThan(30);
    for (const route of routes) {
      const { status } = await call(route);
      expect([route.method, route.path, status]).toEqual([
        route.method,
        route.path,
        OPEN.includes(route.path) ? 200 : 401,
      ]);
    }
    await test.request.get('/v1/projects/default/no-such-thing').expect(401);
    await test.request.get('/graphql').expect(401);
    await test.request.post('/graphql').send({ query: '{ __typename }' }).expect(401);
    await test.request.post('/graphql').send({ query: '{ __schema { types { name } } }' }).expect(401);
  });

  it('says 401 before it reads a body', async () => {
    const answer = await test.request
      .post('/v1/projects/default/keys')
      .set('content-type', 'application/json')
      .send('{"not json');
    expect(answer.status).toBe(401);
  });

  it('gives each role what the table of roles gives it, and nothing else', async () => {
    let decided = 0;
    for (const route of routes) {
      if (OPEN.includes(route.path)) continue;
      expect(route.permission, `${route.method} ${route.path} declares no permission`).toBeDefined();
      for (const role of ROLE_NAMES) {
        const { status, body } = await call(route, keys.get(role));
        const allowed = (ROLES[role] as readonly Permission[]).includes(route.permission!);
        const refused = status === 403 && (body as { code?: string }).code === 'PERMISSION_MISSING';
        expect([role, route.method, route.path, refused]).toEqual([role, route.method, route.path, !allowed]);
        expect(status, `${role} ${route.method} ${route.path}`).toBeLessThan(500);
        decided += 1;
      }
    }
    expect(decided).toBe((routes.length - OPEN.length) * ROLE_NAMES.length);
  });

  it('refuses a viewer every mutation of GraphQL', async () => {
    const { schema } = test.app.get(GraphQLSchemaHost);
    const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
    expect(fields.length).toBeGreaterThan(5);
    const query = `mutation M { createApiKey(input: { roles: ["admin"] }) { id } }`;
    const answer = await test.request
      .post('/graphql')
      .set('authorization', `Bearer ${keys.get('viewer')}`)
      .send({ query });
    const body = answer.body as { errors: { extensions: { code: string } }[] };
    expect(body.errors.map((error) => error.extensions.code)).toEqual(['PERMISSION_MISSING']);
  });

  it('refuses a key of another project, an expired and a revoked one', async () => {
    const other = await test.newProject('other');
    const foreign = await call(
      { method: 'get', path: '/v1/projects/default/datasets', permission: 'read' },
      other.apiKey,
    );
    expect([foreign.status, (foreign.body as { code: string }).code]).toEqual([403, 'PROJECT_FORBIDDEN']);

    const expired = await test.key('admin', '1m');
    await test.database.admin.query(
      `UPDATE api_key SET expires_at = now() - interval '1 second' WHERE expires_at IS NOT NULL`,
    );
    const late = await call({ method: 'get', path: '/v1/project', permission: 'read' }, expired);
    expect([late.status, (late.body as { code: string }).code]).toEqual([401, 'API_KEY_EXPIRED']);

    const made = await test.request
      .post('/v1/projects/default/keys')
      .set('authorization', `Bearer ${test.apiKey}`)
      .send({ roles: ['viewer'] });
    const { id, secret } = made.body as { id: string; secret: string };
    await call(
      { method: 'delete', path: `/v1/projects/default/keys/${id}`, permission: 'administer' },
      test.apiKey,
    );
    const revoked = await call({ method: 'get', path: '/v1/project', permission: 'read' }, secret);
    expect([revoked.status, (revoked.body as { code: string }).code]).toEqual([401, 'API_KEY_REVOKED']);
  });

  it('stores no secret: only its hash', async () => {
    const { rows } = await test.database.admin.query<{ dump: string }>(
      `SELECT coalesce((SELECT string_agg(k::text, '') FROM api_key k), '') ||
              coalesce((SELECT string_agg(i::text, '') FROM idempotency i), '') ||
              coalesce((SELECT string_agg(l::text, '') FROM audit_leaf l), '') AS dump`,
    );
    expect(rows[0]?.dump.length).toBeGreaterThan(100);
    for (const secret of [...keys.values(), test.apiKey])
      expect(rows[0]?.dump).not.toContain(secret.slice(15));
  });
});
