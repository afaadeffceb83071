import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/domain/canonical/index.js';
import { statementsOf } from './count-statements.js';
import { GatedProject, policyDocument } from './gated-project.js';

let project: GatedProject;

const ROWS = 2000;
const RULES = [
  { id: 'auc', metric: 'auc', split: 'holdout', atLeast: 0.75 },
  { id: 'domains', crossDomain: { metric: 'accuracy', worstAtLeast: 0.7, maxDrop: 0.1 } },
  {
    id: 'fairness',
    fairness: {
      metric: 'equalized_odds_difference',
      split: 'holdout',
      attributes: ['sex'],
      atMost: 0.1,
      minGroupSize: 200,
    },
  },
  { id: 'leakage', contamination: { between: ['train', 'holdout'], exact: 0 } },
];

beforeAll(async () => {
  project = await GatedProject.start();
  await project.pushDataset('people', ROWS);
  await Promise.all([
    ...['good', 'unfair'].map((name) => project.registerModel(name, ['people@1'])),
    project.registerModel('unseen'),
  ]);
  await project.evaluate('good@1', 'people@1', ROWS, { wrong: 12 });
  await project.evaluate('unfair@1', 'people@1', ROWS, { wrong: 20, wrongForMen: 3 });
  await project.pushPolicy('credit', RULES, 'production');
});

afterAll(() => project?.stop());

const rule = (decision: { rules: { id: string }[] }, id: string) =>
  decision.rules.find((each) => each.id === id) as never as Record<string, unknown>;

describe('policies', () => {
  it('are versions of a name, named by their digest; the same meaning is the same version', async () => {
    const yaml = `apiVersion: assay/v1\nkind: GatePolicy\nmetadata: { name: yaml-policy }\nspec:\n  rules:\n    - { id: a, metric: auc, split: holdout, atLeast: 0.80 }\n`;
    const push = (text: string) =>
      project.test.request
        .post('/v1/projects/default/policies')
        .set({ authorization: `Bearer ${project.test.apiKey}`, 'content-type': 'text/yaml' })
        .send(text);
    const first = await push(yaml);
    expect([first.status, first.body]).toMatchObject([201, { name: 'yaml-policy', version: 1, stage: null }]);
    expect(first.body.digest).toBe(digestOf(first.body.document));
    const again = await project.post('/policies', { document: first.body.document });
    expect(again.body).toEqual(first.body);
    const second = await project.post('/policies', { document: yaml.replace('0.80', '0.85') });
    expect(second.body).toMatchObject({ version: 2 });
    expect((await project.get('/policies/yaml-policy')).body.version).toBe(2);
    expect((await project.get('/policies/yaml-policy@1')).body).toEqual(first.body);
    expect(
      (await project.get('/policies/yaml-policy/versions')).body.items.map(
        (item: { version: number }) => item.version,
      ),
    ).toEqual([2, 1]);
    expect((await project.get('/policies?first=1')).body).toMatchObject({
      hasNextPage: true,
      items: [{ name: 'credit' }],
    });
  });

  it.each([
    ['an unknown field', { colour: 'red' }, 'POLICY_INVALID', 'spec.colour'],
    [
      'approvals, which nobody enforces',
      { approvals: { required: 2 } },
      'POLICY_FIELD_NOT_ENFORCED',
      'spec.approvals',
    ],
    ['no rules', { rules: [] }, 'POLICY_INVALID', 'spec.rules'],
  ])('with %s are refused with the path', async (_name, spec, code, path) => {
    const document = policyDocument('refused', RULES) as { spec: object };
    const answer = await project.post('/policies', {
      document: { ...document, spec: { ...document.spec, ...spec } },
    });
    expect(answer).toMatchObject({ status: 400, body: { code, fields: [{ path }] } });
    expect((await project.get('/policies/refused')).status).toBe(404);
  });

  it('can be checked without being stored, and need a permission to be pushed', async () => {
    const document = policyDocument('draft', RULES);
    const checked = await project.post('/policies/validate', { document }, project.contributor);
    expect(checked).toMatchObject({ status: 200, body: { name: 'draft' } });
    expect((await project.post('/policies', { document }, project.contributor)).status).toBe(403);
    expect((await project.post('/policies', { document }, project.approver)).status).toBe(201);
  });

  it('have a schema that everyone may read', async () => {
    const answer = await project.test.request.get('/v1/policy-schema').expect(200);
    expect(answer.body).toMatchObject({ title: 'GatePolicy' });
  });
});

describe('a decision', () => {
  it('passes a good model on bounds, and says why', async () => {
    const decision = await project.check('good@1', 'credit');
    expect(decision).toMatchObject({
      verdict: 'PASS',
      state: 'standing',
      subject: { kind: 'modelVersion', label: 'good@1' },
      policy: { name: 'credit', version: 1 },
      stage: 'production',
      datasetVersion: { label: 'people@1' },
      redacted: false,
    });
    expect(decision.rules.map(({ id, verdict }: { id: string; verdict: string }) => [id, verdict])).toEqual(
      RULES.map(({ id }) => [id, 'PASS']),
    );
    expect(rule(decision, 'auc')).toMatchObject({
      threshold: 0.75,
      comparison: 'atLeast',
      level: 0.9,
      n: ROWS,
      remedy: null,
      sealed: true,
    });
    const expires = new Date(decision.expiresAt).getTime() - new Date(decision.decidedAt).getTime();
    expect(expires / 86_400_000).toBeGreaterThan(29.9);
    expect(expires / 86_400_000).toBeLessThanOrEqual(30);
    expect(decision.caveats.join()).toContain('look 1 of 20 at the sealed split holdout');
  });

  it('is the standing one when asked again on the same inputs, and a dry run is none', async () => {
    const first = await project.check('good@1', 'credit');
    expect((await project.check('good@1', 'credit')).decisionId).toBe(first.decisionId);
    const dry = await project.check('good@1', 'credit', { dryRun: true });
    expect(dry).toMatchObject({ verdict: 'PASS', decisionId: 'dry-run' });
    expect(await project.rows('SELECT count(*)::int AS n FROM gate_decision')).toEqual([{ n: 1 }]);
  });

  it('fails an unfair model, naming groups, interval and remedy', async () => {
    const decision = await project.check('unfair@1', 'credit');
    expect(decision.verdict).toBe('FAIL');
    const fairness = rule(decision, 'fairness');
    expect(fairness).toMatchObject({ verdict: 'FAIL', threshold: 0.1, comparison: 'atMost' });
    expect(fairness.reason).toMatch(
      /^Equalized odds difference on holdout is between 0\.\d+ and 0\.\d+ \(90% interval, observed 0\.\d+\) — /,
    );
    expect(fairness.reason).toMatch(/of m \(\d+\.\d\d%, \d+ of [\d,]+\) v f \(/);
    expect(fairness.remedy).toContain('retrain');
  });

  it('shows who is no auditor the verdict, and the same rule on validation', async () => {
    const decision = await project.check('unfair@1', 'credit', {}, project.contributor);
    expect(decision).toMatchObject({
      verdict: 'FAIL',
      redacted: true,
      salt: null,
      hypotheses: null,
      inputs: { evidence: null, all: null },
    });
    const fairness = rule(decision, 'fairness');
    expect(fairness).toMatchObject({
      verdict: 'FAIL',
      observed: null,
      ci: null,
      n: null,
      adjustedP: null,
      neededN: null,
      hypotheses: null,
    });
    expect(fairness.reason).toContain('Sealed: on holdout the requirement is missed');
    expect(fairness.reason).toContain('The same rule on validation (FAIL)');
    expect(fairness.explanation).toMatchObject({ split: 'validation', verdict: 'FAIL' });
    expect(rule(decision, 'leakage')).toMatchObject({ observed: 0, sealed: false });
    const whole = await project.check('unfair@1', 'credit');
    const number = String((rule(whole, 'fairness').observed as number).toFixed(6));
    expect(JSON.stringify(decision)).not.toContain(number);
    expect((await project.get(`/gate-decisions/${decision.decisionId}`, project.contributor)).body).toEqual(
      decision,
    );
  });

  it('is INCONCLUSIVE without evidence, with what to do', async () => {
    const decision = await project.check(
      'unseen@1',
      'credit',
      { datasetVersion: 'people@1' },
      project.contributor,
    );
    expect(decision.verdict).toBe('INCONCLUSIVE');
    expect(rule(decision, 'auc').reason).toContain('unseen@1 has not been evaluated on holdout');
    expect(rule(decision, 'auc').remedy).toContain('assay evaluate unseen@1');
    const without = await project.check('unseen@1', 'credit');
    expect(without).toMatchObject({ verdict: 'INCONCLUSIVE', datasetVersion: null, evaluationIds: [] });
  });

  it('is INCONCLUSIVE where policy asks for evidence that is executed, or fresher than what is there', async () => {
    await project.pushPolicy('executed', [RULES[0]!], undefined, { evidence: { minLevel: 'executed' } });
    await project.pushPolicy('fresh', [RULES[0]!], undefined, { evidence: { maxAge: '1s' } });
    expect((await project.check('good@1', 'executed')).rules[0]).toMatchObject({
      verdict: 'INCONCLUSIVE',
      reason: expect.stringContaining('recomputed'),
    });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await project.check('good@1', 'fresh')).toMatchObject({
      verdict: 'INCONCLUSIVE',
      state: 'expired',
    });
  });

  it('counts shared rows exactly', async () => {
    await project.pushDataset('leaky', 300, 7);
    await project.pushPolicy('leakage', [
      RULES[3]!,
      { id: 'allowed', contamination: { between: ['train', 'holdout'], exact: 7 } },
    ]);
    const decision = await project.check('good@1', 'leakage', { datasetVersion: 'leaky@1' });
    expect(decision.rules).toMatchObject([
      { verdict: 'FAIL', observed: 7, threshold: 0 },
      { verdict: 'PASS', observed: 7, threshold: 7 },
    ]);
  });

  it('finds rows of the holdout in what a parent was trained on, by version and key', async () => {
    // Features of the first three rows of people's holdout, under keys of their own.
    const features = [1, 2, 3].map((i) => (2_000_000 + i) * 0.5);
    const rows = features.map((x, i) => `w${i},${x},${i % 2 === 0 ? 'f' : 'm'},no`);
    const push = async (name: string, extra: object) => {
      const { body } = await project.post(`/datasets/${name}/versions`, {
        key: 'id',
        label: 'y',
        protected: ['sex'],
        ...extra,
      });
      return project.finished(body.job.id);
    };
    const uploadId = await project.upload(`id,x,sex,y\nw9,1,f,yes\n${rows.join('\n')}\n`);
    await push('web', { splits: [{ name: 'train', role: 'train', uploadId }] });
    const artifactUploadId = await project.upload('weights');
    const register = (name: string, more: object) =>
      project.post(`/models/${name}/versions`, { artifactUploadId, ...more });
    await register('base', { datasetVersions: ['web@1'] });
    await register('tuned', { parent: 'base@1', datasetVersions: ['people@1'] });
    await register('orphan', {});
    const lineage = (more: object) => ({
      contamination: { between: ['train', 'holdout'], exact: 0, ...more },
    });
    await project.pushPolicy(
      'lineage',
      [
        { id: 'all', ...lineage({}) },
        { id: 'alone', ...lineage({ scope: 'version' }) },
        { id: 'entities', ...lineage({ exact: 3, entities: 0 }) },
      ],
      undefined,
      { dataset: 'people@1' },
    );
    const dry = await project.check('tuned@1', 'lineage', { dryRun: true });
    expect(dry.rules.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
      'INCONCLUSIVE',
      'PASS',
      'INCONCLUSIVE',
    ]);
    const decision = await project.check('tuned@1', 'lineage');
    expect(decision.rules).toMatchObject([
      { verdict: 'FAIL', observed: 3, n: ROWS, reason: expect.stringContaining('web@1:train (3)') as string },
      { verdict: 'PASS', observed: 0 },
      // No version names a group column.
      { verdict: 'INCONCLUSIVE', remedy: expect.stringContaining('--group') as string },
    ]);
    const [{ id: countId }] = decision.rules[0].evidence.slice(-1);

    const report = await project.get('/models/tuned/versions/1/contamination?datasetVersion=people@1');
    expect(report.body).toMatchObject({
      gaps: [],
      trainedOn: [
        { ref: 'people@1', split: 'train', relation: 'trainedOn', via: ['tuned@1'] },
        { ref: 'web@1', split: 'train', relation: 'trainedOn', via: ['base@1'] },
      ],
    });
    const holdout = report.body.splits.find(({ split }: { split: string }) => split === 'holdout');
    expect(holdout).toMatchObject({
      sealed: true,
      count: { id: countId, rows: 3, possible: 3, total: ROWS },
    });
    const findings = await project.get(
      `/contamination-counts/${countId}/findings?first=2`,
      project.contributor,
    );
    expect(findings.body).toMatchObject({
      hasNextPage: true,
      items: [
        { row: 1, key: '2000001', kind: 'row', split: 'train', otherKey: 'w0' },
        { row: 2, key: '2000002', kind: 'row', split: 'train', otherKey: 'w1' },
      ],
    });
    const found = await project.graphql(
      `{ modelVersion(ref: "tuned@1") { contamination(datasetVersion: "people@1") { splits { split count { rows } } } }
         contaminationFindings(id: "${countId}") { items { key } } }`,
    );
    expect(found.modelVersion.contamination.splits[0]).toEqual({ split: 'holdout', count: { rows: 3 } });
    expect(found.contaminationFindings.items).toHaveLength(3);

    const unknown = await project.check('orphan@1', 'lineage');
    expect(unknown.rules[0]).toMatchObject({
      verdict: 'INCONCLUSIVE',
      reason: expect.stringContaining('orphan@1 names no data that it was trained on') as string,
    });
    const refused = await project.post('/models/orphan/versions/1/contamination', {
      datasetVersion: 'people@1',
    });
    expect(refused).toMatchObject({ status: 409, body: { code: 'TRAINING_DATA_UNKNOWN' } });
    expect((await project.get('/models/orphan/versions/1/contamination')).body.code).toBe(
      'CONTAMINATION_DATASET_MISSING',
    );
    const change = (rows: string) =>
      project.rows(
        `UPDATE contamination_count SET outcome = replace(outcome::text, $1, $2)::json WHERE id = $3`,
        [...rows.split(' > '), countId],
      );
    await change('"rows":3,"possible" > "rows":0,"possible"');
    expect(
      (await project.post('/gate-decisions', { modelVersion: 'tuned@1', policy: 'lineage' })).body.code,
    ).toBe('RECORD_ALTERED');
    await change('"rows":0,"possible" > "rows":3,"possible"');
  });

  it('stands in the lineage and, by its digest, in the audit log; the bundle proves either view', async () => {
    const decision = await project.check('unfair@1', 'credit');
    const { body } = await project.get(
      `/lineage?node=decision:${decision.decisionId}&direction=upstream&depth=1`,
    );
    expect(body.edges.map((edge: { relation: string }) => edge.relation).sort()).toEqual([
      'decided',
      'decided_by',
    ]);
    for (const key of [project.test.apiKey, project.contributor]) {
      const bundle = (await project.get(`/gate-decisions/${decision.decisionId}/bundle`, key)).body;
      expect(Object.keys(bundle)).toEqual(['kind', 'decision', 'audit']);
      expect(bundle.audit.body.decisionDigest).toBe(digestOf(bundle.decision));
      expect(bundle.decision.redacted).toBe(key === project.contributor);
    }
    const { rows } = await project.test.database.admin.query(
      `SELECT body::text AS body FROM audit_leaf WHERE action LIKE 'gate.decision%'`,
    );
    expect(JSON.stringify(rows)).not.toMatch(/observed|neededN|salt/);
  });

  it('becomes stale when its model is evaluated again, or its policy changes', async () => {
    await project.registerModel('moving');
    await project.evaluate('moving@1', 'people@1', ROWS, { wrong: 12 });
    await project.pushPolicy('changing', RULES);
    const first = await project.check('moving@1', 'changing');
    expect((await project.get(`/gate-decisions/${first.decisionId}/freshness`)).body).toEqual({
      fresh: true,
      reasons: [],
    });
    await project.evaluate('moving@1', 'people@1', ROWS, { wrong: 11 });
    const state = async (id: string) => (await project.get(`/gate-decisions/${id}`)).body.state as string;
    expect((await project.get(`/gate-decisions/${first.decisionId}/freshness`)).body.fresh).toBe(false);
    await project.until(async () => (await state(first.decisionId)) === 'stale');
    const second = await project.check('moving@1', 'changing');
    expect(second.decisionId).not.toBe(first.decisionId);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await state(second.decisionId)).toBe('standing');
    await project.pushPolicy('changing', [RULES[0]!]);
    expect(await state(second.decisionId)).toBe('stale');
    expect(
      (await project.get(`/gate-decisions/${second.decisionId}/freshness`)).body.reasons.join(),
    ).toContain('version 2');
  });

  it('stays as it is when an earlier look is asked about later: that came too late to choose its model by', async () => {
    const later = await project.check('unfair@1', 'credit');
    // An answer that told something of the look before: PASS, where nothing was said.
    await project.pushPolicy('late', [RULES[0]!]);
    expect((await project.check('good@1', 'late')).verdict).toBe('PASS');
    expect((await project.get(`/gate-decisions/${later.decisionId}/freshness`)).body.fresh).toBe(true);
    expect((await project.check('unfair@1', 'credit')).decisionId).toBe(later.decisionId);
    // What is decided anew pays for it.
    await project.pushPolicy('later', [RULES[0]!]);
    const answers = async (name: string) =>
      ((await project.check('unfair@1', name)).caveats as string[]).find((caveat) =>
        caveat.includes('sealed split holdout'),
      );
    expect(await answers('credit')).toContain('after one answer that told something');
    // Of `changing` too: what it judged first were the same predictions, so the same look.
    expect(await answers('later')).toContain('after 3 answers that told something');
  });

  it('never changes: the application may not', async () => {
    const rows = await project.rows<{ changes: boolean }>(
      `SELECT has_any_column_privilege('assay_app', name, 'UPDATE') OR has_table_privilege('assay_app', name, 'DELETE') AS changes
       FROM unnest(ARRAY['gate_policy', 'gate_decision', 'gate_decision_staleness']) AS name`,
    );
    expect(rows.map(({ changes }) => changes)).toEqual([false, false, false]);
  });

  it('stays in its project', async () => {
    const other = await project.test.newProject('elsewhere');
    const { decisionId } = await project.check('good@1', 'credit');
    const answer = await project.test.request
      .get(`/v1/projects/elsewhere/gate-decisions/${decisionId}`)
      .set('authorization', `Bearer ${other.apiKey}`);
    expect(answer).toMatchObject({ status: 404, body: { code: 'GATE_DECISION_NOT_FOUND' } });
  });

  it.each([
    [{ modelVersion: 'good@9', policy: 'credit' }, 404, 'MODEL_VERSION_NOT_FOUND'],
    [{ modelVersion: 'good@1', policy: 'nobody' }, 404, 'POLICY_NOT_FOUND'],
    [{ modelVersion: 'good@1' }, 400, 'POLICY_NOT_NAMED'],
    [{ modelVersion: 'good@1', policy: 'credit', waive: true }, 400, 'REQUEST_INVALID'],
    [
      { modelVersion: 'good@1', policy: 'credit', datasetVersion: 'nothing@1' },
      404,
      'DATASET_VERSION_NOT_FOUND',
    ],
  ])('refuses %j', async (body, status, code) => {
    expect(await project.post('/gate-decisions', body)).toMatchObject({ status, body: { code } });
  });

  it('answers GraphQL with typed rule results, in as many statements for more models as for fewer', async () => {
    const fields = `latestDecision(policy: "credit") { verdict gatePolicy { name } evaluations { evaluationId }
      rules { id verdict observed ci threshold reason remedy evidence { kind id } } }
      gateDecisions(first: 2) { items { decisionId verdict } }`;
    const all = `{ models { items { name versions { items { ${fields} } } } } }`;
    const data = await project.graphql(`{ modelVersion(ref: "good@1") { ${fields} } }`);
    expect(data.modelVersion.latestDecision).toMatchObject({
      verdict: 'PASS',
      gatePolicy: { name: 'credit' },
      rules: [{ id: 'auc', verdict: 'PASS' }, {}, {}, {}],
    });
    await project.graphql(all);
    const fewer = await statementsOf(() => project.graphql(all));
    await project.registerModel('another');
    await project.check('another@1', 'credit');
    const more = await statementsOf(() => project.graphql(all));
    expect(more.length).toBe(fewer.length);
    const mutation = `mutation ($input: CheckGateInput!) { checkGate(input: $input) { decision { verdict } job { id } } }`;
    const checked = await project.graphql(mutation, {
      input: { modelVersion: 'unfair@1', policy: 'credit', stage: null, datasetVersion: null, dryRun: null },
    });
    expect(checked.checkGate).toEqual({ decision: { verdict: 'FAIL' }, job: null });
  });
});

describe('a model of numbers', () => {
  const KEYS = { validation: 0, holdout: 1000 };
  const priceOf = (key: number) => 50 + ((key * 37) % 101) / 4;
  const prices = (from: number) =>
    Array.from({ length: 120 }, (_, i) => `${from + i},${i % 2 === 0 ? 'f' : 'm'},${priceOf(from + i)}`);
  /** Off by up to `size`, to both sides. */
  const predicted = (from: number, size: number) =>
    Array.from({ length: 120 }, (_, i) => {
      const error = size * (((i * 29) % 61) / 30 - 1);
      return `${from + i},${priceOf(from + i) + error}`;
    });
  const REGRESSION = { task: 'regression' };

  async function evaluated(model: string, size: number): Promise<string> {
    const predictions = await Promise.all(
      Object.entries(KEYS).map(async ([split, from]) => ({
        split,
        uploadId: await project.upload(`id,prediction\n${predicted(from, size).join('\n')}\n`),
      })),
    );
    const request = { modelVersion: model, datasetVersion: 'prices@1', predictions, protocol: REGRESSION };
    const job = await project.finished((await project.post('/evaluations', request)).body.job.id);
    expect(job).toMatchObject({ state: 'succeeded' });
    return job.result.evaluationId as string;
  }
  let unread: string | undefined;

  it('is evaluated by its errors, of which sealed ones are numbers for auditors alone', async () => {
    const splits = await Promise.all(
      Object.entries(KEYS).map(async ([name, from]) => ({
        name,
        role: name,
        uploadId: await project.upload(`id,sex,price\n${prices(from).join('\n')}\n`),
      })),
    );
    const { body } = await project.post('/datasets/prices/versions', {
      splits,
      key: 'id',
      label: 'price',
      protected: ['sex'],
    });
    expect(await project.finished(body.job.id)).toMatchObject({ state: 'succeeded' });
    for (const name of ['close', 'far']) await project.registerModel(name);
    await evaluated('far@1', 4);
    await evaluated('far@1', 6);
    const path = `/evaluations/${await evaluated('close@1', 1)}`;
    const seen = (await project.get(path)).body;
    expect(seen.protocol).toMatchObject({ task: 'regression', quantile: 0.5, positive: null, groups: [] });
    for (const split of ['validation', 'holdout'])
      expect(seen.splits[split]).toMatchObject({ n: 120, groups: [], fairness: {} });
    // Errors at 120 steps of a cycle of 61: summed in fractions.
    expect(seen.splits.validation.metrics.mae).toMatchObject({
      value: expect.closeTo(0.5086111111111111, 9),
      n: 120,
    });
    expect(Object.keys(seen.splits.holdout.metrics)).toEqual([
      'mae',
      'rmse',
      'r2',
      'mean_error',
      'quantile_loss',
    ]);
    const hidden = (await project.get(path, project.contributor)).body;
    expect(hidden.splits.validation).toEqual(seen.splits.validation);
    for (const metric of Object.values(hidden.splits.holdout.metrics))
      expect(metric).toMatchObject({ defined: false, reason: 'sealed' });
    const charts = (await project.get(`${path}/charts`)).body;
    expect(JSON.stringify(charts)).toContain('"classes":[]');
  });

  it('passes the gate on its bounds, and against another on the same rows; no look at it told anything', async () => {
    const rules = [
      { id: 'mae', metric: 'mae', split: 'holdout', atMost: 0.7 },
      { id: 'r2', metric: 'r2', split: 'holdout', atLeast: 0.98 },
      { id: 'better', compare: { to: 'far@1', metric: 'mae', split: 'holdout', margin: -1 } },
    ];
    await project.pushPolicy('prices', rules);
    const decision = await project.check('close@1', 'prices');
    expect(
      decision.rules.map(({ id: rule, verdict }: { id: string; verdict: string }) => [rule, verdict]),
    ).toEqual([
      ['mae', 'PASS'],
      ['r2', 'PASS'],
      ['better', 'PASS'],
    ]);
    expect(decision.caveats.join()).toContain('look 3 of');
    expect(decision.caveats.join()).toContain('after no answer that told something');
    // What counts is the baseline's best evaluation, 1.5 worse; its last, 2.5 worse, would pass.
    await project.pushPolicy('strongest', [
      { id: 'better', compare: { to: 'far@1', metric: 'mae', split: 'validation', margin: -2 } },
    ]);
    expect(await project.check('close@1', 'strongest')).toMatchObject({ verdict: 'FAIL' });
    await project.pushPolicy('classes', [
      { id: 'accuracy', metric: 'accuracy', split: 'holdout', atMost: 0.5 },
    ]);
    expect(await project.check('close@1', 'classes')).toMatchObject({ verdict: 'INCONCLUSIVE' });
  });

  it.each([
    [{ ...REGRESSION, metrics: ['mae', 'auc'] }, 'protocol.metrics[1]', 'expected a metric of regression'],
    [{ metrics: ['mae'] }, 'protocol.metrics[0]', 'needs task: regression'],
    [{ quantile: 0.9 }, 'protocol.quantile', 'expected it with task: regression'],
    [{ ...REGRESSION, threshold: 0.4 }, 'protocol.threshold', 'expected it with classes alone'],
    [{ ...REGRESSION, quantile: 1 }, 'protocol.quantile', 'below 1'],
  ])('refuses %j', async (protocol, path, message) => {
    unread ??= await project.upload('id,prediction\n');
    const predictions = [{ split: 'validation', uploadId: unread }];
    const request = { modelVersion: 'close@1', datasetVersion: 'prices@1', predictions, protocol };
    const { status, body } = await project.post('/evaluations', request);
    expect([status, body.code]).toEqual([400, 'PROTOCOL_INVALID']);
    expect(body.detail).toContain(`${path}: `);
    expect(body.detail).toContain(message);
  });

  it('refuses numbers of a label that holds none, and predictions that are none', async () => {
    const uploadId = await project.upload('id,prediction\n1,2\n');
    const predictions = [{ split: 'validation', uploadId }];
    const request = { modelVersion: 'close@1', predictions, protocol: REGRESSION };
    const refused = await project.post('/evaluations', { ...request, datasetVersion: 'people@1' });
    expect(refused.body).toMatchObject({
      code: 'PROTOCOL_INVALID',
      detail: expect.stringContaining('with the label "y" of type text') as string,
    });
    const words = await project.upload(
      `id,prediction\n${prices(0)
        .map((row) => row.replace(/,.*/, ',much'))
        .join('\n')}\n`,
    );
    const { body } = await project.post('/evaluations', {
      ...request,
      datasetVersion: 'prices@1',
      predictions: [{ split: 'validation', uploadId: words }],
    });
    expect(await project.finished(body.job.id)).toMatchObject({
      state: 'failed',
      error: { code: 'PREDICTION_NOT_NUMERIC', details: { count: 120, keys: ['0', '1', '2', '3', '4'] } },
    });
  });
});
