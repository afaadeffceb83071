import fc from 'fast-check';
import type { Pools } from './fuzz-world.js';
import { forgedCursor, hostileText, HOSTILE_TEXTS } from './hostile.js';
import { FIELD, fromPool, narrowValues } from './known-values.js';
import { mutated } from './mutate.js';
import type { Description, Operation, Parameter } from './operations.js';
import type { FuzzRequest } from './send.js';
import { valuesOf, type Known } from './values-of-schema.js';

/** By the last fixed part of the path before `{id}`, `{name}`, ... */
const COLLECTION: Record<string, string> = { 'gate-decisions': 'decisions' };

/** Where the same field means something else. */
const FIELD_OF: Record<string, string> = {
  'Models_register.parent': 'modelVersions',
  'Audit_consistency.from': 'sizes',
  'Audit_consistency.to': 'sizes',
  'Audit_proof.subjectKind': 'kinds',
  'Runs_finish.id': 'runsToFinish',
  'ResumableUploads_remove.id': 'resumableToEnd',
  'Diff_summary.other': 'dataset-versions',
  'Diff_rows.other': 'dataset-versions',
  'Sources_show.ref': 'sources',
  'Subjects_erase.subject': 'subjects',
};

export interface RequestsOptions {
  description: Description;
  policySchema: object;
  pools: Pools;
  /** What every list of the project gave as a cursor. */
  cursors: string[];
  keys: Readonly<Record<string, string>>;
}

/** Requests for one operation: most of them nearly right, with real ids, and one or two things wrong. */
export function requestsFor(operation: Operation, options: RequestsOptions): fc.Arbitrary<FuzzRequest> {
  const { pools, keys } = options;
  const from = (pool: string) => fromPool(pools, pool);
  const known: Known = (field) => {
    const narrow = narrowValues(operation.operationId, field);
    if (narrow) return narrow;
    const pool = FIELD_OF[`${operation.operationId}.${field}`] ?? FIELD[field];
    return pool === undefined ? undefined : from(pool);
  };
  const documents = policyDocuments(options.policySchema, known);
  const values = valuesOf(options.description, (field) => (field === 'document' ? documents : known(field)));

  const path = fc
    .record(
      Object.fromEntries(
        operation.parameters
          .filter((each) => each.in === 'path')
          .map((each) => [each.name, segment(operation, each, from)]),
      ),
    )
    .map((segments) =>
      operation.path.replaceAll(
        /\{(\w+)\}/g,
        (_, name: string) => (segments as Record<string, string>)[name] ?? 'default',
      ),
    );
  const query = queries(operation, values, options.cursors);
  const caller = fc.oneof(
    { weight: 8, arbitrary: fc.constant('every') },
    { weight: 4, arbitrary: fc.constantFrom(...Object.keys(keys)) },
  );
  return fc
    .record({ path, query, caller, body: bodies(operation, values), headers, own: ownHeaders(operation) })
    .map(({ path: where, query: asked, caller: who, body, headers: more, own }) => ({
      method: operation.method,
      path: where + asked,
      headers: {
        ...more,
        ...own,
        authorization: `Bearer ${keys[who]}`,
        ...(body ? { 'content-type': body.type } : {}),
      },
      ...(body ? { body: body.content } : {}),
    }));
}

/** Policies as objects and as texts, and texts that are none. */
export const policyDocuments = (schema: object, known: Known): fc.Arbitrary<unknown> => {
  // Of a stage that the others do not promote to, or nothing could be promoted any more.
  const policies = valuesOf(schema, (field) => (field === 'stage' ? fc.constant('fuzzed') : known(field)))(
    schema as never,
  );
  const good = fc.record({
    name: fc.constantFrom('fuzzed', 'other'),
    metric: fc.constantFrom('auc', 'accuracy'),
    atLeast: fc.constantFrom(0.5, 0.6),
  });
  const some = mutated(fc.oneof(policies, good.map(policyOf)));
  return fc.oneof(
    some,
    some.map((policy) => JSON.stringify(policy)),
    fc.constantFrom('a: &x [*x]', 'a: 1\na: 2', '--- 1\n--- 2', '{', '!!js/function x', '? ? a'),
  );
};

const policyOf = ({ name, ...rule }: { name: string; metric: string; atLeast: number }): object => ({
  apiVersion: 'assay/v1',
  kind: 'GatePolicy',
  metadata: { name, stage: name },
  spec: { rules: [{ id: 'r', split: 'validation', ...rule }] },
});

const RAW_SEGMENTS = [
  '%',
  '%zz',
  '%00',
  '%2e%2e',
  '..%2f..%2fetc',
  '%ED%A0%80',
  '%ff',
  '%c0%ae',
  'a%20b',
  'a%2Fb',
  'x'.repeat(301),
  '.',
  '..',
  '',
  '*',
  ';a=b',
  '%E2%80%AE',
];

function segment(
  operation: Operation,
  { name }: Parameter,
  from: (pool: string) => fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  const before = operation.path.split(`/{${name}}`)[0]!.split('/').pop()!;
  const pool = FIELD_OF[`${operation.operationId}.${name}`] ?? FIELD[name] ?? COLLECTION[before] ?? before;
  const hostile = fc.oneof(hostileText.map(encode), fc.constantFrom(...RAW_SEGMENTS));
  return fc.oneof(
    { weight: name === 'project' ? 40 : 9, arbitrary: from(pool).map(encode) },
    { weight: 1, arbitrary: hostile },
  );
}

const encode = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

function queries(
  operation: Operation,
  values: ReturnType<typeof valuesOf>,
  cursors: string[],
): fc.Arbitrary<string> {
  const asked = operation.parameters.filter((each) => each.in === 'query');
  const own = asked.map((each) =>
    fc.option(parameter(each, values, cursors), { nil: undefined, freq: each.required === true ? 12 : 2 }),
  );
  const stray = fc.tuple(hostileText, hostileText).map(([name, value]): [string, string] => [name, value]);
  const again = asked.map((each) => parameter(each, values, cursors));
  const pairs = fc.tuple(
    fc.tuple(...own),
    fc.array(fc.oneof(stray, ...again), { maxLength: 1 }),
    fc.nat({ max: 9 }),
  );
  return pairs.map(([own, more, luck]) => {
    const all = [...own, ...(luck === 7 ? more : [])].filter((pair) => pair !== undefined);
    return all.length === 0
      ? ''
      : `?${all.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')}`;
  });
}

function parameter(
  { name, schema = {} }: Parameter,
  values: ReturnType<typeof valuesOf>,
  cursors: string[],
): fc.Arbitrary<[string, string]> {
  const good = (() => {
    if (name === 'after') return fc.oneof(fc.constantFrom(...cursors), forgedCursor);
    // A job that never ends would be waited for.
    if (name === 'wait') return fc.constantFrom('0', '-1', '61', '1e9', '0.01', 'NaN', '');
    return values(schema, name).map(String);
  })();
  const text =
    name === 'wait' ? good : fc.oneof({ weight: 5, arbitrary: good }, { weight: 1, arbitrary: hostileText });
  return text.map((value) => [name, value]);
}

interface Body {
  type: string;
  content: string | Buffer;
}

const RAW_BODIES = [
  '',
  'null',
  '[]',
  '{}',
  '"text"',
  '5',
  '{',
  '{"a":1,"a":2}',
  '\ufeff{}',
  '{"a":NaN}',
  '{"__proto__":{"x":1}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '\0',
  `${'['.repeat(5_000)}`,
  '{"a":1}}',
  "{'a':1}",
];
const TYPES = [
  'application/json; charset=utf-8',
  'application/json;charset=latin1',
  'text/plain',
  'text/yaml',
  'application/octet-stream',
  'application/offset+octet-stream',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'nonsense',
  '',
];

function bodies(operation: Operation, values: ReturnType<typeof valuesOf>): fc.Arbitrary<Body | undefined> {
  const content = operation.requestBody?.content;
  if (!content)
    return fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constant({ type: 'application/json', content: '{"a":1}' }) },
    );
  const [declared] = Object.keys(content);
  if (declared?.endsWith('octet-stream')) {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
      fc.constant(Buffer.from('id,y\n1,2\n')),
    );
    return fc.record({ type: typed(declared), content: bytes });
  }
  const good = mutated(values(content['application/json']!.schema!)).map(
    (value) => JSON.stringify(value) ?? 'null',
  );
  const texts = fc.oneof(
    { weight: 12, arbitrary: good },
    { weight: 1, arbitrary: good.map(damaged) },
    { weight: 1, arbitrary: fc.constantFrom(...RAW_BODIES) },
  );
  return fc.record({ type: typed('application/json'), content: texts });
}

const typed = (usual: string) =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...TYPES) },
  );

/** A number too large for a double, a member twice, an end too early. */
function damaged(text: string): string {
  const larger = text.replace(/\d+/, '1e400');
  if (larger !== text) return larger;
  return text.length % 2 === 0 ? text.slice(0, -1) : text.replace(/^\{("[^"]+":)/, '{$1null,$1');
}

const visible = HOSTILE_TEXTS.filter((text) => /^[\x20-\x7e]{1,300}$/.test(text));
const headers: fc.Arbitrary<Record<string, string>> = fc
  .tuple(
    fc.nat({ max: 19 }),
    fc.constantFrom(
      'idempotency-key',
      'x-request-id',
      'accept',
      'if-none-match',
      'accept-language',
      'range',
      'x-forwarded-for',
      'cookie',
    ),
    fc.constantFrom(...visible),
  )
  .map(([luck, name, value]) => (luck === 13 ? { [name]: value } : {}));

/** Nearly right values of the headers that an operation asks for. */
const HEADER: Record<string, fc.Arbitrary<string>> = {
  'Tus-Resumable': fc.constant('1.0.0'),
  'Upload-Length': fc.constantFrom('1', '200', '5000', '5000', '99999999999999999'),
  'Upload-Offset': fc.constantFrom('0', '0', '0', '9'),
  'Upload-Metadata': fc.constantFrom('filename dHJhaW4uY3N2', 'filename dHJhaW4uY3N2,empty', 'filename !'),
  'Upload-Checksum': fc.constantFrom('sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=', 'md5 AAAA', 'sha256'),
};

function ownHeaders({ parameters }: Operation): fc.Arbitrary<Record<string, string>> {
  const asked = parameters.filter((each) => each.in === 'header');
  return fc
    .record(
      Object.fromEntries(
        asked.map(({ name, required }) => {
          const value = fc.oneof(
            { weight: 20, arbitrary: HEADER[name]! },
            { weight: 1, arbitrary: fc.constantFrom(...visible) },
          );
          return [name, fc.option(value, { nil: undefined, freq: required === true ? 20 : 1 })];
        }),
      ),
    )
    .map((all) =>
      Object.fromEntries(
        Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined),
      ),
    );
}
