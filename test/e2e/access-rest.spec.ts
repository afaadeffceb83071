import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeApi } from '../../src/openapi.js';
import { ROLES } from '../../src/platform/auth/index.js';
import { freshFor, makeCallers, standing, type Caller } from '../support/callers.js';
import { collectRoutes, type FrameworkRoute } from '../support/collect-routes.js';
import {
  FOREIGN_MARK,
  furnishedTemplate,
  startFurnishedApp,
  type FurnishedApp,
} from '../support/furnished-app.js';
import { settled, type Furnished } from '../support/furnished-project.js';
import { MATRIX, PERMISSION_NAMES, ROUTES, rowOf, UNDESCRIBED } from '../support/role-table.js';
import { addressOf, ROUTE_EXAMPLES, type Fresh } from '../support/route-examples.js';
import type { TestApp } from '../support/start-test-app.js';
import { tableDigests } from '../support/table-digest.js';

type Verb = 'get' | 'post' | 'put' | 'delete' | 'patch' | 'head' | 'options';
interface Reply {
  status: number;
  code: string | undefined;
  text: string;
}

describe('who may call which route', () => {
  let test: TestApp;
  let routes: FrameworkRoute[];
  let callers: Caller[];
  let own: Furnished;
  let foreign: Furnished;

  beforeAll(async () => {
    let other: FurnishedApp['other'];
    // Which takes a server of its own.
    await furnishedTemplate();
    const { made, routes: found } = await collectRoutes(startFurnishedApp);
    ({ test, other, own, foreign } = made);
    routes = found;
    callers = await makeCallers(test, other);
    await settled(test);
  });
  afterAll(() => test.stop());

  async function call(
    { method, path }: FrameworkRoute,
    caller: Caller,
    fresh: Fresh,
    f = own,
  ): Promise<Reply> {
    const example = (await ROUTE_EXAMPLES[`${method === 'HEAD' ? 'GET' : method} ${path}`]?.(f, fresh)) ?? {};
    const request = test.request[method.toLowerCase() as Verb](addressOf(path, f.project, example)).redirects(
      0,
    );
    if (caller.key !== undefined) void request.set('authorization', `Bearer ${caller.key}`);
    if (example.type !== undefined) void request.set('content-type', example.type);
    if (example.headers !== undefined) void request.set(example.headers);
    const { status, body, text } = await request.send(example.body);
    return { status, code: (body as { code?: string } | undefined)?.code, text: text ?? String(body) };
  }

  /** What the tables say: undefined where the call is allowed, else how it is refused. */
  function refusalOf({ method, path }: FrameworkRoute, caller: Caller): [number, string] | undefined {
    const needs = rowOf(method, path)!;
    if (needs === 'public') return undefined;
    if (caller.unknown !== undefined) return [401, caller.unknown];
    if (caller.foreign && path.includes(':project')) return [403, 'PROJECT_FORBIDDEN'];
    return needs === 'key' || caller.permissions.includes(needs) ? undefined : [403, 'PERMISSION_MISSING'];
  }

  const named = ({ method, path }: FrameworkRoute, caller: Caller) => `${caller.name}: ${method} ${path}`;

  it('is written down for every route of the framework, and for none that is not there', () => {
    const unwritten = routes.filter(({ method, path }) => rowOf(method, path) === undefined);
    expect(unwritten).toEqual([]);
    const served = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    expect([...ROUTES.keys()].filter((row) => !served.has(row))).toEqual([]);
    expect(Object.keys(ROUTE_EXAMPLES).filter((row) => !ROUTES.has(row))).toEqual([]);
    expect([...served].filter((row) => !/^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /.test(row))).toEqual([]);
  });

  it('is what the roles of the code say, and openapi.json describes every route but itself', () => {
    expect(Object.fromEntries(Object.entries(ROLES).map(([role, held]) => [role, [...held].sort()]))).toEqual(
      Object.fromEntries(Object.entries(MATRIX).map(([role, held]) => [role, [...held].sort()])),
    );
    const described = Object.entries(describeApi(test.app).paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { 'x-assay-permission'?: string }>).map(
        ([method, operation]): [string, string] => [
          `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
          operation['x-assay-permission'] ?? 'public',
        ],
      ),
    );
    const expected = [...ROUTES].filter(([row]) => !UNDESCRIBED.test(row.split(' ')[1]!));
    expect(new Map(described.sort())).toEqual(new Map(expected.sort()));
  });

  it('is refused exactly where the table says so, and what is refused changes nothing', async () => {
    let before = await tableDigests(test.database.admin);
    let refused = 0;
    for (const route of routes) {
      for (const caller of callers) {
        const expected = refusalOf(route, caller);
        if (expected === undefined) continue;
        const { status, code, text } = await call(route, caller, standing(own));
        const said = route.method === 'HEAD' ? [status] : [status, code];
        expect([named(route, caller), ...said]).toEqual([
          named(route, caller),
          ...expected.slice(0, said.length),
        ]);
        expect(text).not.toContain(own.mark);
        refused += 1;
      }
      const after = await tableDigests(test.database.admin);
      expect([route.path, after]).toEqual([route.path, before]);
      before = after;
    }
    console.log(`${routes.length} routes x ${callers.length} callers: ${refused} refusals, no row changed`);
  });

  it('succeeds wherever the table allows it, on real things, and never shows another project', async () => {
    let allowed = 0;
    const wrong: unknown[] = [];
    for (const route of routes) {
      for (const caller of callers) {
        if (refusalOf(route, caller) !== undefined) continue;
        const f = caller.foreign ? foreign : own;
        const row = `${route.method === 'HEAD' ? 'GET' : route.method} ${route.path}`;
        const example = await ROUTE_EXAMPLES[row]?.(f, standing(f));
        const { status, text } = await call(route, caller, freshFor(test, f, caller), f);
        const leaks = text.includes(caller.foreign ? 'own-' : FOREIGN_MARK);
        if (status !== (example?.status ?? 200) || leaks) wrong.push([named(route, caller), status, text]);
        allowed += 1;
      }
    }
    expect(wrong).toEqual([]);
    console.log(`${allowed} allowed calls succeeded`);
  });

  it('does not depend on the project there is: another and none are refused alike', async () => {
    for (const route of routes.filter(({ path }) => path.includes(':project'))) {
      const answers = await Promise.all(
        ['other', foreign.projectId, 'no-such-project', 'DEFAULT', '%64efault%00'].map(async (project) => {
          const reply = await call(
            route,
            callers.find(({ name }) => name === 'admin')!,
            standing(own),
            {
              ...own,
              project,
            },
          );
          return [
            reply.status,
            reply.code,
            reply.text.replaceAll(project, '').replace(/"requestId":"[^"]*"/, ''),
          ];
        }),
      );
      expect(answers[0]!.slice(0, 2)).toEqual([
        403,
        route.method === 'HEAD' ? undefined : 'PROJECT_FORBIDDEN',
      ]);
      for (const answer of answers.slice(1)) expect(answer.slice(0, 2)).toEqual(answers[0]!.slice(0, 2));
      expect(answers[2]).toEqual(answers[0]);
    }
  });

  it('is 401 for nobody and 404 for a key, for every method and path that has no route', async () => {
    const [nobody] = callers as [Caller];
    const admin = callers.find(({ name }) => name === 'admin')!;
    const paths = [
      ...new Set(routes.map(({ path }) => path)),
      '/',
      '/v1',
      '/admin',
      '/graphiql',
      '/v1/projects',
    ];
    const served = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    let asked = 0;
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        if (served.has(`${method} ${path}`)) continue;
        // A wildcard takes what has no route of its own.
        const route = { method, path: path.replace('*', 'x') };
        if (method === 'GET' && path.startsWith('/docs')) continue;
        const example =
          ROUTE_EXAMPLES[`GET ${path}`] ?? ROUTE_EXAMPLES[`POST ${path}`] ?? ROUTE_EXAMPLES[`DELETE ${path}`];
        const address = addressOf(path, 'default', (await example?.(own, standing(own))) ?? {});
        const ask = (key?: string) => {
          const request = test.request[method.toLowerCase() as Verb](address);
          return key === undefined ? request : request.set('authorization', `Bearer ${key}`);
        };
        expect([route, (await ask(nobody.key)).status]).toEqual([route, 401]);
        expect([route, (await ask(admin.key)).status]).toEqual([route, 404]);
        asked += 1;
      }
    }
    console.log(`${asked} methods and paths without a route`);
  });

  it('knows every permission by a role that has it, and one that has it not', () => {
    for (const permission of PERMISSION_NAMES) {
      const having = Object.values(MATRIX).filter((held) => held.includes(permission)).length;
      expect(having).toBeGreaterThan(0);
      if (permission !== 'read') expect(having).toBeLessThan(Object.keys(MATRIX).length);
    }
  });
});
