import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatedProject } from './gated-project.js';

const ROWS = 400;
const SLICES = [
  { name: 'women', where: "sex='f'" },
  { name: 'early', where: 'x<100 and not sex is null' },
  { name: 'nobody', where: 'x < 0' },
];
let project: GatedProject;
let id: string;

beforeAll(async () => {
  project = await GatedProject.start();
  await project.pushDataset('people', ROWS);
  await project.registerModel('credit');
  id = await project.evaluate(
    'credit@1',
    'people@1',
    ROWS,
    { wrong: 20, wrongForMen: 3 },
    ['validation', 'holdout'],
    { slices: SLICES, search: {}, metrics: ['accuracy', 'recall', 'auc'] },
  );
});
afterAll(() => project.stop());

describe('declared slices', () => {
  it('are measured with intervals, to the row as the group of the same rows', async () => {
    const { body } = await project.get(`/evaluations/${id}`);
    expect(body.protocol.slices).toEqual([
      { name: 'early', where: 'x < 100 AND NOT sex IS NULL' },
      { name: 'nobody', where: 'x < 0' },
      { name: 'women', where: "sex = 'f'" },
    ]);
    for (const split of ['validation', 'holdout']) {
      const { slices, groups, metrics } = body.splits[split];
      expect(Object.keys(metrics)).toEqual(['accuracy', 'recall', 'auc']);
      const women = slices.find(({ name }: { name: string }) => name === 'women');
      const group = groups.find(({ attributes }: { attributes: { sex: string } }) => attributes.sex === 'f');
      expect(women.n).toBe(group.n);
      expect(women.metrics.recall.value).toBe(group.rates.tpr.value);
      expect(women.metrics.accuracy.ci).toHaveLength(2);
      expect(slices.find(({ name }: { name: string }) => name === 'nobody')).toMatchObject({
        n: 0,
        metrics: { auc: { defined: false, reason: 'the slice has no rows' } },
      });
    }
  });

  it('stand beside the worst that were found, which is the planted one', async () => {
    const { body } = await project.get(`/evaluations/${id}`);
    for (const split of ['validation', 'holdout']) {
      const { search } = body.splits[split];
      expect(search).toMatchObject({ defined: true, minimumRows: 50, leftOut: [] });
      expect(search.slices[0].where).toMatch(/sex = 'm'/);
      expect(search.slices[0].adjustedP).toBeLessThan(0.01);
      expect(search.slices[0].rate).toBeGreaterThan(search.slices[0].rest.rate);
    }
  });

  it('of sealed splits are numbers for auditors alone, in every form', async () => {
    const { body } = await project.get(`/evaluations/${id}`, project.contributor);
    const sealed = { defined: false, reason: 'sealed' };
    expect(body.splits.holdout.slices).toHaveLength(3);
    for (const { metrics } of body.splits.holdout.slices)
      expect(metrics).toEqual({ accuracy: sealed, recall: sealed, auc: sealed });
    expect(body.splits.holdout.search).toEqual(sealed);
    expect(body.splits.validation.slices[2].metrics.accuracy.defined).toBe(true);
    const query = `query ($id: ID!) { evaluation(id: $id) { splits results(split: "holdout") { slices { name where n metrics { name defined value reason } } } } }`;
    const { evaluation } = await project.graphql(query, { id }, project.contributor);
    expect(evaluation.splits).toEqual(body.splits);
    for (const { metrics } of evaluation.results[0].slices)
      for (const metric of metrics)
        expect(metric).toMatchObject({ defined: false, value: null, reason: 'sealed' });
  });
});

describe('a gate on slices', () => {
  const slices = [
    { name: 'women', where: "sex = 'f'" },
    { name: 'old', where: 'x > 1e9' },
  ];
  const rule = { metric: 'accuracy', split: 'holdout', slice: 'women', atLeast: 0.8 };

  it('decides by the rows of the slice that the policy means, whatever it was called', async () => {
    const rules = [
      { ...rule, id: 'women' },
      { ...rule, id: 'open', split: 'validation' },
    ];
    expect((await project.pushPolicy('women', rules, undefined, { protocol: { slices } })).status).toBe(201);
    const decision = await project.check('credit@1', 'women');
    const { body } = await project.get(`/evaluations/${id}`);
    const women = body.splits.holdout.slices.find(({ name }: { name: string }) => name === 'women');
    expect(decision.rules[0]).toMatchObject({
      verdict: 'PASS',
      observed: women.metrics.accuracy.value,
      n: women.n,
      slice: { split: 'holdout', slice: 'women' },
    });
    expect(decision.verdict).toBe('PASS');
  });

  it('tells no number of a sealed slice to those who may not see it', async () => {
    const decision = await project.check('credit@1', 'women', {}, await project.test.key('approver'));
    expect(decision.redacted).toBe(true);
    expect(decision.rules[0]).toMatchObject({ verdict: 'PASS', observed: null, ci: null });
    expect(decision.rules[1].observed).toBeGreaterThan(0.8);
  });

  it('is not passed without the slice, which it names', async () => {
    await project.pushPolicy('old', [{ ...rule, id: 'old', slice: 'old' }], undefined, {
      protocol: { slices },
    });
    const decision = await project.check('credit@1', 'old');
    expect(decision.verdict).toBe('INCONCLUSIVE');
    expect(decision.rules[0].reason).toContain('no slice old, the rows where x > 1000000000');
  });

  it('is refused where its policy does not declare the slice', async () => {
    const { status, body } = await project.pushPolicy('none', [{ ...rule, id: 'women' }]);
    expect([status, body.code]).toEqual([400, 'POLICY_INVALID']);
    expect(body.fields[0]).toMatchObject({ path: 'spec.rules[0].slice' });
  });
});

describe('a protocol that does not fit', () => {
  const ask = async (protocol: object, split = 'validation') => {
    const predictions = [{ split, uploadId: await project.upload('id,prediction\n1,yes\n') }];
    return project.post('/evaluations', {
      modelVersion: 'credit@1',
      datasetVersion: 'people@1',
      predictions,
      protocol,
    });
  };
  const slice = (where: string) => ({ slices: [{ name: 'a', where }] });

  it.each<[string, object, string, string, string, RegExp]>([
    [
      'a semicolon',
      slice('x < 1; DROP TABLE evaluation'),
      'validation',
      'SLICE_INVALID',
      '.slices[0].where',
      /semicolon/,
    ],
    ['a subquery', slice('x IN (SELECT 1)'), 'validation', 'SLICE_INVALID', '.slices[0].where', /SELECT/],
    ['a comment', slice('x < 1 -- x'), 'validation', 'SLICE_INVALID', '.slices[0].where', /comment/],
    [
      'a function',
      slice("read_text('x') = 'y'"),
      'validation',
      'SLICE_INVALID',
      '.slices[0].where',
      /read_text/,
    ],
    [
      'an unknown column',
      slice("sexx = 'f'"),
      'validation',
      'SLICE_INVALID',
      '.slices[0].where',
      /such as "sex"/,
    ],
    ['another type', slice('sex < 1'), 'validation', 'SLICE_INVALID', '.slices[0].where', /two of a kind/],
    [
      'a sealed label',
      slice("y = 'yes'"),
      'holdout',
      'SLICE_INVALID',
      '.slices[0].where',
      /label "y".*holdout.*sealed/,
    ],
    ['an unknown key', { slice: [] }, 'validation', 'PROTOCOL_INVALID', '.slice', /unknown field/],
    [
      'an attribute that is none',
      { attributes: ['x'] },
      'validation',
      'PROTOCOL_INVALID',
      '.attributes[0]',
      /sex/,
    ],
    [
      'a search by the label',
      { search: { columns: ['y'] } },
      'validation',
      'PROTOCOL_INVALID',
      '.search.columns[0]',
      /"y"/,
    ],
    [
      'a cluster that is no column',
      { cluster: 'home' },
      'validation',
      'PROTOCOL_INVALID',
      '.cluster',
      /"home"/,
    ],
    ['a cluster that is the label', { cluster: 'y' }, 'validation', 'PROTOCOL_INVALID', '.cluster', /"y"/],
    [
      'a search among clusters',
      { cluster: 'sex', search: { columns: ['sex'] } },
      'validation',
      'PROTOCOL_INVALID',
      '.search',
      /independent/,
    ],
  ])(
    'is refused for %s, and nothing is asked of any job',
    async (_, protocol, split, code, path, message) => {
      const jobs = await project.rows('SELECT id FROM job');
      const { status, body } = await ask(protocol, split);
      expect([status, body.code]).toEqual([400, code]);
      expect(body.fields).toEqual([
        { path: `protocol${path}`, message: expect.stringMatching(message) as string },
      ]);
      expect(await project.rows('SELECT id FROM job')).toEqual(jobs);
    },
  );

  it('may name an open label', async () => {
    const { status, body } = await ask(slice("y = 'yes'"));
    expect(status).toBe(202);
    await project.finished(body.job.id);
  });

  it('has a schema that everyone may read', async () => {
    const answer = await project.test.request.get('/v1/protocol-schema').expect(200);
    expect(answer.body).toMatchObject({ title: 'EvaluationProtocol', additionalProperties: false });
  });
});

describe('rows in clusters', () => {
  it('have wider intervals, and a gate decides by them where its policy names their column', async () => {
    const evaluation = await project.evaluate('credit@1', 'people@1', ROWS, { wrong: 20 }, ['validation'], {
      cluster: 'x',
    });
    const query = `query ($id: ID!) { evaluation(id: $id) { protocol splits results(split: "validation") { metrics { name ci clusters deff } } } }`;
    const { evaluation: found } = await project.graphql(query, { id: evaluation });
    expect(found.protocol.cluster).toBe('x');
    const { accuracy, auc } = found.splits.validation.metrics;
    expect(accuracy).toMatchObject({ clusters: ROWS, formulaId: 'accuracy/korn-graubard' });
    expect(accuracy.deff).toBeCloseTo(ROWS / (ROWS - 1), 9);
    expect(auc).toMatchObject({ defined: true, ci: null });
    expect(found.results[0].metrics[0]).toMatchObject({ name: 'accuracy', ci: accuracy.ci, clusters: ROWS });
    const rules = [
      { id: 'accuracy', metric: 'accuracy', split: 'validation', atLeast: 0.8 },
      { id: 'auc', metric: 'auc', split: 'validation', atLeast: 0.5 },
    ];
    await project.pushPolicy('clusters', rules, undefined, { protocol: { cluster: 'x' } });
    const decision = await project.check('credit@1', 'clusters');
    expect(decision.rules.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
      'PASS',
      'INCONCLUSIVE',
    ]);
    await project.pushPolicy('rows', rules);
    expect((await project.check('credit@1', 'rows')).verdict).toBe('INCONCLUSIVE');
  });
});
