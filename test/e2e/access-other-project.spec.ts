import { GraphQLSchemaHost } from '@nestjs/graphql';
import { getNamedType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeApi } from '../../src/openapi.js';
import { standing } from '../support/callers.js';
import { NODE_KINDS, SUBJECT_KINDS, TWINS, valuesOf, type NamedValue } from '../support/foreign-values.js';
import { isLong } from '../support/extent.js';
import { FOREIGN_MARK, startFurnishedApp } from '../support/furnished-app.js';
import { settled, type Furnished } from '../support/furnished-project.js';
import { documentOf } from '../support/graphql-paths.js';
import { argumentsOf, ROOT_EXAMPLES } from '../support/graphql-table.js';
import { FREE, REFERENCES } from '../support/reference-table.js';
import { graphqlPlaces, restPlaces, withValueAt, type RequestPlace } from '../support/request-places.js';
import { addressOf, ROUTE_EXAMPLES, type ExampleCall } from '../support/route-examples.js';
import type { TestApp } from '../support/start-test-app.js';
import { tableDigests } from '../support/table-digest.js';

type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Send = (value: unknown) => Promise<{ status: number; text: string }>;

describe('what belongs to another project', () => {
  let test: TestApp;
  let own: Furnished;
  let foreign: Furnished;
  let places: RequestPlace[];

  beforeAll(async () => {
    ({ test, own, foreign } = await startFurnishedApp());
    places = [...restPlaces(describeApi(test.app)), ...graphqlPlaces(test.app.get(GraphQLSchemaHost).schema)];
    await settled(test);
  });
  afterAll(() => test.stop());

  const isReference = ({ operation, place }: RequestPlace) => REFERENCES.has(`${operation} ${place}`);
  const isRest = ({ operation }: RequestPlace) => /^[A-Z]+ \//.test(operation);
  const isMutation = ({ operation }: RequestPlace) => /^(POST|PUT|PATCH|DELETE|Mutation)/.test(operation);

  /** A call that succeeds on own things but for the value at this place. */
  async function sender(at: RequestPlace, extra: Record<string, string> = {}): Promise<Send> {
    const fresh = standing(own);
    if (isRest(at)) {
      const [method, path] = at.operation.split(' ') as [string, string];
      const [where, name] = at.place.split(' ') as ['path' | 'query' | 'header' | 'body', string];
      const route = `/v1/projects/:project${path}`;
      const example: ExampleCall = (await ROUTE_EXAMPLES[`${method} ${route}`]?.(own, fresh)) ?? {};
      return async (value) => {
        const call: ExampleCall = { ...example, query: { ...example.query, ...extra } };
        if (where === 'path') call.params = { ...call.params, [name]: String(value) };
        else if (where === 'query') call.query = { ...call.query, [name]: String(value) };
        else if (where === 'header') call.headers = { ...call.headers, [name]: String(value) };
        else call.body = withValueAt(example.body, name, value);
        if (at.place === 'query subjectId') delete call.query!.entry;
        const request = test.request[method.toLowerCase() as Verb](addressOf(route, 'default', call));
        if (call.type !== undefined) void request.set('content-type', call.type);
        if (call.headers !== undefined) void request.set(call.headers);
        const answer = await request.set('authorization', `Bearer ${test.apiKey}`).send(call.body);
        // A file comes as bytes.
        return { status: answer.status, text: answer.text ?? String(answer.body) };
      };
    }
    const [typeName, field] = at.operation.split('.') as [string, string];
    const { schema } = test.app.get(GraphQLSchemaHost);
    const operation = typeName === 'Mutation' ? 'mutation' : 'query';
    const nested = !['Query', 'Mutation'].includes(typeName);
    const given = nested ? {} : { ...(await ROOT_EXAMPLES[field]?.(own, fresh)), ...extra };
    if (at.place === 'subjectId') delete (given as { entry?: string }).entry;
    const target = getNamedType((schema.getType(typeName) as never as FieldsOf).getFields()[field]!.type);
    return (value) => {
      const args = argumentsOf(withValueAt(given, at.place, value));
      const query = nested
        ? `{ modelVersion(ref: "${own.modelVersion}") { ${field}${args} { __typename id: ${field === 'contamination' ? 'datasetVersionId' : 'decisionId'} } } }`
        : isObjectType(target)
          ? documentOf({ operation, root: field, below: [], type: target }, args)
          : `${operation} { ${field}${args} }`;
      return test.request.post('/graphql').set('authorization', `Bearer ${test.apiKey}`).send({ query });
    };
  }
  interface FieldsOf {
    getFields(): Record<string, { type: never }>;
  }

  /** An answer without what was sent and what differs each time; a document asked for again is compiled, and its nothing stands first. */
  const bare = ({ status, text }: { status: number; text: string }, value: string) =>
    `${status} ${text
      .replaceAll(value, '<value>')
      .replaceAll(value.split('@')[0]!, '<value>')
      .replace(/"requestId":"[^"]*"/g, '')
      .replace(/,?"data":null,?/, '')
      .replace(/"locations":\[[^\]]*\]/g, '')}`;

  /** What stands before a value there, and beside it in the query: a value alone does not name a node or a subject. */
  function waysOf({ place }: RequestPlace): [string, Record<string, string>][] {
    const last = place.split(' ').pop()!;
    if (last === 'node') return NODE_KINDS.map((kind) => [`${kind}:`, {}]);
    if (last === 'subjectId') return SUBJECT_KINDS.map((subjectKind) => ['', { subjectKind }]);
    return [['', {}]];
  }

  /** All of them at full length; otherwise one, each time another. */
  let turn = 0;
  const some = <T>(all: readonly T[]): T[] => {
    turn += 1;
    return isLong ? [...all] : [all[turn % all.length]!];
  };

  const answersToTwins = async (send: Send, prefix: string) => {
    const twins = new Map<string, string>();
    for (const [form, value] of Object.entries(TWINS))
      twins.set(form, bare(await send(prefix + value), value));
    return twins;
  };

  /** What each place names, of our own: the first thing there that is answered otherwise than what does not exist. */
  const named = new Map<RequestPlace, string>();
  /** All things of the other project at full length; otherwise what the place names, and a fifth of the rest, each time another. */
  const foreignAt = (at: RequestPlace): NamedValue[] => {
    turn += 1;
    return valuesOf(foreign).filter(({ what }, i) => isLong || what === named.get(at) || i % 5 === turn % 5);
  };

  const foreignRows = () => tableDigests(test.database.admin, foreign.projectId);

  it('can be named in the places that are written down, and every place of a request is', () => {
    const unwritten = places.filter(
      (at) => !isReference(at) && !FREE.has(at.place.replace(/^(path|query|header|body) |^input\./, '')),
    );
    expect(unwritten).toEqual([]);
    const known = new Set(places.map(({ operation, place }) => `${operation} ${place}`));
    expect([...REFERENCES].filter((row) => !known.has(row))).toEqual([]);
    console.log(`${places.length} places in requests, ${REFERENCES.size} of them name things`);
  });

  it('would be answered otherwise if it were our own: each of these places does name things', async () => {
    // Places that are called alike mostly name things of a kind, which are tried first.
    const lately = new Map<string, string[]>();
    for (const at of places.filter(isReference)) {
      let told: string | undefined;
      const called = at.place.split(/[ .]/).at(-1)!;
      const tried = lately.get(called) ?? [];
      const rank = ({ what }: NamedValue) => (tried.includes(what) ? tried.indexOf(what) : tried.length);
      const inTurn = valuesOf(own).sort((a, b) => rank(a) - rank(b));
      for (const [prefix, extra] of waysOf(at)) {
        const send = await sender(at, extra);
        const twins = await answersToTwins(send, prefix);
        for (const { what, form, value } of inTurn) {
          if (bare(await send(prefix + value), value) === twins.get(form)) continue;
          told = what;
          break;
        }
        if (told) break;
      }
      expect([at, told]).toEqual([at, expect.any(String)]);
      named.set(at, told!);
      lately.set(called, [told!, ...tried.filter((what) => what !== told)]);
    }
  }, 300_000);

  it('is answered as what does not exist, wherever it is named, and nothing happens', async () => {
    let asked = 0;
    const wrong: unknown[] = [];
    const theirs = await foreignRows();
    for (const at of places.filter(isReference)) {
      for (const [prefix, extra] of waysOf(at)) {
        const send = await sender(at, extra);
        const before = isMutation(at) ? await tableDigests(test.database.admin) : null;
        const twins = await answersToTwins(send, prefix);
        for (const { form, value } of foreignAt(at)) {
          const answer = await send(prefix + value);
          const same = bare(answer, value) === twins.get(form);
          const leaks = answer.text
            .replaceAll(value, '')
            .replaceAll(value.split('@')[0]!, '')
            .includes(FOREIGN_MARK);
          if (!same || leaks || answer.status >= 500 || (isMutation(at) && !refused(answer)))
            wrong.push([at, prefix + value, answer.status, answer.text.slice(0, 300), twins.get(form)]);
          asked += 1;
        }
        const after = isMutation(at) ? await tableDigests(test.database.admin) : null;
        if (JSON.stringify(after) !== JSON.stringify(before)) wrong.push([at, 'something changed']);
      }
    }
    expect(wrong).toEqual([]);
    expect(await foreignRows()).toEqual(theirs);
    console.log(
      `${REFERENCES.size} places x things of another project: ${asked} requests, none told or did anything`,
    );
  }, 600_000);
  const refused = ({ status, text }: { status: number; text: string }) =>
    status >= 400 || text.includes('"errors":[{');

  it('is not reached by SQL in any text of a request', async () => {
    const attacks = [
      `' OR '1'='1`,
      `'; SELECT set_config('app.project', '${foreign.projectId}', false); --`,
      `x') UNION SELECT id::text FROM run --`,
      `"; DROP TABLE run; --`,
    ];
    const before = await foreignRows();
    let sent = 0;
    for (const at of places) {
      const send = await sender(at, {});
      for (const attack of some(attacks)) {
        const { status, text } = await send(attack);
        expect([at, attack, status < 500, text.includes(FOREIGN_MARK)]).toEqual([at, attack, true, false]);
        sent += 1;
      }
    }
    // Whatever a setting became, the next caller of the connection has its own project.
    for (let i = 0; i < 20; i += 1) {
      const { text } = await test.request
        .get('/v1/projects/default/runs')
        .set('authorization', `Bearer ${test.apiKey}`);
      expect(text).not.toContain(FOREIGN_MARK);
    }
    expect(await foreignRows()).toEqual(before);
    console.log(`${places.length} places x ${attacks.length} attacks: ${sent} requests`);
  });
});
