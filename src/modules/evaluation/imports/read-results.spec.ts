import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssayError } from '../../../platform/errors/index.js';
import { IMPORT_CODES } from './import-errors.js';
import type { ImportFormat } from './imported-results.js';
import { sourceOfBytes } from './import-source.js';
import { readResults, type ReadOptions } from './read-results.js';

const read = (content: string | Buffer, options?: ReadOptions) =>
  readResults(sourceOfBytes(Buffer.from(content as string)), options);

const refused = (content: string | Buffer, options?: ReadOptions) =>
  read(content, options).then(
    (results) => Promise.reject(new Error(`it was taken: ${JSON.stringify(results)}`)),
    ({ code, message }: AssayError) => ({ code, message }),
  );

const lines = (...documents: object[]) => documents.map((each) => `${JSON.stringify(each)}\n`).join('');

const INSPECT = {
  version: 2,
  status: 'success',
  eval: { task: 'guide', model: 'openai/small', config: { epochs: 2 } },
  results: {
    completed_samples: 4,
    scores: [
      {
        name: 'match',
        metrics: { accuracy: { name: 'accuracy', value: 0.625 }, stderr: { name: 'stderr', value: 0.125 } },
      },
    ],
  },
  samples: [
    { id: 1, epoch: 1, input: 'x', scores: { match: { value: 'C', explanation: 'long' } }, total_time: 1.5 },
    { id: 1, epoch: 2, scores: { match: { value: 'P' } } },
    { id: 'b', epoch: 1, scores: { match: { value: 'I' } } },
    { id: 'b', epoch: 2, scores: { match: { value: 'N' } } },
  ],
};

describe('Inspect, JSON', () => {
  it('reads samples, epochs, grades and totals', async () => {
    const results = await read(JSON.stringify(INSPECT, null, 2));
    expect(results).toMatchObject({
      format: 'inspect-json',
      formatVersion: '2',
      tasks: ['guide'],
      model: 'openai/small',
      status: 'completed',
      metrics: [{ name: 'match', kind: 'score', scored: 4, unscored: 0 }],
      totals: [{ task: 'guide', metric: 'match accuracy', value: 0.625, stderr: 0.125, n: 4 }],
    });
    expect(results.items).toEqual([
      { task: 'guide', taskId: '1', trial: 1, scores: { match: 1 }, outcome: 'passed', latencyMs: 1500 },
      { task: 'guide', taskId: '1', trial: 2, scores: { match: 0.5 }, outcome: 'partial' },
      { task: 'guide', taskId: 'b', trial: 1, scores: { match: 0 }, outcome: 'failed' },
      { task: 'guide', taskId: 'b', trial: 2, scores: { match: 0 }, outcome: 'failed' },
    ]);
  });

  const withSamples = (text: string, more: object = {}) =>
    `${JSON.stringify({ ...INSPECT, ...more, samples: undefined }).slice(0, -1)},"samples":${text}}`;

  it('keeps what is unscored apart: NaN, no scores, an error, an invalidation', async () => {
    const { items, metrics } = await read(
      withSamples(`[{"id":1,"epoch":1,"scores":{"m":{"value":NaN}}},{"id":2,"epoch":1},
        {"id":3,"epoch":1,"error":{"message":"out of time"}},
        {"id":4,"epoch":1,"scores":{"m":{"value":"C"}},"invalidation":{"author":"me"}},
        {"id":5,"epoch":1,"scores":{"m":{"value":true}}}]`),
    );
    expect(items.map(({ taskId, outcome, unscored }) => [taskId, outcome, unscored ?? false])).toEqual([
      ['1', 'unscored', true],
      ['2', 'unscored', true],
      ['3', 'error', true],
      ['4', 'unscored', true],
      ['5', 'passed', false],
    ]);
    expect(metrics).toEqual([{ name: 'm', kind: 'score', scored: 1, unscored: 2 }]);
  });

  it('takes a run that was cancelled, and says so', async () => {
    for (const [status, mark] of [
      ['cancelled', 'cancelled'],
      ['error', 'failed'],
      ['started', 'incomplete'],
    ])
      expect(await read(JSON.stringify({ ...INSPECT, status }))).toMatchObject({ status: mark });
    expect(await refused(JSON.stringify({ ...INSPECT, status: 'constructor' }))).toMatchObject({
      code: 'IMPORT_FIELD_INVALID',
    });
  });

  it('reads values by name and position, and tells marks from scores', async () => {
    const { items, metrics } = await read(
      withSamples(
        `[{"id":1,"epoch":1,"scores":{"d":{"value":{"a":"yes","b":null}},"l":{"value":[1,"0.25"]},"mark":{"value":7}}}]`,
      ),
    );
    expect(items[0]!.scores).toEqual({ 'd.a': 1, 'd.b': null, 'l[0]': 1, 'l[1]': 0.25, mark: 7 });
    expect(metrics.map(({ name, kind }) => [name, kind])).toContainEqual(['mark', 'value']);
  });

  it.each([
    [
      'a word for a score',
      `[{"id":1,"epoch":1,"scores":{"m":{"value":"maybe"}}}]`,
      'IMPORT_SCORE_UNREADABLE',
      'samples[0]',
    ],
    [
      'an infinite score',
      `[{"id":1,"epoch":1,"scores":{"m":{"value":Infinity}}}]`,
      'IMPORT_SCORE_NOT_FINITE',
      'm is Infinity',
    ],
    [
      'a score beyond all numbers',
      `[{"id":1,"epoch":1,"scores":{"m":{"value":1e999}}}]`,
      'IMPORT_SCORE_NOT_FINITE',
      'samples[0]',
    ],
    ['an item without an id', `[{"epoch":1}]`, 'IMPORT_FIELD_MISSING', 'no id'],
    ['half an epoch', `[{"id":1,"epoch":1.5}]`, 'IMPORT_FIELD_INVALID', 'epoch is 1.5'],
    [
      'a trial that stands twice',
      `[{"id":1,"epoch":1},{"id":"1","epoch":1}]`,
      'IMPORT_ITEM_REPEATED',
      'samples[1]',
    ],
    ['samples that are no array', `{"a":1}`, 'IMPORT_FIELD_INVALID', 'an object where an array'],
    [
      'a reserved name',
      `[{"id":1,"epoch":1,"scores":{"__proto__":{"value":1}}}]`,
      'IMPORT_NAME_RESERVED',
      '__proto__',
    ],
    ['a name that stands twice', `[{"id":1,"id":2,"epoch":1}]`, 'IMPORT_NAME_REPEATED', 'samples[0].id'],
    ['a NUL in a name', `[{"id":"a\\u0000b","epoch":1}]`, 'IMPORT_TEXT_INVALID', 'NUL'],
  ])('refuses %s', async (_what, samples, code, words) => {
    const { code: found, message } = await refused(withSamples(samples));
    expect(found).toBe(code);
    expect(message).toContain(words);
  });

  it('refuses a version that it does not know', async () => {
    expect(await refused(JSON.stringify({ ...INSPECT, version: 3 }))).toMatchObject({
      code: 'IMPORT_VERSION_UNSUPPORTED',
    });
  });
});

const V4 = {
  results: {
    arc: {
      alias: 'arc',
      'acc,none': 0.5,
      'acc_stderr,none': 0.1,
      'acc_norm,none': 1,
      'acc_norm_stderr,none': 'N/A',
    },
  },
  group_subtasks: { arc: [] },
  configs: { arc: { task: 'arc', doc_to_text: 'x' } },
  versions: { arc: 1 },
  'n-shot': { arc: 0 },
  'n-samples': { arc: { original: 10, effective: 4 } },
  config: { model: 'hf', model_args: 'pretrained=EleutherAI/pythia-70m,dtype=float' },
  lm_eval_version: '0.4.9',
};

const SAMPLE = {
  doc_id: 0,
  doc: { question: 'q' },
  target: '7',
  arguments: { gen_args_0: { arg_0: 'q' } },
  resps: [['7']],
  filtered_resps: ['7'],
  filter: 'strict-match',
  metrics: ['exact_match'],
  doc_hash: 'a1',
  prompt_hash: 'b2',
  target_hash: 'c3',
  exact_match: 1,
};

describe('lm-evaluation-harness', () => {
  // The three of its own repository, tests/testdata (MIT).
  it('reads totals of v0', async () => {
    const file = `{"results": {"arc_challenge": {"acc": 0.26621160409556316, "acc_norm": 0.28242320819112626, "acc_norm_stderr": 0.01315545688409722, "acc_stderr": 0.01291577478152323}}, "versions": {"arc_challenge": "2.0"}}`;
    expect(await read(file)).toEqual({
      format: 'lm-eval',
      formatVersion: '0',
      tasks: ['arc_challenge'],
      model: null,
      status: 'completed',
      metrics: [],
      items: [],
      totals: [
        {
          task: 'arc_challenge',
          metric: 'acc',
          value: 0.26621160409556316,
          stderr: 0.01291577478152323,
          n: null,
        },
        {
          task: 'arc_challenge',
          metric: 'acc_norm',
          value: 0.28242320819112626,
          stderr: 0.01315545688409722,
          n: null,
        },
      ],
    });
  });

  it('reads totals of v0.4, and its samples where they stand beside them', async () => {
    const results = await read(JSON.stringify({ ...V4, samples: { arc: [SAMPLE] } }));
    expect(results).toMatchObject({
      format: 'lm-eval',
      formatVersion: '0.4.9',
      model: 'EleutherAI/pythia-70m',
      totals: [
        { task: 'arc', metric: 'acc,none', value: 0.5, stderr: 0.1, n: 4 },
        { task: 'arc', metric: 'acc_norm,none', value: 1, stderr: null, n: 4 },
      ],
      items: [{ task: 'arc', taskId: '0', scores: { 'exact_match,strict-match': 1 } }],
    });
  });

  it('reads samples with their hashes, once for each filter', async () => {
    const flexible = { ...SAMPLE, filter: 'flexible-extract', exact_match: 0 };
    const { items, format } = await read(lines(SAMPLE, flexible, { ...SAMPLE, doc_id: 1 }));
    expect(format).toBe('lm-eval-samples');
    expect(items).toEqual([
      {
        task: null,
        taskId: '0',
        trial: 1,
        scores: { 'exact_match,strict-match': 1, 'exact_match,flexible-extract': 0 },
        outcome: 'passed',
        hashes: { doc: 'a1', prompt: 'b2', target: 'c3' },
      },
      expect.objectContaining({ taskId: '1' }),
    ]);
    expect(await read(JSON.stringify([SAMPLE]))).toMatchObject({
      format: 'lm-eval-samples',
      items: [{ taskId: '0' }],
    });
  });

  it('refuses a document that stands twice, a rate beyond 1, a number that is none', async () => {
    expect(await refused(lines(SAMPLE, SAMPLE))).toMatchObject({
      code: 'IMPORT_ITEM_REPEATED',
      message: expect.stringContaining('line 2') as string,
    });
    expect(await refused(lines({ ...SAMPLE, exact_match: 1.01 }))).toMatchObject({
      code: 'IMPORT_SCORE_OUT_OF_RANGE',
    });
    expect(await refused(JSON.stringify(V4).replace('"acc,none":0.5', '"acc,none":NaN'))).toMatchObject({
      code: 'IMPORT_SCORE_NOT_FINITE',
      message: 'the file, results.arc: acc,none is NaN; expected a number',
    });
  });
});

const PROMPTFOO = {
  evalId: 'eval-abc',
  results: {
    version: 3,
    timestamp: '2026-01-01',
    prompts: [{ raw: 'Say {{x}}', label: 'p', provider: 'openai:small', metrics: { score: 1.25 } }],
    results: [
      {
        promptIdx: 0,
        testIdx: 0,
        provider: { id: 'openai:small' },
        success: true,
        score: 0.75,
        failureReason: 0,
        latencyMs: 12,
        cost: 0.001,
        namedScores: { tone: 0.5 },
        gradingResult: { pass: true },
      },
      {
        promptIdx: 0,
        testIdx: 1,
        provider: { id: 'openai:small' },
        success: false,
        score: 0.5,
        failureReason: 1,
        latencyMs: 9,
      },
      {
        promptIdx: 0,
        testIdx: 2,
        provider: { id: 'openai:small' },
        success: false,
        score: 0,
        failureReason: 2,
        error: 'x',
      },
    ],
    stats: { successes: 1, failures: 1, errors: 1 },
  },
  config: { description: 'tone of voice' },
};

describe('promptfoo', () => {
  it('reads results with cost and time', async () => {
    const results = await read(JSON.stringify(PROMPTFOO));
    expect(results).toMatchObject({
      format: 'promptfoo',
      formatVersion: '3',
      tasks: ['tone of voice'],
      model: 'openai:small',
      totals: [{ metric: 'success', value: 1 / 3, n: 3 }],
    });
    expect(results.items).toEqual([
      {
        task: 'tone of voice',
        taskId: '0',
        trial: 1,
        scores: { success: 1, score: 0.75, 'named tone': 0.5 },
        outcome: 'passed',
        cost: 0.001,
        latencyMs: 12,
      },
      {
        task: 'tone of voice',
        taskId: '1',
        trial: 1,
        scores: { success: 0, score: 0.5 },
        outcome: 'failed',
        latencyMs: 9,
      },
      { task: 'tone of voice', taskId: '2', trial: 1, scores: { success: 0, score: 0 }, outcome: 'error' },
    ]);
  });

  const changed = (at: number, more: object) => ({
    ...PROMPTFOO,
    results: {
      ...PROMPTFOO.results,
      results: PROMPTFOO.results.results.map((each, i) => (i === at ? { ...each, ...more } : each)),
    },
  });

  it('refuses several providers, a score beyond 1, and version 2', async () => {
    expect(await refused(JSON.stringify(changed(2, { provider: { id: 'other' } })))).toMatchObject({
      code: 'IMPORT_MODELS_SEVERAL',
    });
    expect(await refused(JSON.stringify(changed(1, { score: 5 })))).toMatchObject({
      code: 'IMPORT_SCORE_OUT_OF_RANGE',
    });
    expect(
      await refused(JSON.stringify({ ...PROMPTFOO, results: { ...PROMPTFOO.results, version: 2 } })),
    ).toMatchObject({ code: 'IMPORT_VERSION_UNSUPPORTED' });
  });

  it('takes each of several prompts for a task', async () => {
    const { tasks } = await read(JSON.stringify(changed(1, { promptIdx: 1 })));
    expect(tasks).toEqual(['tone of voice', 'tone of voice [prompt 0]', 'tone of voice [prompt 1]']);
  });
});

const SPEC = {
  spec: { completion_fns: ['gpt-small', 'grader'], eval_name: 'test-match.s1.v0', run_id: 'r' },
};
const event = (sample_id: string, type: string, data: object) => ({
  run_id: 'r',
  event_id: 0,
  sample_id,
  type,
  data,
  created_by: '',
  created_at: '',
});

describe('OpenAI evals', () => {
  it('reads matches and metrics of one sample together', async () => {
    const results = await read(
      lines(
        SPEC,
        event('t.0', 'sampling', { prompt: [{ role: 'user' }], sampled: ['A'] }),
        event('t.0', 'match', { correct: true, expected: 'A', picked: 'A' }),
        event('t.0', 'metrics', { f1: 0.5, choice: 'Y' }),
        event('t.1', 'match', { correct: false, expected: 'A', picked: null }),
        event('t.2', 'sampling', { sampled: ['A'] }),
        { final_report: { accuracy: 0.5, boostrap_std: 0.25 } },
      ),
    );
    expect(results).toMatchObject({
      format: 'openai-evals',
      tasks: ['test-match.s1.v0'],
      model: 'gpt-small',
      status: 'completed',
      totals: [{ metric: 'accuracy', value: 0.5, stderr: 0.25 }],
    });
    expect(results.items.map(({ taskId, scores, outcome }) => [taskId, scores, outcome])).toEqual([
      ['t.0', { correct: 1, f1: 0.5 }, 'passed'],
      ['t.1', { correct: 0 }, 'failed'],
      ['t.2', {}, 'unscored'],
    ]);
  });

  it('says that a run without a final report is incomplete, and refuses a sample that matched twice', async () => {
    const match = event('t.0', 'match', { correct: true });
    expect(await read(lines(SPEC, match))).toMatchObject({ status: 'incomplete' });
    expect(await refused(lines(SPEC, match, match))).toMatchObject({ code: 'IMPORT_ITEM_REPEATED' });
    expect(await refused(lines(match), { format: 'openai-evals' })).toMatchObject({
      code: 'IMPORT_FIELD_MISSING',
    });
    expect(await refused(`${lines(SPEC)}{"final_report":{"accuracy":NaN}}\n`)).toMatchObject({
      code: 'IMPORT_SCORE_NOT_FINITE',
    });
  });
});

describe('tau-bench', () => {
  it('reads trials of tasks', async () => {
    const runs = [
      { task_id: 0, reward: 1.0, info: { task: {} }, traj: [{ role: 'user' }], trial: 0 },
      { task_id: 0, reward: 0.0, info: { error: 'timeout', traceback: '' }, traj: [], trial: 1 },
    ];
    const results = await read(JSON.stringify(runs));
    expect(results).toMatchObject({ format: 'tau-bench', tasks: [], model: null, totals: [] });
    expect(results.items).toEqual([
      { task: null, taskId: '0', trial: 0, scores: { reward: 1 }, outcome: 'passed' },
      { task: null, taskId: '0', trial: 1, scores: { reward: 0 }, outcome: 'error' },
    ]);
    expect(await refused(JSON.stringify([runs[0], runs[0]]))).toMatchObject({ code: 'IMPORT_ITEM_REPEATED' });
    expect(await refused(JSON.stringify([{ ...runs[0], reward: 1.1 }]))).toMatchObject({
      code: 'IMPORT_SCORE_OUT_OF_RANGE',
    });
  });
});

const JUNIT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4"><testsuite name="agents" tests="4" failures="1" errors="1" skipped="1">
  <testcase classname="a.B" name="passes" time="0.5"/>
  <testcase classname="a.B" name="fails &lt;hard&gt;"><failure message="m"><![CDATA[x < y]]></failure></testcase>
  <testcase classname="a.B" name="breaks"><error/></testcase>
  <testcase name="waits"><skipped/></testcase>
</testsuite></testsuites>`;

describe('JUnit XML', () => {
  it('reads testcases and what the suite says of itself', async () => {
    const results = await read(JUNIT);
    expect(results).toMatchObject({
      format: 'junit',
      tasks: ['agents'],
      totals: [{ task: 'agents', metric: 'passed', value: 1 / 3, n: 3 }],
    });
    expect(
      results.items.map(({ taskId, scores, outcome, latencyMs }) => [
        taskId,
        scores.passed,
        outcome,
        latencyMs,
      ]),
    ).toEqual([
      ['a.B breaks', 0, 'error', undefined],
      ['a.B fails <hard>', 0, 'failed', undefined],
      ['a.B passes', 1, 'passed', 500],
      ['waits', null, 'skipped', undefined],
    ]);
  });

  const LAUGHS = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]><testsuite name="&lol2;"/>`;
  it.each([
    ['a billion laughs', LAUGHS, 'IMPORT_XML_DTD_REFUSED'],
    [
      'an external entity',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite name="&x;"/>',
      'IMPORT_XML_DTD_REFUSED',
    ],
    ['an entity that nothing defines', '<testsuite name="&x;"/>', 'IMPORT_XML_MALFORMED'],
    ['an element that is not closed', '<testsuite><testcase name="a">', 'IMPORT_XML_MALFORMED'],
    ['another kind of XML', '<html/>', 'IMPORT_FORMAT_MISMATCH'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><testsuite/>', 'IMPORT_ENCODING_WRONG'],
    ['a suite of nothing', '<testsuite name="a" tests="0"/>', 'IMPORT_EMPTY'],
    [
      'a testcase that stands twice',
      '<testsuite><testcase name="a"/><testcase name="a"/></testsuite>',
      'IMPORT_ITEM_REPEATED',
    ],
    ['a testcase without a name', '<testsuite><testcase/></testsuite>', 'IMPORT_FIELD_MISSING'],
  ])('refuses %s', async (_what, text, code) => {
    expect(await refused(text)).toMatchObject({ code });
  });

  it('refuses nesting and size beyond the limits', async () => {
    expect(await refused(`${'<testsuite>'.repeat(300)}`)).toMatchObject({ code: 'IMPORT_TOO_DEEP' });
    expect(await refused(JUNIT, { limits: { xmlBytes: 100 } })).toMatchObject({
      code: 'IMPORT_FILE_TOO_LARGE',
    });
  });
});

describe('any file', () => {
  it.each<[string, string | Buffer, string]>([
    ['no bytes', '', 'IMPORT_EMPTY'],
    ['white space', ' \n ', 'IMPORT_EMPTY'],
    ['an empty array', '[]', 'IMPORT_FORMAT_UNKNOWN'],
    ['another document', '{"a":1}', 'IMPORT_FORMAT_UNKNOWN'],
    ['CSV', 'id,score\n1,1\n', 'IMPORT_JSON_MALFORMED'],
    ['UTF-16', Buffer.from('\ufeff{"a":1}', 'utf16le'), 'IMPORT_ENCODING_WRONG'],
    ['UTF-16 without its mark', Buffer.from('{"a":1}', 'utf16le'), 'IMPORT_ENCODING_WRONG'],
    ['Latin-1', Buffer.from('{"spec":{"eval_name":"caf\xe9"}}', 'latin1'), 'IMPORT_ENCODING_WRONG'],
    ['a document that is cut off', JSON.stringify(INSPECT).slice(0, -20), 'IMPORT_JSON_TRUNCATED'],
    ['two documents on one line', '{"a":1} {"b":2}', 'IMPORT_JSON_MALFORMED'],
    ['too deep', `{"x":${'['.repeat(400)}`, 'IMPORT_TOO_DEEP'],
    ['signs of two tools', JSON.stringify({ ...INSPECT, ...SPEC }), 'IMPORT_FORMAT_AMBIGUOUS'],
  ])('that is %s is refused', async (_what, content, code) => {
    expect(await refused(content)).toMatchObject({ code });
  });

  it('is read as what the caller says', async () => {
    const both = JSON.stringify({ ...INSPECT, ...SPEC });
    expect(await read(both, { format: 'inspect-json' })).toMatchObject({ format: 'inspect-json' });
    expect(await refused(JUNIT, { format: 'tau-bench' })).toMatchObject({ code: 'IMPORT_JSON_MALFORMED' });
    expect(await refused('[{"task_id":1}]', { format: 'tau-bench' })).toMatchObject({
      code: 'IMPORT_FIELD_INVALID',
    });
  });

  it('may have a byte order mark', async () => {
    expect(await read(`\ufeff${JSON.stringify(INSPECT)}`)).toMatchObject({ format: 'inspect-json' });
    expect(await read(`\ufeff${JUNIT}`)).toMatchObject({ format: 'junit' });
  });

  it('is held to the limits', async () => {
    const file = JSON.stringify(INSPECT);
    for (const [limits, code] of [
      [{ fileBytes: 10 }, 'IMPORT_FILE_TOO_LARGE'],
      [{ items: 3 }, 'IMPORT_TOO_MANY_ITEMS'],
      [{ metrics: 0 }, 'IMPORT_TOO_MANY_METRICS'],
      [{ totals: 0 }, 'IMPORT_TOO_MANY_TOTALS'],
      [{ keptValues: 5 }, 'IMPORT_TOO_MANY_VALUES'],
      [{ textLength: 11 }, 'IMPORT_TEXT_TOO_LONG'],
    ] as const)
      expect(await refused(file, { format: 'inspect-json', limits })).toMatchObject({ code });
  });

  it('gives the same, however it is cut into pieces', async () => {
    const file = Buffer.from(
      JSON.stringify({ ...INSPECT, eval: { task: 'Gedächtnis \u{1f600} "\\', model: null } }, null, 1),
    );
    const expected = await read(file);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: file.length }), { maxLength: 30 }),
        async (cuts) => {
          const at = [0, ...cuts.sort((a, b) => a - b), file.length];
          const pieces = at.slice(1).map((end, i) => file.subarray(at[i], end));
          const source = { ...sourceOfBytes(file), chunks: () => pieces };
          expect(await readResults(source, { format: 'inspect-json' })).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('with any damage is read or refused with a code, never anything else', async () => {
    const files: [ImportFormat, string][] = [
      ['inspect-json', JSON.stringify(INSPECT)],
      ['lm-eval', JSON.stringify(V4)],
      ['lm-eval-samples', lines(SAMPLE)],
      ['promptfoo', JSON.stringify(PROMPTFOO)],
      ['openai-evals', lines(SPEC, event('a', 'match', { correct: true }))],
      ['junit', JUNIT],
    ];
    const codes = new Set<string>(IMPORT_CODES);
    const damage = fc.record({
      file: fc.constantFrom(...files),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      gone: fc.integer({ min: 0, max: 12 }),
      put: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom('null', '[]', '{}', '"', '1e400', 'NaN', '<a>', '__proto__'),
      ),
      told: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ file: [format, text], at, gone, put, told }) => {
        const place = Math.floor(at * text.length);
        const damaged = text.slice(0, place) + put + text.slice(place + gone);
        try {
          await read(damaged, told ? { format } : {});
        } catch (error) {
          expect(error).toBeInstanceOf(AssayError);
          expect(codes).toContain((error as AssayError).code);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused without its words: it may be anything, and everyone in the project reads why', async () => {
    for (const content of [
      '{"results": SECRET}',
      '{"results" SECRET}',
      '{"results": {"SECRET" 1}}',
      '{"results": "SECRET',
      '{"results": {"acc": "SECRET\n"}}',
      '{"SECRET": {"version": {"SECRET": SECRET}}}',
      '[1] SECRET',
      'id,y\n1,SECRET\n',
      JSON.stringify({ ...INSPECT, version: 'SECRET' }),
      JSON.stringify({ ...INSPECT, status: 'SECRET' }),
      JSON.stringify({ ...INSPECT, samples: [{ id: 1, epoch: 'SECRET' }] }),
      JSON.stringify({ ...INSPECT, samples: [{ id: 1, epoch: 1, scores: { match: { value: 'SECRET' } } }] }),
      '<SECRET/>',
      '<testsuite><testcase></SECRET>',
      '<testsuite>&SECRET;</testsuite>',
      '<testsuite SECRET="1" SECRET="1"/>',
      '<testsuite SECRET=SECRET/>',
    ])
      expect([content, (await refused(content)).message]).not.toEqual([
        content,
        expect.stringContaining('SECRET'),
      ]);
  });

  it('has at most 1,000 tasks', async () => {
    const suites = (count: number) =>
      `<testsuites>${Array.from({ length: count }, (_, i) => `<testsuite name="s${i}"><testcase name="t"/></testsuite>`).join('')}</testsuites>`;
    expect((await read(suites(1_000))).tasks).toHaveLength(1_000);
    expect(await refused(suites(1_001))).toMatchObject({ code: 'IMPORT_TOO_MANY_TASKS' });
  });
});
