import { GatedProject } from '../../integration/gated-project.js';
import { ROLE_NAMES } from '../../../src/platform/auth/index.js';

/** Ids and names of things that exist, by what they are of; requests are made of them so that they get deep. */
export type Pools = Record<string, string[]>;

export const ROWS = 60;
/** Planted in the other project: no answer to a key of the first may hold it. */
export const FOREIGN = 'foreign-marker-7f3a';

const RULES = [
  { id: 'auc', metric: 'auc', split: 'validation', atLeast: 0.55 },
  { id: 'leakage', contamination: { between: ['train', 'holdout'], exact: 0 } },
];

/** A project with one of everything, another project beside it, and a key of every role. */
export class FuzzWorld {
  private constructor(
    readonly project: GatedProject,
    readonly pools: Pools,
    readonly keys: Readonly<Record<string, string>>,
  ) {}

  static async start(): Promise<FuzzWorld> {
    const project = await GatedProject.start();
    const { test } = project;
    await project.post('/sources', { name: 'census', kind: 'logs' });
    // Somebody to be erased: whom nobody ever spoke of cannot be.
    for (const subject of ['id', 'x']) await project.post('/subjects/withdraw', { subject });
    await project.pushDataset('people', ROWS);
    for (const split of ['train', 'validation', 'holdout']) await project.profile('people@1', split);
    await project.runChecks('people@1', [{ check: 'duplicates' }]);
    await project.post('/sampling-plans', {
      dataset: 'seen',
      datasetVersion: 'people@1',
      split: 'train',
      capacity: 20,
    });
    await project.registerModel('credit', ['people@1']);
    await project.registerModel('credit', ['people@1']);
    const evaluation = await project.evaluate('credit@1', 'people@1', ROWS, { wrong: 12 });
    await project.evaluate('credit@2', 'people@1', ROWS, { wrong: 6 });
    const counted = await project.countContamination('credit');
    const imported = await project.importResults('credit@1');
    await project.pushPolicy('pilot', RULES, 'pilot');
    await project.pushPolicy('strict', [{ ...RULES[0], atLeast: 0.999 }], 'production');
    const decision = await project.check('credit@1', 'pilot');
    await project.check('credit@2', 'strict');
    const promotion = await project.post('/promotions', { modelVersion: 'credit@1', stage: 'pilot' });
    if (promotion.status !== 201) throw new Error(JSON.stringify(promotion.body));
    await project.post('/experiments', { name: 'wages' });
    const run = await project.post('/runs', {
      experiment: 'wages',
      params: { lr: 0.1 },
      inputs: [{ datasetVersion: 'people@1' }],
    });
    await project.post(`/runs/${run.body.id}/log`, {
      sizes: ['1', '2', '5'],
      kinds: ['gateDecision', 'modelVersion'],
      metrics: [
        { key: 'train/loss', value: 1 },
        { key: 'train/loss', value: 0.5, step: 1 },
      ],
    });
    const more = await Promise.all(
      Array.from({ length: 16 }, () => project.post('/runs', { experiment: 'wages' })),
    );
    const spare = await project.post('/keys', { roles: ['viewer'], name: 'spare' });
    const foreign = await plantForeign(project);
    await project.until(async () => (await project.rows('SELECT FROM audit_pending')).length === 0);

    const keys: Record<string, string> = {
      every: test.apiKey,
      garbage: 'assay_nonsense',
      foreign: foreign.apiKey,
    };
    for (const role of ROLE_NAMES) keys[role] = await test.key(role);

    const [version, model, policy] = await Promise.all(
      ['/dataset-versions/people@1', '/models/credit/versions/1', '/policies/pilot'].map(
        async (path) => (await project.get(path)).body.id as string,
      ),
    );
    const ids = async (path: string) =>
      (await project.get(path)).body.items.map((item: { id: string }) => item.id) as string[];
    const uploads = [
      await project.upload(predictions()),
      await project.upload('id,x,sex,y\n1,2,f,yes\n2,3,m,no\n'),
      await project.upload('not a,csv\n"'),
    ];
    const begun = await Promise.all(
      Array.from({ length: 8 }, () =>
        test.request
          .post('/v1/projects/default/resumable-uploads')
          .set({ authorization: `Bearer ${test.apiKey}`, 'tus-resumable': '1.0.0', 'upload-length': '5000' })
          .expect(201),
      ),
    );
    const pools: Pools = {
      project: ['default'],
      datasets: ['people', 'PEOPLE', 'fresh'],
      'dataset-versions': ['people@1', 'people', 'people@latest', version!],
      models: ['credit', 'Credit', 'fresh'],
      modelVersions: ['credit@1', 'credit@2', model!],
      versions: ['1', '2', '9', 'latest'],
      splits: ['train', 'validation', 'holdout', 'north'],
      experiments: ['wages', 'fresh'],
      // What one request ends another may still write to.
      runs: [run, ...more.slice(0, 5)].map(({ body }) => body.id as string),
      runsToFinish: more.slice(5).map(({ body }) => body.id as string),
      jobs: (await ids('/jobs')).slice(0, 5),
      keys: [spare.body.id],
      evaluations: [evaluation],
      'evaluation-imports': [imported],
      'contamination-counts': counted,
      'dataset-checks': await ids('/dataset-versions/people@1/checks'),
      decisions: [decision.id ?? decision.decisionId],
      policies: ['pilot', 'strict@1', policy!],
      'sampling-plans': ['seen', 'SEEN', 'fresh'],
      sources: ['census', 'census@1', 'fresh'],
      subjects: ['id', 'x'],
      stages: ['pilot', 'production'],
      promotions: [promotion.body.id],
      uploads,
      'resumable-uploads': begun.slice(0, 5).map(({ body }) => (body as { id: string }).id),
      resumableToEnd: begun.slice(5).map(({ body }) => (body as { id: string }).id),
      entries: (await ids('/audit/entries')).slice(0, 5),
      sizes: ['1', '2', '5'],
      kinds: ['gateDecision', 'modelVersion'],
      metrics: ['train/loss', 'lr'],
      nodes: [
        'model:credit@1',
        'dataset:people@1',
        `run:${run.body.id}`,
        `evaluation:${evaluation}`,
        `importedEvaluation:${imported}`,
        `modelVersion:${model}`,
      ],
      foreign: foreign.ids,
    };
    return new FuzzWorld(project, pools, keys);
  }

  stop(): Promise<void> {
    return this.project.stop();
  }
}

async function plantForeign({ test }: GatedProject): Promise<{ apiKey: string; ids: string[] }> {
  const other = await test.newProject('other');
  const post = async (path: string, body: object) => {
    const answer = await test.request
      .post(`/v1/projects/other${path}`)
      .set('authorization', `Bearer ${other.apiKey}`)
      .send(body);
    if (answer.status !== 201) throw new Error(answer.text);
    return (answer.body as { id: string }).id;
  };
  const experiment = await post('/experiments', { name: FOREIGN });
  const run = await post('/runs', { experiment: FOREIGN, name: FOREIGN, params: { secret: FOREIGN } });
  // A key that may not write there: what changes in the other project is a hole.
  const viewer = await test.request
    .post('/v1/projects/other/keys')
    .set('authorization', `Bearer ${other.apiKey}`)
    .send({ roles: ['viewer'] });
  return { apiKey: (viewer.body as { secret: string }).secret, ids: [experiment, run, other.id, FOREIGN] };
}

/** Good predictions for the validation split: every key, no scores. */
function predictions(): string {
  const first = 1_000_001;
  return `id,prediction\n${Array.from({ length: ROWS }, (_, i) => `${first + i},yes`).join('\n')}\n`;
}
