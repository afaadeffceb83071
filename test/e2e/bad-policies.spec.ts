import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/start-test-app.js';
import { changedTables, storedRows } from '../support/stored-rows.js';

interface Problem {
  code: string;
  detail: string;
}

const RULE = '{ id: r, metric: auc, split: holdout, atLeast: 0.8 }';
const policy = (spec: string) =>
  `apiVersion: assay/v1\nkind: GatePolicy\nmetadata: { name: bad }\nspec: { ${spec} }\n`;
const rule = (text: string) => policy(`rules: [{ id: r, ${text} }]`);
const bomb = `a: &a [${'x,'.repeat(9)}x]\n${[...'bcdefghi']
  .map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
  .join('\n')}\n`;

/** What each rule type refuses is listed in parse-gate-policy.spec.ts; here it is refused where it comes in, in both forms. */
const BAD: [name: string, text: string, code: string, message: RegExp][] = [
  ['an unknown rule type', rule('vibes: { atLeast: 1 }'), 'POLICY_INVALID', /^spec\.rules\[0\]/],
  [
    'an unknown metric',
    rule('metric: vibes, split: holdout, atLeast: 0.8'),
    'POLICY_INVALID',
    /^spec\.rules\[0\]\.metric: found "vibes"/,
  ],
  [
    'a metric called constructor',
    rule('metric: constructor, split: holdout, atLeast: 0.8'),
    'POLICY_INVALID',
    /^spec\.rules\[0\]\.metric: found "constructor"/,
  ],
  [
    'thresholds that contradict each other',
    rule('metric: auc, split: holdout, atLeast: 0.9, atMost: 0.8'),
    'POLICY_INVALID',
    /^spec\.rules\[0\]: found .*0\.9.*0\.8/,
  ],
  [
    'a threshold out of range',
    rule('metric: auc, split: holdout, atLeast: 1.5'),
    'POLICY_INVALID',
    /^spec\.rules\[0\]\.atLeast: found 1\.5/,
  ],
  [
    'a threshold that is NaN',
    rule('metric: auc, split: holdout, atLeast: .nan'),
    'POLICY_INVALID',
    /^spec\.rules\[0\]\.atLeast: found NaN/,
  ],
  [
    'a threshold that is infinite',
    rule('metric: ece, split: holdout, atMost: .inf'),
    'POLICY_INVALID',
    /^spec\.rules\[0\]\.atMost: found Infinity/,
  ],
  [
    'a threshold that is a text',
    rule('metric: auc, split: holdout, atLeast: "0.8"'),
    'POLICY_INVALID',
    /^spec\.rules\[0\]\.atLeast: found "0\.8"/,
  ],
  [
    'a hexadecimal threshold out of range',
    rule('metric: auc, split: holdout, atLeast: 0x1f'),
    'POLICY_INVALID',
    /^spec\.rules\[0\]\.atLeast: found 31/,
  ],
  [
    'alpha 0',
    policy(`confidence: { alpha: 0 }, rules: [${RULE}]`),
    'POLICY_INVALID',
    /^spec\.confidence\.alpha: found 0/,
  ],
  [
    'alpha 1',
    policy(`confidence: { alpha: 1 }, rules: [${RULE}]`),
    'POLICY_INVALID',
    /^spec\.confidence\.alpha: found 1/,
  ],
  [
    'alpha below 0',
    policy(`confidence: { alpha: -0.05 }, rules: [${RULE}]`),
    'POLICY_INVALID',
    /^spec\.confidence\.alpha: found -0\.05/,
  ],
  [
    'alpha in percent',
    policy(`confidence: { alpha: 5 }, rules: [${RULE}]`),
    'POLICY_INVALID',
    /^spec\.confidence\.alpha: found 5/,
  ],
  ['no rules', policy('rules: []'), 'POLICY_INVALID', /^spec\.rules/],
  ['an id twice', policy(`rules: [${RULE}, ${RULE}]`), 'POLICY_INVALID', /^spec\.rules\[1\]\.id: found "r"/],
  [
    'a name that leads upwards',
    policy(`rules: [${RULE}]`).replace('name: bad', 'name: ../bad'),
    'POLICY_INVALID',
    /^metadata\.name: found "\.\.\/bad"/,
  ],
  [
    'a name of another direction',
    policy(`rules: [${RULE}]`).replace('name: bad', 'name: "\\u202Edab"'),
    'POLICY_INVALID',
    /^metadata\.name/,
  ],
  [
    'a null character',
    policy(`rules: [${RULE}]`).replace('name: bad', 'name: "a\\0b"'),
    'POLICY_INVALID',
    /^metadata\.name/,
  ],
  [
    'a polluting member',
    policy(`__proto__: { polluted: true }, rules: [${RULE}]`),
    'POLICY_INVALID',
    /^spec\.__proto__/,
  ],
  [
    'a member constructor',
    policy(`constructor: { prototype: { polluted: true } }, rules: [${RULE}]`),
    'POLICY_INVALID',
    /^spec\.constructor/,
  ],
  ['an unknown member', policy(`colour: red, rules: [${RULE}]`), 'POLICY_INVALID', /^spec\.colour/],
  [
    'what nobody enforces',
    policy(`approvals: { required: 2 }, rules: [${RULE}]`),
    'POLICY_FIELD_NOT_ENFORCED',
    /^spec\.approvals/,
  ],
  ['nothing', '', 'POLICY_INVALID', /^the document/],
  ['a list', '- 1\n- 2\n', 'POLICY_INVALID', /^the document: found a list/],
  ['aliases that multiply', bomb, 'POLICY_TEXT_INVALID', /aliases/],
  ['an alias of itself', 'a: &a [*a]\n', 'POLICY_INVALID', /./],
  ['a tag', 'a: !!js/function "x"\n', 'POLICY_TEXT_INVALID', /tag/],
  [
    'a tag of a number',
    policy(`rules: [${RULE}]`).replace('kind: GatePolicy', 'kind: !x GatePolicy'),
    'POLICY_TEXT_INVALID',
    /tag/,
  ],
  [
    'a key twice',
    'apiVersion: assay/v1\nkind: GatePolicy\nkind: GatePolicy\n',
    'POLICY_TEXT_INVALID',
    /unique/i,
  ],
  [
    'several documents',
    `${policy(`rules: [${RULE}]`)}---\n${policy(`rules: [${RULE}]`)}`,
    'POLICY_TEXT_INVALID',
    /document/,
  ],
  ['a merge key', `base: &b { kind: GatePolicy }\n<<: *b\n`, 'POLICY_INVALID', /^(base|<<|apiVersion)/],
  ['what is no YAML', 'a: [1, 2\n', 'POLICY_TEXT_INVALID', /not readable/],
  ['depth without end', '['.repeat(60_000), 'POLICY_TEXT_INVALID', /deeper/],
  ['more than is read', `a: ${'x'.repeat(70_000)}\n`, 'POLICY_TOO_LARGE', /70004 characters; at most 65536/],
];

describe('bad policies', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test?.stop());

  const send = (type: string, body: string | Buffer, path = 'policies') =>
    test.request
      .post(`/v1/projects/default/${path}`)
      .set({ authorization: `Bearer ${test.apiKey}`, 'content-type': type })
      .send(body);

  it.each(BAD)(
    '%s is refused as YAML, in JSON, when checked and in GraphQL, naming the place',
    async (_, text, code, message) => {
      const before = await storedRows(test.database.admin);
      const inJson = JSON.stringify({ document: text });
      const answers = [
        // An empty body of YAML is refused before it is a policy.
        ...(text === ''
          ? []
          : [await send('text/yaml', text), await send('text/yaml', text, 'policies/validate')]),
        await send('application/json', inJson),
      ];
      for (const answer of answers) {
        const problem = answer.body as Problem;
        expect([answer.status, problem.code]).toEqual([400, code]);
        expect(problem.detail).toMatch(message);
      }
      const query = 'mutation ($input: PushPolicyInput!) { pushPolicy(input: $input) { id } }';
      const answer = await test.request
        .post('/graphql')
        .set('authorization', `Bearer ${test.apiKey}`)
        .send({ query, variables: { input: { document: text } } });
      const { errors } = answer.body as { errors: { message: string; extensions: { code: string } }[] };
      expect(errors[0]!.extensions.code).toBe(code);
      expect(errors[0]!.message).toMatch(message);
      expect(changedTables(before, await storedRows(test.database.admin))).toEqual([]);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    },
  );

  it.each<[string, string, string | Buffer, number, string, RegExp]>([
    [
      'YAML that is not UTF-8',
      'text/yaml',
      Buffer.from('a: caf\xe9\n', 'latin1'),
      400,
      'REQUEST_INVALID',
      /not UTF-8/,
    ],
    [
      'YAML of half a megabyte',
      'text/yaml',
      `a: ${'x'.repeat(500_000)}`,
      413,
      'BODY_TOO_LARGE',
      /too large/i,
    ],
    [
      'a document that is a number',
      'application/json',
      '{"document":5}',
      400,
      'REQUEST_INVALID',
      /document must be the policy/,
    ],
    [
      'a document twice',
      'application/json',
      '{"document":{},"document":{}}',
      400,
      'BODY_NAME_REPEATED',
      /"document" twice/,
    ],
    [
      'a member beside the document',
      'application/json',
      '{"document":{},"force":true}',
      400,
      'REQUEST_INVALID',
      /force/,
    ],
    [
      'a plain text',
      'text/plain',
      policy(`rules: [${RULE}]`),
      415,
      'MEDIA_TYPE_NOT_SUPPORTED',
      /text\/plain|media type/i,
    ],
  ])('%s is refused', async (_, type, body, status, code, message) => {
    const before = await storedRows(test.database.admin);
    const answer = await send(type, body);
    const problem = answer.body as Problem;
    expect([answer.status, problem.code]).toEqual([status, code]);
    expect(problem.detail).toMatch(message);
    expect(changedTables(before, await storedRows(test.database.admin))).toEqual([]);
  });

  it('a policy with a few aliases is fine', async () => {
    const text = policy(
      `rules: [{ id: a, metric: &m auc, split: &s holdout, atLeast: 0.8 }, { id: b, metric: *m, split: *s, atLeast: 0.7 }]`,
    );
    expect((await send('text/yaml', text, 'policies/validate')).status).toBe(200);
  });
});
