import { GraphQLSchemaHost } from '@nestjs/graphql';
import { getNamedType, isObjectType, printSchema, type GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshFor, makeCallers, standing, type Caller } from '../support/callers.js';
import { FOREIGN_MARK, startFurnishedApp, type FurnishedApp } from '../support/furnished-app.js';
import { settled, type Furnished } from '../support/furnished-project.js';
import { documentOf, objectsAt, pathsOf, type SchemaPath } from '../support/graphql-paths.js';
import { argumentsOf, ROOT_EXAMPLES, ROOTS, TYPES, type RootRow } from '../support/graphql-table.js';
import type { Fresh } from '../support/route-examples.js';
import type { TestApp } from '../support/start-test-app.js';
import { tableDigests } from '../support/table-digest.js';

interface Answer {
  status: number;
  text: string;
  code: string | undefined;
  data: Record<string, unknown> | null | undefined;
  errors: { path?: (string | number)[]; extensions: { code: string } }[];
}

describe('who may ask for which field of GraphQL', () => {
  let test: TestApp;
  let schema: GraphQLSchema;
  let callers: Caller[];
  let own: Furnished;
  let foreign: Furnished;

  beforeAll(async () => {
    let other: FurnishedApp['other'];
    ({ test, other, own, foreign } = await startFurnishedApp());
    // The schema that answers, not the one that was built.
    schema = (test.app.getHttpAdapter().getInstance() as unknown as { graphql: { schema: GraphQLSchema } })
      .graphql.schema;
    callers = await makeCallers(test, other);
    await settled(test);
  });
  afterAll(() => test.stop());

  async function ask(query: string, caller: Caller): Promise<Answer> {
    const request = test.request.post('/graphql');
    if (caller.key !== undefined) void request.set('authorization', `Bearer ${caller.key}`);
    const { status, body, text } = await request.send({ query });
    const answer = body as Partial<Answer>;
    return { status, text, code: answer.code, data: answer.data, errors: answer.errors ?? [] };
  }

  const given = async (root: string, f: Furnished, fresh: Fresh) =>
    argumentsOf(await ROOT_EXAMPLES[root]?.(f, fresh));
  const rootQuery = async ({ operation, name }: RootRow, f: Furnished, fresh: Fresh) => {
    const type = operation === 'query' ? schema.getQueryType() : schema.getMutationType();
    const target = getNamedType(type!.getFields()[name]!.type);
    const selection = isObjectType(target) ? ' { __typename }' : '';
    return `${operation} { ${name}${await given(name, f, fresh)}${selection} }`;
  };
  const isRefused = (needs: string, caller: Caller) =>
    caller.unknown !== undefined || !caller.permissions.includes(needs);

  /** Nothing of the answer but that it is refused, for whatever reason this caller is. */
  function expectRefusal(what: string, { status, code, data, errors, text }: Answer, caller: Caller): void {
    if (caller.unknown !== undefined) {
      expect([what, caller.name, status, code, data]).toEqual([
        what,
        caller.name,
        401,
        caller.unknown,
        undefined,
      ]);
    } else {
      expect([what, caller.name, data, errors.map((error) => error.extensions.code)]).toEqual([
        what,
        caller.name,
        null,
        ['PERMISSION_MISSING'],
      ]);
    }
    expect(text).not.toContain(own.mark);
    expect(text).not.toContain(FOREIGN_MARK);
  }

  it('is written down for every root field and every field of every type, and for none that is not there', () => {
    expect(printSchema(schema)).toBe(printSchema(test.app.get(GraphQLSchemaHost).schema));
    expect(schema.getSubscriptionType()).toBeUndefined();
    const roots = [schema.getQueryType()!, schema.getMutationType()!].flatMap((type) =>
      Object.keys(type.getFields()).map((name) => `${type.name.toLowerCase()} ${name}`),
    );
    expect(ROOTS.map(({ operation, name }) => `${operation} ${name}`).sort()).toEqual(roots.sort());
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && !/^(__|Query$|Mutation$)/.test(type.name),
    );
    expect([...TYPES.keys()].sort()).toEqual(types.map(({ name }) => name).sort());
    for (const type of types) {
      const fields = isObjectType(type) ? Object.keys(type.getFields()).sort() : [];
      expect([type.name, [...TYPES.get(type.name)!.fields].sort()]).toEqual([type.name, fields]);
    }
    expect(Object.keys(ROOT_EXAMPLES).filter((name) => !ROOTS.some((row) => row.name === name))).toEqual([]);
  });

  it('refuses each root field where the table says so, and what is refused changes nothing', async () => {
    let before = await tableDigests(test.database.admin);
    let refused = 0;
    for (const row of ROOTS) {
      const query = await rootQuery(row, own, standing(own));
      for (const caller of callers.filter((each) => isRefused(row.needs, each))) {
        expectRefusal(row.name, await ask(query, caller), caller);
        refused += 1;
      }
      const after = await tableDigests(test.database.admin);
      expect([row.name, after]).toEqual([row.name, before]);
      before = after;
    }
    console.log(
      `${ROOTS.length} root fields x ${callers.length} callers: ${refused} refusals, no row changed`,
    );
  });

  it('leads to each type by the permission of the table and by no lesser one', () => {
    const needs = new Map(ROOTS.map((row) => [row.name, row.needs]));
    const ways = new Map<string, Set<string>>();
    for (const { root, type } of pathsOf(schema))
      ways.set(type.name, (ways.get(type.name) ?? new Set()).add(needs.get(root)!));
    const wrong = [...TYPES].filter(([name, { needs: least }]) => {
      const by = ways.get(name) ?? new Set<string>();
      return least === '-' ? by.size > 0 : !by.has(least) || (least !== 'read' && by.has('read'));
    });
    expect(wrong).toEqual([]);
  });

  it('gives every field of every type, on real objects, to those who may and to nobody else', async () => {
    const everybody: Caller = { name: 'everything', key: test.apiKey, permissions: ['read', 'administer'] };
    const ways = new Map<string, SchemaPath[]>();
    for (const path of pathsOf(schema)) {
      const least = ROOTS.find(({ name }) => name === path.root)!.needs;
      if (least === TYPES.get(path.type.name)!.needs)
        ways.set(path.type.name, [...(ways.get(path.type.name) ?? []), path]);
    }
    let [fields, calls] = [0, 0];
    const unreached: string[] = [];
    for (const [name, { needs, fields: names }] of TYPES) {
      if (needs === '-') continue;
      const query = async (path: SchemaPath, f: Furnished, fresh: Fresh) =>
        documentOf(path, await given(path.root, f, fresh));
      let path: SchemaPath | undefined;
      for (const way of (ways.get(name) ?? []).slice(0, 40)) {
        const { data } = await ask(await query(way, own, freshFor(test, own, everybody)), everybody);
        if (objectsAt(way, data).length === 0) continue;
        path = way;
        break;
      }
      if (!path) {
        unreached.push(name);
        continue;
      }
      for (const caller of callers) {
        const f = caller.foreign ? foreign : own;
        const refused = isRefused(needs, caller);
        const answer = await ask(
          await query(path, f, refused ? standing(f) : freshFor(test, f, caller)),
          caller,
        );
        calls += 1;
        if (refused) {
          expectRefusal(name, answer, caller);
          continue;
        }
        expect([name, caller.name, answer.errors]).toEqual([name, caller.name, []]);
        const objects = objectsAt(path, answer.data);
        // Of a sealed rule only auditors see how its hypotheses ended; everything else is there for whoever may read.
        expect([name, caller.name, objects.length > 0 || name === 'RuleHypotheses']).toEqual([
          name,
          caller.name,
          true,
        ]);
        for (const object of objects) expect(Object.keys(object).sort()).toEqual([...names].sort());
        expect(answer.text.includes(caller.foreign ? '"own-' : FOREIGN_MARK)).toBe(false);
      }
      fields += names.length;
    }
    expect(unreached).toEqual([]);
    console.log(`${TYPES.size} types, ${fields} fields x ${callers.length} callers in ${calls} requests`);
  });

  it('answers each root field to whoever may, on real things', async () => {
    const wrong: unknown[] = [];
    let allowed = 0;
    for (const row of ROOTS) {
      for (const caller of callers.filter((each) => !isRefused(row.needs, each))) {
        const f = caller.foreign ? foreign : own;
        const { status, data, text } = await ask(await rootQuery(row, f, freshFor(test, f, caller)), caller);
        if (status !== 200 || (data?.[row.name] ?? null) === null) wrong.push([row.name, caller.name, text]);
        allowed += 1;
      }
    }
    expect(wrong).toEqual([]);
    console.log(`${allowed} allowed root fields answered`);
  });
});
