import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.js';
import { startTestApp, type TestApp } from '../support/start-test-app.js';

interface Decision {
  verdict: string;
  rules: { id: string; verdict: string; reason: string; remedy: string | null }[];
  caveats: string[];
  datasetVersion: { label: string } | null;
}

/** Every second row is `b`; `noise` of ten rows are not as their number says. */
const rows = (count: number, prefix: string) =>
  `id,x,y\n${Array.from({ length: count }, (_, i) => `${prefix}${i},${i}.5,${i % 2 === 0 ? 'a' : 'b'}\n`).join('')}`;
const guesses = (count: number, right: (i: number) => boolean) =>
  `id,prediction\n${Array.from({ length: count }, (_, i) => `h${i},${(i % 2 === 0) === right(i) ? 'a' : 'b'}\n`).join('')}`;

const ROWS = 400;
const POOR = guesses(ROWS, (i) => i % 4 < 2);
const PERFECT = guesses(ROWS, () => true);

describe('who trains a model does not choose how it is judged', () => {
  let test: TestApp;
  let admin: ApiClient;
  let contributor: ApiClient;
  beforeAll(async () => {
    test = await startTestApp({ workers: true });
    admin = new ApiClient(test);
    contributor = new ApiClient(test, await test.key('contributor'));
    await push(admin, 'real', 't');
    await push(contributor, 'easy', 'u');
    // What looks at sealed rows cost is another matter (e2e/ladder).
    await push(admin, 'open', 't', false);
  }, 120_000);
  afterAll(() => test.stop());

  async function push(
    who: ApiClient,
    name: string,
    prefix: string,
    sealed = true,
  ): Promise<{ datasetVersionId: string }> {
    return who.job(`datasets/${name}/versions`, {
      splits: [
        { name: 'train', role: 'train', uploadId: await who.upload(rows(50, prefix)) },
        { name: 'holdout', role: 'holdout', sealed, uploadId: await who.upload(rows(ROWS, 'h')) },
      ],
      key: 'id',
      label: 'y',
    });
  }

  async function candidate(model: string): Promise<string> {
    await contributor.post(`models/${model}/versions`, { artifactUploadId: await contributor.upload(model) });
    return `${model}@1`;
  }

  async function evaluate(
    modelVersion: string,
    datasetVersion: string,
    csv: string,
    protocol?: object,
    who = contributor,
  ) {
    await who.job('evaluations', {
      modelVersion,
      datasetVersion,
      predictions: [{ split: 'holdout', uploadId: await who.upload(csv) }],
      protocol,
    });
  }

  const policy = (name: string, spec: object) =>
    admin.post('policies', {
      document: { apiVersion: 'assay/v1', kind: 'GatePolicy', metadata: { name, stage: name }, spec },
    });
  const ACCURATE = [{ id: 'accuracy', metric: 'accuracy', split: 'holdout', atLeast: 0.8 }];
  const check = (modelVersion: string, stage: string, more: object = {}) =>
    contributor.post<Decision>('gate-decisions', { modelVersion, policy: stage, stage, ...more });
  /** The decision, after the comparison that it may need. */
  async function settled(modelVersion: string, stage: string): Promise<Decision> {
    const answer = await check(modelVersion, stage);
    if (!('job' in answer)) return answer;
    await contributor.ended((answer as { job: { id: string } }).job.id);
    return settled(modelVersion, stage);
  }
  const promoted = async (modelVersion: string, stage: string) =>
    (await contributor.send('post', 'promotions').send({ modelVersion, stage })).status;

  it('does not pass on data that a contributor pushed', async () => {
    await policy('unnamed', { rules: ACCURATE });
    const model = await candidate('unnamed');
    await evaluate(model, 'easy@1', PERFECT);
    const decision = await check(model, 'unnamed');
    expect(decision.verdict).toBe('INCONCLUSIVE');
    expect(decision.rules[0]?.reason).toContain('easy@1 was pushed by');
    expect(await promoted(model, 'unnamed')).toBe(409);
  });

  it('passes on the same rows once somebody pushed them who may push policies', async () => {
    await policy('endorsed', { rules: ACCURATE });
    await push(contributor, 'later', 'w');
    const model = await candidate('endorsed');
    await evaluate(model, 'later@1', PERFECT);
    expect((await check(model, 'endorsed')).verdict).toBe('INCONCLUSIVE');
    // Another version: a contributor's ids do not say that their rows are somebody else's.
    await push(admin, 'later', 'w');
    await evaluate(model, 'later@2', PERFECT);
    expect((await check(model, 'endorsed')).verdict).toBe('PASS');
    expect(await promoted(model, 'endorsed')).toBe(201);
  });

  it('judges on the dataset that the policy names, whatever was evaluated last', async () => {
    await policy('named', { dataset: 'real', rules: ACCURATE });
    const model = await candidate('named');
    await evaluate(model, 'real@1', POOR);
    await evaluate(model, 'easy@1', PERFECT);
    const decision = await check(model, 'named');
    expect(decision).toMatchObject({ verdict: 'FAIL', datasetVersion: { label: 'real@1' } });
    const refused = await contributor
      .send('post', 'gate-decisions')
      .send({ modelVersion: model, policy: 'named', datasetVersion: 'easy@1' });
    expect([refused.status, (refused.body as { code: string }).code]).toEqual([400, 'DATASET_NOT_OF_POLICY']);
    expect(await promoted(model, 'named')).toBe(409);
  });

  it("does not take a contributor's next version of the dataset that the policy names", async () => {
    await policy('series', { dataset: 'series', rules: ACCURATE });
    await push(admin, 'series', 't');
    const model = await candidate('series');
    await evaluate(model, 'series@1', POOR);
    await push(contributor, 'series', 'v');
    await evaluate(model, 'series@2', PERFECT);
    expect(await check(model, 'series')).toMatchObject({
      verdict: 'FAIL',
      datasetVersion: { label: 'series@1' },
    });
  });

  it('takes exactly the version that the policy names, and none when there is none', async () => {
    await policy('exact', { dataset: 'easy@1', rules: ACCURATE });
    const model = await candidate('exact');
    await evaluate(model, 'easy@1', PERFECT);
    expect((await check(model, 'exact')).verdict).toBe('PASS');
    await policy('exact', { dataset: 'nothing', rules: ACCURATE });
    expect(await check(model, 'exact')).toMatchObject({ verdict: 'INCONCLUSIVE', datasetVersion: null });
    expect(await promoted(model, 'exact')).toBe(409);
  });

  it('does not let anybody make the baseline easier to beat by sending worse predictions in its name', async () => {
    await policy('baseline', {
      dataset: 'real',
      rules: [
        { id: 'baseline', compare: { to: 'strong@1', metric: 'accuracy', split: 'holdout', margin: 0.05 } },
      ],
    });
    const strong = await candidate('strong');
    await evaluate(strong, 'real@1', PERFECT, undefined, admin);
    const weak = await candidate('weak');
    await evaluate(
      weak,
      'real@1',
      guesses(ROWS, (i) => i % 5 > 0),
    );
    expect(await settled(weak, 'baseline')).toMatchObject({ verdict: 'FAIL' });
    await evaluate(strong, 'real@1', POOR);
    expect(await settled(weak, 'baseline')).toMatchObject({ verdict: 'FAIL' });
    // Nor under a protocol of one's own, in which the baseline was never seen at its best.
    await evaluate(strong, 'real@1', POOR, { threshold: 0.4 });
    await evaluate(
      weak,
      'real@1',
      guesses(ROWS, (i) => i % 5 > 0),
      { threshold: 0.4 },
    );
    expect(await settled(weak, 'baseline')).toMatchObject({ verdict: 'INCONCLUSIVE' });
  });

  it('compares only with what somebody sent for the baseline who may push policies', async () => {
    await policy('pinned', {
      dataset: 'open',
      rules: [
        { id: 'baseline', compare: { to: 'steady@1', metric: 'accuracy', split: 'holdout', margin: 0.05 } },
      ],
    });
    const steady = await candidate('steady');
    const weak = await candidate('feeble');
    await evaluate(steady, 'open@1', POOR);
    await evaluate(
      weak,
      'open@1',
      guesses(ROWS, (i) => i % 5 > 0),
    );
    const first = await settled(weak, 'pinned');
    expect(first.verdict).toBe('INCONCLUSIVE');
    expect(first.rules[0]?.reason).toContain('who may not push policies');
    expect(first.rules[0]?.remedy).toContain('somebody with the permission policy');
    // Standing at the stage on poor predictions would make them count, but a version is no evidence for itself.
    expect((await settled(steady, 'pinned')).verdict).toBe('PASS');
    expect(await promoted(steady, 'pinned')).toBe(201);
    expect((await settled(weak, 'pinned')).verdict).toBe('INCONCLUSIVE');
    // The very same predictions count from whom they may come, and better ones too.
    await evaluate(steady, 'open@1', POOR, undefined, admin);
    expect((await settled(weak, 'pinned')).verdict).toBe('PASS');
    await evaluate(steady, 'open@1', PERFECT, undefined, admin);
    expect((await settled(weak, 'pinned')).verdict).toBe('FAIL');
  });

  it('compares with the champion on what let it in, and on new data only on what was sent by those who may', async () => {
    await push(admin, 'growing', 'g');
    await policy('reign', { dataset: 'growing', rules: ACCURATE });
    const champion = await candidate('reign');
    await evaluate(champion, 'growing@1', PERFECT);
    expect((await settled(champion, 'reign')).verdict).toBe('PASS');
    expect(await promoted(champion, 'reign')).toBe(201);
    await policy('reign', {
      dataset: 'growing',
      rules: [
        ...ACCURATE,
        { id: 'champion', compare: { metric: 'accuracy', split: 'holdout', margin: 0.02 } },
      ],
    });
    await contributor.post('models/reign/versions', { artifactUploadId: await contributor.upload('next') });
    const worse = guesses(ROWS, (i) => i % 8 > 0);
    await evaluate('reign@2', 'growing@1', worse);
    // Sent in the champion's name by whoever wants to replace it: not what let it in.
    await evaluate(champion, 'growing@1', POOR);
    expect(await settled('reign@2', 'reign')).toMatchObject({ verdict: 'FAIL' });
    // New data, and the contributor is the first to send anything.
    await push(admin, 'growing', 'k');
    await evaluate(champion, 'growing@2', POOR);
    await evaluate('reign@2', 'growing@2', worse);
    const decision = await settled('reign@2', 'reign');
    expect(decision.verdict).toBe('INCONCLUSIVE');
    expect(decision.rules[1]?.reason).toContain(
      'reign@1 was evaluated on holdout of this dataset version by',
    );
    expect(await promoted('reign@2', 'reign')).toBe(409);
    await evaluate(champion, 'growing@2', PERFECT, undefined, admin);
    expect((await settled('reign@2', 'reign')).verdict).toBe('FAIL');
  });

  it('does not pass on an older version of the data, unless the policy names it', async () => {
    await push(admin, 'aging', 'a');
    await policy('aging', { rules: ACCURATE });
    const model = await candidate('aging');
    await evaluate(model, 'aging@1', PERFECT);
    const before = await check(model, 'aging');
    expect(before.verdict).toBe('PASS');
    expect(before.caveats.join()).toContain('the policy names no dataset: aging@1');
    await push(admin, 'aging', 'b');
    // What passed before the data changed does not stand any more.
    expect(await promoted(model, 'aging')).toBe(409);
    const after = await check(model, 'aging');
    expect(after.verdict).toBe('INCONCLUSIVE');
    expect(after.rules[0]?.reason).toContain(
      'the newest version of its dataset that counts, which is aging@2',
    );
    await policy('aging', { dataset: 'aging@1', rules: ACCURATE });
    const named = await check(model, 'aging');
    expect(named.verdict).toBe('PASS');
    expect(named.caveats.join()).not.toContain('names no dataset');
  });

  it('does not let the sender of predictions choose the class that counts', async () => {
    const rules = [{ id: 'recall', metric: 'recall', split: 'holdout', atLeast: 0.9 }];
    await policy('recall', { dataset: 'open', rules });
    const model = await candidate('recall');
    const always = guesses(ROWS, (i) => i % 2 === 0);
    await evaluate(model, 'open@1', always);
    expect((await check(model, 'recall')).verdict).toBe('FAIL');
    await evaluate(model, 'open@1', always, { positive: 'a' });
    const decision = await check(model, 'recall');
    expect(decision.verdict).toBe('INCONCLUSIVE');
    expect(decision.rules[0]?.reason).toContain('positive "a" by the choice of its sender');
    await policy('recall', { dataset: 'open', protocol: { positive: 'b' }, rules });
    expect((await check(model, 'recall')).verdict).toBe('INCONCLUSIVE');
    await policy('recall', { dataset: 'open', protocol: { positive: 'a' }, rules });
    expect((await check(model, 'recall')).verdict).toBe('PASS');
  });
});
