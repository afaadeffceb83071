import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { changedTables, storedRows } from '../support/stored-rows.js';

interface Answer {
  data: unknown;
  errors: { message: string; extensions: { code: string; status: number } }[];
}

const nest = (levels: number, inner = '__typename') =>
  `{ models { items { ${'versions { items { model { '.repeat(levels)}${inner}${' } } }'.repeat(levels)} } } }`;
const run = (input: string) => `mutation { createRun(input: ${input}) { id } }`;

/** Depth, width and length by themselves are in attack-requests.spec.ts, problems.spec.ts and limits.spec.ts. */
describe('bad GraphQL', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp();
    await send({ query: 'mutation { createExperiment(input: { name: "wages" }) { id } }' });
  });
  afterAll(() => test?.stop());

  const send = (body: object | string, type = 'application/json') =>
    test.request
      .post('/graphql')
      .set({ authorization: `Bearer ${test.apiKey}`, 'content-type': type })
      .send(typeof body === 'string' ? body : JSON.stringify(body));

  it.each<[string, object, string, RegExp]>([
    ['no document', {}, 'QUERY_INVALID', /query/i],
    ['an empty document', { query: '' }, 'QUERY_INVALID', /./],
    ['a document that is cut off', { query: '{ models { items' }, 'QUERY_INVALID', /Syntax Error/],
    [
      'an unknown field',
      { query: '{ models { passwords } }' },
      'QUERY_INVALID',
      /Cannot query field "passwords"/,
    ],
    [
      'an operation that is not there',
      { query: 'query a { project { id } }', operationName: 'b' },
      'QUERY_INVALID',
      /operation/i,
    ],
    [
      'two operations and no name',
      { query: 'query a { project { id } } query b { project { id } }' },
      'QUERY_INVALID',
      /operation/i,
    ],
    [
      'a fragment within itself',
      { query: '{ models { ...a } } fragment a on ModelPage { items { id } ...a }' },
      'QUERY_INVALID',
      /Cannot spread fragment "a" within itself/,
    ],
    [
      'fragments in a ring',
      { query: '{ models { ...a } } fragment a on ModelPage { ...b } fragment b on ModelPage { ...a }' },
      'QUERY_INVALID',
      /Cannot spread fragment "a" within itself via "b"/,
    ],
    ['depth', { query: nest(5) }, 'QUERY_TOO_LARGE', /more than 14 levels/],
    [
      'width',
      { query: `{ ${'models { items { id name } } '.repeat(200)} }` },
      'QUERY_TOO_LARGE',
      /more than 600 fields/,
    ],
    [
      'aliases',
      { query: `{ ${Array.from({ length: 61 }, (_, i) => `a${i}: project { id }`).join(' ')} }` },
      'QUERY_TOO_LARGE',
      /more than 60 aliases/,
    ],
    [
      'aliases in fragments',
      {
        query: `{ ${'...f '.repeat(20)} } fragment f on Query { ${Array.from({ length: 4 }, (_, i) => `a${i}: project { id }`).join(' ')} }`,
      },
      'QUERY_TOO_LARGE',
      /more than 60 aliases/,
    ],
    [
      'mutations by the dozen',
      {
        query: `mutation { ${Array.from({ length: 61 }, (_, i) => `a${i}: createExperiment(input: { name: "e${i}" }) { id }`).join(' ')} }`,
      },
      'QUERY_TOO_LARGE',
      /more than 60 aliases/,
    ],
    [
      'directives by the hundred',
      { query: `{ project { id ${'@include(if: true) '.repeat(900)} } }` },
      'QUERY_INVALID',
      /"@include" can only be used once/,
    ],
    [
      'directives that nobody knows',
      { query: `{ project { id ${Array.from({ length: 500 }, (_, i) => `@a${i}`).join(' ')} } }` },
      'QUERY_INVALID',
      /Unknown directive "@a0"/,
    ],
    [
      'a list of 9,000 levels',
      { query: run(`{ experiment: "wages", params: { a: ${'['.repeat(9_000)}${']'.repeat(9_000)} } }`) },
      'QUERY_TOO_LARGE',
      /./,
    ],
    [
      'a variable that is missing',
      { query: 'query ($id: ID!) { run(id: $id) { id } }' },
      'QUERY_INVALID',
      /"\$id" of required type "ID!" was not provided/,
    ],
    [
      'a variable of the wrong type',
      {
        query: 'query ($first: Int) { models(first: $first) { items { id } } }',
        variables: { first: 'many' },
      },
      'QUERY_INVALID',
      /Int cannot represent/,
    ],
    [
      'an integer beyond 2^31',
      { query: '{ models(first: 9007199254740993) { items { id } } }' },
      'QUERY_INVALID',
      /Int cannot represent/,
    ],
    [
      'an unknown field of an input',
      { query: run('{ experiment: "wages", colour: "red" }') },
      'QUERY_INVALID',
      /Field "colour" is not defined/,
    ],
    [
      'a field of an input twice',
      { query: run('{ experiment: "wages", experiment: "other" }') },
      'QUERY_INVALID',
      /only one input field named "experiment"/,
    ],
    ['a subscription', { query: 'subscription { runs { id } }' }, 'QUERY_INVALID', /subscription/],
    [
      'first below 0',
      { query: '{ models(first: -1) { items { id } } }' },
      'REQUEST_INVALID',
      /first must not be less than 1/,
    ],
    [
      'first beyond a page',
      { query: '{ models(first: 501) { items { id } } }' },
      'REQUEST_INVALID',
      /first must not be greater than 500/,
    ],
    [
      'a forged cursor',
      { query: '{ models(after: "W10") { items { id } } }' },
      'CURSOR_INVALID',
      /not a cursor of this list/,
    ],
    ['an id that is none', { query: '{ run(id: "1") { id } }' }, 'VALUE_INVALID', /^run: .*identifier/],
    [
      'a polluting map',
      { query: run('{ experiment: "wages", params: { __proto__: 1 } }') },
      'REQUEST_INVALID',
      /params\.__proto__/,
    ],
    [
      'a class in a map',
      { query: run('{ experiment: "wages", params: { a: { constructor: 1 } } }') },
      'REQUEST_INVALID',
      /params\.a\.constructor/,
    ],
    [
      'a map where a value is meant',
      { query: run('{ experiment: "wages", params: { a: { b: 1 } } }') },
      'REQUEST_INVALID',
      /a must be a text, a number or a boolean/,
    ],
    [
      'a null character',
      { query: run('{ experiment: "wages", params: { a: "\\u0000" } }') },
      'REQUEST_INVALID',
      /a holds a null character/,
    ],
    [
      'a name that leads upwards',
      { query: 'mutation { createExperiment(input: { name: "../x" }) { id } }' },
      'REQUEST_INVALID',
      /name/,
    ],
  ])(
    '%s is refused with a code and a message that names it, and nothing is stored',
    async (_, body, code, message) => {
      const before = await storedRows(test.database.admin);
      const answer = await send(body);
      expect(answer.status).toBeLessThan(500);
      const { data, errors } = answer.body as Answer;
      expect(data).toBeNull();
      const [error] = errors;
      expect([error!.extensions.code, error!.extensions.status < 500]).toEqual([code, true]);
      expect(errors.map((each) => each.message).join('\n')).toMatch(message);
      expect(changedTables(before, await storedRows(test.database.admin))).toEqual([]);
    },
  );

  it.each<[string, object | string, number]>([
    ['several requests at once', [{ query: '{ __typename }' }, { query: '{ __typename }' }], 400],
    ['a list of a thousand', Array.from({ length: 1_000 }, () => ({ query: '{ __typename }' })), 400],
    ['a text', '"{ __typename }"', 400],
    ['variables that are no object', { query: '{ __typename }', variables: [1] }, 400],
    ['a member twice', '{"query":"{ __typename }","query":"{ project { id } }"}', 400],
  ])('%s: refused', async (_, body, status) => {
    expect((await send(body)).status).toBe(status);
  });

  it('an argument that is null is one that was left out', async () => {
    const made = 'mutation { createExperiment(input: { name: "null" }) { id } }';
    const { createExperiment } = (
      (await send({ query: made })).body as { data: { createExperiment: { id: string } } }
    ).data;
    const queries = [
      '{ evaluations(first: null, after: null, modelVersion: null, datasetVersion: null) { items { id } } }',
      '{ jobs(state: null, kind: null) { items { id } } }',
      '{ deployments(stage: null, state: null) { items { id } } }',
      `{ auditProof(entry: null, subjectKind: "experiment", subjectId: "${createExperiment.id}") { __typename } }`,
    ];
    for (const query of queries) {
      const { data, errors } = (await send({ query })).body as Answer;
      expect([query, errors, data]).toEqual([query, undefined, expect.anything()]);
    }
  });

  it('a stream, a form and a plain text are refused', async () => {
    for (const type of ['application/octet-stream', 'application/x-www-form-urlencoded', 'text/plain'])
      expect([type, (await send('{ __typename }', type)).status]).toEqual([type, 415]);
  });

  it('a document sent as application/graphql has the same limits', async () => {
    const answer = await send('{ project { name } }', 'application/graphql');
    expect(answer.body).toEqual({ data: { project: { name: 'default' } } });
    const long = await send(`{${'models { items { id } } '.repeat(37_000)}}`, 'application/graphql');
    expect(long.body).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_LARGE' } }] });
  });

  it('after all of it the process is ready', async () => {
    expect((await test.request.get('/ready')).status).toBe(200);
  });
});
