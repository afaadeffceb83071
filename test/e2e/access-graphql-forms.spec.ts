import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCallers, type Caller } from '../support/callers.js';
import { startFurnishedApp, type FurnishedApp } from '../support/furnished-app.js';
import { settled, type Furnished } from '../support/furnished-project.js';
import type { TestApp } from '../support/start-test-app.js';
import { tableDigests } from '../support/table-digest.js';

interface Body {
  code?: string;
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string } }[];
}

/**
 * Values on sealed splits, each by a way that needs no more than `read`, and what stands in its place for who may not `audit`. Written
 * by hand. Elsewhere it is tested that no other way leads to them; here, that the permission is what decides.
 */
const SEALED: [string, string][] = [
  ['metrics', '{ evaluation(id: "$evaluationId") { results(split: "holdout") { metrics { value ci } } } }'],
  [
    'groups and fairness',
    '{ evaluation(id: "$evaluationId") { results(split: "holdout") { groups fairness } } }',
  ],
  [
    'rules',
    '{ gateDecision(id: "$decisionId") { rules { observed ci n adjustedP neededN hypotheses { total } } } }',
  ],
  [
    'digests of evidence',
    '{ gateDecision(id: "$decisionId") { rules { evidence { digest } } inputs { evidence all } } }',
  ],
  ['the salt of a decision', '{ gateDecision(id: "$decisionId") { salt hypotheses } }'],
  ['leakage with labels', '{ datasetVersion(ref: "$datasetVersion") { leakage { withLabel } } }'],
  ['bodies of the audit log', '{ auditEntries(first: 20) { items { body } } }'],
];

describe('whatever the form of a question to GraphQL', () => {
  let test: TestApp;
  let own: Furnished;
  let callers: Caller[];
  const caller = (name: string) => callers.find((each) => each.name === name)!;

  beforeAll(async () => {
    let other: FurnishedApp['other'];
    ({ test, other, own } = await startFurnishedApp());
    callers = await makeCallers(test, other);
    await settled(test);
  });
  afterAll(() => test.stop());

  async function post(body: object | string, by: Caller, type = 'application/json') {
    const request = test.request.post('/graphql').set('content-type', type);
    if (by.key !== undefined) void request.set('authorization', `Bearer ${by.key}`);
    const answer = await request.send(body as object);
    return { status: answer.status, text: answer.text, body: answer.body as Body };
  }
  async function get(query: Record<string, string>, by: Caller) {
    const request = test.request.get('/graphql').query(query);
    if (by.key !== undefined) void request.set('authorization', `Bearer ${by.key}`);
    const answer = await request;
    return { status: answer.status, text: answer.text, body: answer.body as Body };
  }
  const codes = ({ body }: { body: Body }) => body.errors?.map((error) => error.extensions.code) ?? [];
  const filled = (query: string) =>
    query.replace(/\$(\w+)/g, (_all, name: string) => String(own[name as keyof Furnished]));

  it('nobody learns even the form of the schema: introspection and __typename need a living key', async () => {
    const questions = [
      '{ __typename }',
      '{ __schema { types { name } } }',
      '{ __type(name: "ApiKey") { name } }',
      'not graphql',
      '',
    ];
    for (const by of callers.filter(({ unknown }) => unknown !== undefined)) {
      for (const query of questions) {
        for (const answer of [
          await post({ query }, by),
          await get({ query }, by),
          await post([{ query }], by),
        ])
          expect([by.name, query, answer.status, answer.body.code]).toEqual([
            by.name,
            query,
            401,
            by.unknown,
          ]);
      }
    }
    expect((await post({ query: '{ __typename }' }, caller('narrowed to nothing'))).body.data).toEqual({
      __typename: 'Query',
    });
  });

  it('a refused field is refused under every name, in fragments, by variables and directives, and alone', async () => {
    const viewer = caller('viewer');
    const forms: [string, object][] = [
      ['an alias', { query: '{ project: apiKeys { items { id } } }' }],
      [
        'many aliases',
        { query: `{ ${Array.from({ length: 50 }, (_, i) => `a${i}: apiKeys { items { id } }`).join(' ')} }` },
      ],
      ['a fragment', { query: 'query { ...f } fragment f on Query { apiKeys { items { id } } }' }],
      ['an inline fragment', { query: '{ ... on Query { ... { apiKeys { items { id } } } } }' }],
      ['a directive', { query: '{ apiKeys @include(if: true) { items { id } } }' }],
      [
        'variables',
        { query: 'query q($n: Int) { apiKeys(first: $n) { items { id } } }', variables: { n: 1 } },
      ],
      [
        'the second of two operations',
        { query: 'query a { project { id } } query b { apiKeys { items { id } } }', operationName: 'b' },
      ],
      [
        'a mutation by another name',
        { query: 'mutation { project: createApiKey(input: { roles: ["viewer"] }) { secret } }' },
      ],
    ];
    const before = await tableDigests(test.database.admin);
    for (const [name, form] of forms) {
      const answer = await post(form, viewer);
      const refusals = new Set(codes(answer));
      expect([name, answer.body.data, [...refusals]]).toEqual([name, null, ['PERMISSION_MISSING']]);
    }
    expect(await tableDigests(test.database.admin)).toEqual(before);
  });

  it('of several mutations in one request each is decided by itself', async () => {
    const rows = async (table: string) =>
      (await test.database.admin.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]!.n;
    const before = [await rows('experiment'), await rows('api_key')];
    const query = `mutation {
      one: createExperiment(input: { name: "by-mixed" }) { id }
      two: createApiKey(input: { roles: ["viewer"] }) { secret }
    }`;
    const answer = await post({ query }, caller('contributor'));
    expect(answer.body.data).toBeNull();
    expect(codes(answer)).toEqual(['PERMISSION_MISSING']);
    // The first was allowed and stays; the second did nothing.
    expect([await rows('experiment'), await rows('api_key')]).toEqual([before[0]! + 1, before[1]]);
    await settled(test);
  });

  it('nothing is changed by GET, in batches, by subscription, or by a query that the server would have to know', async () => {
    const admin = caller('admin');
    const mutation = 'mutation { createExperiment(input: { name: "by-form" }) { id } }';
    const hash = 'a'.repeat(64);
    const before = await tableDigests(test.database.admin);
    const answers = {
      get: await get({ query: mutation }, admin),
      'get with an operation name': await get(
        {
          query: `query q { project { id } } ${mutation.replace('mutation', 'mutation m')}`,
          operationName: 'm',
        },
        admin,
      ),
      batch: await post([{ query: mutation }, { query: mutation }], admin),
      subscription: await post({ query: 'subscription { createExperiment { id } }' }, admin),
      'persisted by hash': await post(
        { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } },
        admin,
      ),
      'persisted by flag': await post({ query: hash, persisted: true }, admin),
      'an id for a query': await post({ id: hash, documentId: hash }, admin),
      'a form': await post(
        `query=${encodeURIComponent(mutation)}`,
        admin,
        'application/x-www-form-urlencoded',
      ),
      'a form with files': await post(
        `--x\r\n\r\n${mutation}\r\n--x--`,
        admin,
        'multipart/form-data; boundary=x',
      ),
      'plain text': await post(mutation, admin, 'text/plain'),
    };
    for (const [name, { status, body }] of Object.entries(answers)) {
      expect([name, status >= 400 && status < 500]).toEqual([name, true]);
      expect([name, body.data ?? null]).toEqual([name, null]);
    }
    expect(await tableDigests(test.database.admin)).toEqual(before);
  });

  it.each(SEALED)(
    'numbers of sealed splits are for who may audit, and for nobody else: %s',
    async (_name, query) => {
      const leaves = (value: unknown): unknown[] =>
        typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
      let [seeing, blind] = [0, 0];
      for (const by of callers.filter(({ unknown, foreign }) => unknown === undefined && !foreign)) {
        // To ask at all takes `read`; a key that has `audit` and no `read` sees nothing here either.
        if (!by.permissions.includes('read')) continue;
        const { body } = await post({ query: filled(query) }, by);
        expect([by.name, body.errors]).toEqual([by.name, undefined]);
        const known = leaves(body.data).filter((value) => value !== null);
        const may = by.permissions.includes('audit');
        // Between the open splits everybody sees how many rows repeat with their labels, one number each way; of the metrics what the
        // ladder released, one number without an interval.
        const open = query.includes('leakage') ? 2 : query.includes('metrics') ? 1 : 0;
        expect([by.name, may ? known.length > open : known.length]).toEqual([by.name, may ? true : open]);
        if (may) seeing += 1;
        else blind += 1;
      }
      expect([seeing, blind]).toEqual([1, 6]);
    },
  );
});
