import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatedProject, type Answer } from './gated-project.js';

let project: GatedProject;

const ROWS = 2000;
const ACCURATE = { id: 'accuracy', metric: 'accuracy', split: 'holdout', atLeast: 0.8 };
const NOT_WORSE = {
  id: 'champion',
  compare: { to: 'champion', metric: 'accuracy', split: 'holdout', margin: 0.02 },
};
const OPEN = { dataset: 'open' };

beforeAll(async () => {
  project = await GatedProject.start();
  await project.pushDataset('people', ROWS);
  // Where many policies are asked about the same rows: of sealed ones each answer would leave less of alpha.
  await project.pushDataset('open', ROWS, 0, false);
  // Versions 1 and 2 are good, 3 is bad.
  for (const wrong of [12, 13, 3]) {
    await project.registerModel('credit');
    const version = wrong === 12 ? 1 : wrong === 13 ? 2 : 3;
    for (const dataset of ['open@1', 'people@1'])
      await project.evaluate(`credit@${version}`, dataset, ROWS, { wrong }, ['validation', 'holdout']);
  }
  await project.pushPolicy('pilot', [ACCURATE], 'pilot');
  await project.pushPolicy('successor', [ACCURATE, NOT_WORSE], 'succession', OPEN);
});

afterAll(() => project?.stop());

const promote = (modelVersion: string, stage: string, key?: string) =>
  project.post('/promotions', { modelVersion, stage }, key);

describe('a promotion', () => {
  it('is refused where no policy guards the stage, or nobody has asked the gate', async () => {
    expect(await promote('credit@1', 'nowhere')).toMatchObject({
      status: 409,
      body: { code: 'NO_POLICY_FOR_STAGE' },
    });
    expect(await promote('credit@1', 'pilot')).toMatchObject({
      status: 409,
      body: {
        code: 'PROMOTION_REFUSED',
        decisionId: null,
        reasons: [{ id: 'decision', remedy: expect.stringContaining('assay gate check credit@1') }],
      },
    });
    expect((await project.get('/promotions')).body.items).toEqual([]);
  });

  it('is refused on a FAIL, with the reasons of the decision as the caller may see them', async () => {
    const decision = await project.check('credit@3', 'pilot');
    expect(decision.verdict).toBe('FAIL');
    const whole = await promote('credit@3', 'pilot');
    expect(whole).toMatchObject({
      status: 409,
      body: {
        decisionId: decision.decisionId,
        verdict: 'FAIL',
        reasons: [{ id: 'accuracy', reason: decision.rules[0].reason }],
      },
    });
    const sealed = await promote('credit@3', 'pilot', project.contributor);
    expect(sealed.body.reasons[0].reason).toContain('Sealed');
    expect(JSON.stringify(sealed.body)).not.toContain(decision.rules[0].reason);
  });

  it('of what passed is recorded, deployed, traced and audited; asked again it is the same one', async () => {
    const decision = await project.check('credit@1', 'pilot');
    expect(decision.verdict).toBe('PASS');
    const { status, body } = await promote('credit@1', 'pilot', project.contributor);
    expect([status, body]).toMatchObject([
      201,
      {
        stage: 'pilot',
        modelVersionLabel: 'credit@1',
        previousModelVersionId: null,
        gateDecisionIds: [decision.decisionId],
      },
    ]);
    expect((await promote('credit@1', 'pilot')).body).toEqual(body);
    expect((await project.get('/deployments?stage=pilot&state=current')).body.items).toMatchObject([
      { modelVersionLabel: 'credit@1', promotionId: body.id, until: null },
    ]);
    const lineage = (await project.get(`/lineage?node=promotion:${body.id}&direction=upstream`)).body;
    const kinds = new Set(lineage.nodes.map((node: { kind: string }) => node.kind));
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        'promotion',
        'gateDecision',
        'policy',
        'evaluation',
        'modelVersion',
        'datasetVersion',
      ]),
    );
    const audited = await project.rows<{ action: string }>(
      `SELECT action FROM audit_leaf WHERE subject_id = $1`,
      [body.id],
    );
    expect(audited).toEqual([{ action: 'model.promoted' }]);
  });

  it('of one version does not promote another', async () => {
    expect(await promote('credit@2', 'pilot')).toMatchObject({
      status: 409,
      body: { code: 'PROMOTION_REFUSED', decisionId: null },
    });
  });

  it('supersedes what stood there', async () => {
    await project.check('credit@2', 'pilot');
    const [first, second] = [
      (await project.get('/promotions')).body.items[0],
      (await promote('credit@2', 'pilot')).body,
    ];
    expect(second.previousModelVersionId).toBe(first.modelVersionId);
    const { items } = (await project.get('/deployments?stage=pilot')).body;
    expect(
      items.map(({ modelVersionLabel, state }: Record<string, string>) => [modelVersionLabel, state]),
    ).toEqual([
      ['credit@2', 'current'],
      ['credit@1', 'superseded'],
    ]);
  });

  it('needs a decision on the evidence of today', async () => {
    await project.registerModel('moving');
    await project.evaluate('moving@1', 'people@1', ROWS, { wrong: 12 }, ['holdout']);
    expect((await project.check('moving@1', 'pilot')).verdict).toBe('PASS');
    await project.evaluate('moving@1', 'people@1', ROWS, { wrong: 3 }, ['holdout']);
    const refused = await promote('moving@1', 'pilot');
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'PROMOTION_REFUSED', reasons: [{ id: 'freshness' }] },
    });
    expect((await project.check('moving@1', 'pilot')).verdict).toBe('FAIL');
    expect((await promote('moving@1', 'pilot')).body).toMatchObject({ verdict: 'FAIL' });
  });

  it('is refused once the evidence is as old as the policy lets it be', async () => {
    await project.registerModel('brief');
    let decision: Answer['body'] = {};
    // A slow machine takes longer from evidence to decision.
    for (let seconds = 4; decision.verdict !== 'PASS'; seconds *= 2) {
      const evidence = { maxAge: `${seconds}s` };
      await project.pushPolicy('brief', [{ ...ACCURATE, atLeast: 0.5 }], 'brief', { evidence });
      await project.evaluate('brief@1', 'people@1', ROWS, { wrong: seconds }, ['holdout']);
      decision = await project.check('brief@1', 'brief', { stage: 'brief' });
    }
    const freshness = async () =>
      (await project.get(`/gate-decisions/${decision.decisionId}/freshness`)).body as Answer['body'];
    while ((await freshness()).fresh) await sleep(100);
    expect((await freshness()).reasons.join()).toContain('maximum age');
    expect(await promote('brief@1', 'brief')).toMatchObject({
      status: 409,
      body: { code: 'PROMOTION_REFUSED', reasons: [{ id: 'freshness' }] },
    });
    expect((await project.check('brief@1', 'brief', { stage: 'brief' })).verdict).toBe('INCONCLUSIVE');
  });

  it('needs every policy of the stage, in its latest version', async () => {
    await project.pushPolicy('guard', [{ ...ACCURATE, atLeast: 0.5 }], 'guarded');
    await project.check('credit@1', 'guard');
    await project.pushPolicy('guard', [{ ...ACCURATE, atLeast: 0.6 }], 'guarded');
    expect((await promote('credit@1', 'guarded')).body.reasons[0].reason).toContain('version 2');
    await project.check('credit@1', 'guard');
    await project.pushPolicy('second-guard', [{ ...ACCURATE, atLeast: 0.99 }], 'guarded');
    expect((await promote('credit@1', 'guarded')).body.refusals).toMatchObject([
      { policy: 'second-guard', decisionId: null },
    ]);
    await project.check('credit@1', 'second-guard');
    expect((await promote('credit@1', 'guarded')).body.refusals).toMatchObject([
      { policy: 'second-guard', verdict: 'FAIL' },
    ]);
    await project.pushPolicy('second-guard', [{ ...ACCURATE, atLeast: 0.7 }], 'guarded');
    await project.check('credit@1', 'second-guard');
    expect((await promote('credit@1', 'guarded')).status).toBe(201);
  });

  it('compares with the champion, paired on the same rows', async () => {
    const first = await project.check('credit@1', 'successor');
    expect(first.rules[1]).toMatchObject({
      verdict: 'INCONCLUSIVE',
      reason: expect.stringContaining('no champion'),
    });
    await project.pushPolicy('opening', [ACCURATE], 'succession', OPEN);
    await project.pushPolicy('successor', [ACCURATE], 'succession', OPEN);
    for (const policy of ['opening', 'successor']) await project.check('credit@1', policy);
    expect((await promote('credit@1', 'succession')).status).toBe(201);
    await project.pushPolicy('successor', [ACCURATE, NOT_WORSE], 'succession', OPEN);
    const asked = await project.post('/gate-decisions', { modelVersion: 'credit@2', policy: 'successor' });
    expect(asked).toMatchObject({ status: 202, body: { job: { kind: 'evaluation.compare' } } });
    const worse = await project.check('credit@3', 'successor');
    expect(worse.rules[1]).toMatchObject({ id: 'champion', verdict: 'FAIL', threshold: -0.02, n: ROWS });
    expect(worse.rules[1].reason).toContain('credit@3 less credit@1');
    const successor = await project.check('credit@2', 'successor');
    expect(successor.rules[1]).toMatchObject({ id: 'champion', verdict: 'PASS' });
    await project.check('credit@2', 'opening');
    expect((await promote('credit@2', 'succession')).status).toBe(201);
    // It stands there itself now: compared with itself, on other inputs than before.
    expect((await project.check('credit@2', 'successor')).rules[1]).toMatchObject({
      verdict: 'PASS',
      observed: 0,
    });
  });

  it('one at a time: of promotions at once, each finds the stage as the one before left it', async () => {
    await project.pushPolicy('race', [ACCURATE], 'race', OPEN);
    for (const version of [1, 2]) await project.check(`credit@${version}`, 'race');
    const answers = await Promise.all(
      [1, 2, 1, 2, 1, 2].map((version) => promote(`credit@${version}`, 'race')),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
    expect((await project.get('/deployments?stage=race&state=current')).body.items).toHaveLength(1);
    const chain = (await project.get('/promotions')).body.items
      .filter(({ stage }: { stage: string }) => stage === 'race')
      .reverse();
    for (const [i, step] of chain.entries())
      expect(step.previousModelVersionId).toBe(chain[i - 1]?.modelVersionId ?? null);
  });

  it('is refused to who may not, and for requests that are wrong', async () => {
    const reviewer = await project.test.key('reviewer');
    expect((await promote('credit@1', 'pilot', reviewer)).status).toBe(403);
    expect((await project.post('/promotions', { modelVersion: 'credit@1', stage: '../x' })).status).toBe(400);
    expect((await promote('credit@99', 'pilot')).body.code).toBe('MODEL_VERSION_NOT_FOUND');
  });

  it('is there in GraphQL', async () => {
    const data = await project.graphql(`{
      modelVersion(ref: "credit@2") { promotions { stage gateDecisions { verdict } } deployments { stage state } }
      deployments(stage: "pilot", state: "current") { items { modelVersionLabel } }
    }`);
    expect(data.modelVersion.promotions.map(({ stage }: { stage: string }) => stage)).toEqual(
      expect.arrayContaining(['pilot', 'succession']),
    );
    expect(data.modelVersion.promotions[0].gateDecisions[0]).toEqual({ verdict: 'PASS' });
    expect(data.deployments.items).toEqual([{ modelVersionLabel: 'credit@2' }]);
    await expect(
      project.graphql('mutation { promote(input: { modelVersion: "credit@3", stage: "pilot" }) { id } }'),
    ).rejects.toThrow('PROMOTION_REFUSED');
  });
});
