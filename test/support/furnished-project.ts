import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from './api-client.js';
import type { TestApp } from './start-test-app.js';

/** Names and ids of everything that a furnished project holds. Every name begins with the project's own mark. */
export interface Furnished {
  mark: string;
  projectId: string;
  project: string;
  /** A key with every role. */
  key: string;
  dataset: string;
  datasetVersion: string;
  datasetVersionId: string;
  secondDatasetVersionId: string;
  contentId: string;
  source: string;
  samplingPlan: string;
  /** Has rows in a dataset of its own, and withdrew consent. */
  subject: string;
  experiment: string;
  experimentId: string;
  runId: string;
  openRunId: string;
  model: string;
  modelId: string;
  modelVersion: string;
  modelVersionId: string;
  secondModelVersionId: string;
  evaluationId: string;
  importedEvaluationId: string;
  datasetCheckId: string;
  contaminationCountId: string;
  policy: string;
  policyId: string;
  stage: string;
  decisionId: string;
  promotionId: string;
  jobId: string;
  failedJobId: string;
  keyId: string;
  uploadId: string;
  resumableUploadId: string;
  entryId: string;
}

const ROWS = 240;
const SPLITS = [
  { name: 'train', role: 'train', from: 0 },
  { name: 'validation', role: 'validation', from: 10_000 },
  { name: 'holdout', role: 'holdout', from: 20_000 },
];

/**
 * One of everything, made over HTTP by a key with every role, as real use makes it: data with repeated rows, a run, two model
 * versions, evaluations, policies, decisions, promotions, a job that failed. The service must run workers. Returns when nothing
 * is under way any more.
 */
export async function furnish(test: TestApp, project: string, key: string, mark: string): Promise<Furnished> {
  const api = new ApiClient(test, key, project);
  const [dataset, experiment, model, stage] = ['people', 'trials', 'credit', 'pilot'].map((n) => mark + n);
  const named = { dataset: dataset!, experiment: experiment!, model: model!, stage: stage! };
  const source = `${mark}census`;
  await api.post('sources', { name: source, kind: 'third_party', licence: 'CC0-1.0', description: mark });
  const pushed = await pushData(api, named.dataset, source);
  const subject = await pushSubjects(api, mark);
  const samplingPlan = await sampleLive(api, pushed.datasetVersion, `${mark}live`);
  await api.get(`dataset-versions/${named.dataset}@1/splits/train/rows`);
  await api.job(`dataset-versions/${named.dataset}@1/splits/train/profile`, {});
  const { checks } = await api.job<{ checks: { datasetCheckId: string }[] }>(
    `dataset-versions/${named.dataset}@1/checks`,
    { checks: [{ check: 'duplicates', splits: ['train'] }] },
  );
  const runs = await logRuns(api, named.experiment, `${named.dataset}@1`);
  const first = await register(api, named.model, {
    runId: runs.runId,
    datasetVersions: [`${named.dataset}@1`],
    tags: { mark },
  });
  const second = await register(api, named.model, { parent: `${named.model}@1`, description: mark });
  const evaluationId = await evaluate(api, `${named.model}@1`, `${named.dataset}@1`, 12);
  await evaluate(api, `${named.model}@2`, `${named.dataset}@1`, 13);
  const { counts } = await api.job<{ counts: { contaminationCountId: string }[] }>(
    `models/${named.model}/versions/1/contamination`,
    {},
  );
  const importedEvaluationId = await importResults(api, `${named.model}@1`, mark);
  const gate = await decide(api, named.model, `${mark}policy`, named.stage, `${named.dataset}@1`);
  const made = await api.post<{ id: string }>('keys', { roles: ['viewer'], name: `${mark}key` });
  const uploadId = await api.upload(`${mark}upload`);
  const begun = await api
    .send('post', 'resumable-uploads')
    .set({ 'tus-resumable': '1.0.0', 'upload-length': '5' })
    .expect(201);
  const current = await test.request.get('/v1/project').set('authorization', `Bearer ${key}`);
  await settled(test);
  const entries = await api.get<{ items: { id: string }[] }>('audit/entries?first=1');
  return {
    ...named,
    ...pushed,
    ...runs,
    ...gate,
    mark,
    source,
    samplingPlan,
    subject,
    project,
    key,
    projectId: (current.body as { id: string }).id,
    modelVersion: `${named.model}@1`,
    modelId: first.modelId,
    modelVersionId: first.id,
    secondModelVersionId: second.id,
    evaluationId,
    importedEvaluationId,
    datasetCheckId: checks[0]!.datasetCheckId,
    contaminationCountId: counts[0]!.contaminationCountId,
    keyId: made.id,
    uploadId,
    resumableUploadId: (begun.body as { id: string }).id,
    entryId: entries.items[0]!.id,
  };
}

/** Wait until no job, message or leaf of the audit log is under way: from then on only requests change the database. */
export async function settled(test: TestApp): Promise<void> {
  for (;;) {
    const { rows } = await test.database.admin.query<{ left: number }>(
      `SELECT ((SELECT count(*) FROM audit_pending) + (SELECT count(*) FROM outbox WHERE sent_at IS NULL)
             + (SELECT count(*) FROM job WHERE state IN ('queued', 'running')))::int AS left`,
    );
    if (rows[0]!.left === 0) return;
    await sleep(25);
  }
}

const isYes = (key: number) => Math.floor(key / 2) % 2 === 0;

/** The last rows of each split stand twice; the first rows of the sealed split have the features of training rows. */
function people(from: number): string {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const like = i >= ROWS - 3 ? from : i < 3 ? i : from + i;
    return `k${from + i},${like * 0.5},${like % 2 === 0 ? 'm' : 'f'},${isYes(like) ? 'yes' : 'no'}`;
  });
  return `id,x,sex,y\n${rows.join('\n')}\n`;
}

function guesses(from: number, wrongOneIn: number): string {
  const truth = people(from).trim().split('\n').slice(1);
  const rows = truth.map((row, i) => {
    const yes = row.endsWith('yes') !== (i % wrongOneIn === 5);
    return `k${from + i},${yes ? 'yes' : 'no'},${yes ? 0.7 + (i % 29) / 100 : 0.02 + (i % 29) / 100}`;
  });
  return `id,prediction,score\n${rows.join('\n')}\n`;
}

async function pushData(api: ApiClient, dataset: string, source: string) {
  const push = async (message: string, extra: object, edit = (csv: string) => csv) => {
    const splits = await Promise.all(
      SPLITS.map(async ({ name, role, from }) => ({
        name,
        role,
        uploadId: await api.upload(edit(people(from))),
      })),
    );
    const body = {
      splits,
      key: 'id',
      label: 'y',
      protected: ['sex'],
      source: dataset,
      sources: [source],
      message,
      ...extra,
    };
    return api.job<{ datasetVersionId: string; contentId: string }>(`datasets/${dataset}/versions`, body);
  };
  const { datasetVersionId, contentId } = await push('first', {});
  // One cell of train and a role of a column differ.
  const columnLineage = [{ column: 'x', from: [{ version: `${dataset}@1`, column: 'x' }] }];
  const second = await push('second', { parent: '1', protected: [], columnLineage }, (csv) =>
    csv.replace('\nk5,2.5,', '\nk5,0.25,'),
  );
  const { job } = await api.post<{ job: { id: string } }>(`datasets/${dataset}/versions`, {
    splits: [{ name: 'train', role: 'train', uploadId: await api.upload('id,y\n1\n') }],
    key: 'id',
    label: 'y',
  });
  if ((await api.ended(job.id)).state !== 'failed') throw new Error('a ragged file was taken');
  return {
    datasetVersion: `${dataset}@1`,
    datasetVersionId,
    contentId,
    secondDatasetVersionId: second.datasetVersionId,
    failedJobId: job.id,
    jobId: job.id,
  };
}

/** One sample is a version, and a row waits for the next. */
async function sampleLive(api: ApiClient, datasetVersion: string, dataset: string): Promise<string> {
  const plan = `sampling-plans/${dataset}`;
  await api.post('sampling-plans', { dataset, datasetVersion, split: 'train', capacity: 10 });
  const offer = () => api.post(`${plan}/rows`, { rows: [{ id: dataset, x: 0.5, sex: 'f', y: null }] });
  await offer();
  await api.job(`${plan}/samples`, {});
  await offer();
  return dataset;
}

async function pushSubjects(api: ApiClient, mark: string): Promise<string> {
  const subject = `${mark}ann`;
  const uploadId = await api.upload(`id,person,y\n1,${subject},a\n2,${mark}bob,b\n3,${mark}cy,a\n`);
  await api.job(`datasets/${mark}asked/versions`, {
    splits: [{ name: 'train', role: 'train', uploadId }],
    key: 'id',
    label: 'y',
    subject: 'person',
  });
  await api.job('subjects/erase', { subject: `${mark}cy` });
  await api.post('subjects/withdraw', { subject });
  return subject;
}

async function logRuns(api: ApiClient, experiment: string, datasetVersion: string) {
  const { id: experimentId } = await api.post<{ id: string }>('experiments', { name: experiment });
  const start = () =>
    api.post<{ id: string }>('runs', {
      experiment,
      params: { depth: '3' },
      tags: { by: experiment },
      inputs: [{ datasetVersion, context: 'training' }],
    });
  const [closed, open] = [await start(), await start()];
  await api.post(`runs/${closed.id}/log`, { metrics: [{ key: 'loss', value: 0.5, step: 1, timestamp: 1 }] });
  await api.send('post', `runs/${closed.id}/finish`).set('idempotency-key', 'once').send({}).expect(200);
  return { experiment, experimentId, runId: closed.id, openRunId: open.id };
}

async function register(api: ApiClient, model: string, more: object) {
  const artifactUploadId = await api.upload(`weights of ${model} ${JSON.stringify(more)}`);
  return api.post<{ id: string; modelId: string }>(`models/${model}/versions`, { artifactUploadId, ...more });
}

async function evaluate(api: ApiClient, modelVersion: string, datasetVersion: string, wrongOneIn: number) {
  const judged = SPLITS.filter(({ name }) => name !== 'train');
  const predictions = await Promise.all(
    judged.map(async ({ name, from }) => ({
      split: name,
      uploadId: await api.upload(guesses(from, wrongOneIn)),
    })),
  );
  const answer = await api.job<{ evaluationId: string }>('evaluations', {
    modelVersion,
    datasetVersion,
    predictions,
    protocol: { slices: [{ name: 'women', where: "sex = 'f'" }], search: { minimumRows: 5 } },
  });
  return answer.evaluationId;
}

/** Five tasks of three trials each, as tau-bench writes them. */
async function importResults(api: ApiClient, modelVersion: string, mark: string): Promise<string> {
  const trials = Array.from({ length: 15 }, (_, i) => ({
    task_id: `${mark}${i % 5}`,
    trial: Math.floor(i / 5),
    reward: Number(i % 4 !== 0),
  }));
  const uploadId = await api.upload(JSON.stringify(trials));
  const answer = await api.job<{ importedEvaluationId: string }>('evaluation-imports', {
    modelVersion,
    uploadId,
  });
  return answer.importedEvaluationId;
}

async function decide(api: ApiClient, model: string, policy: string, stage: string, dataset: string) {
  const document = (name: string, rules: object[]) => ({
    apiVersion: 'assay/v1',
    kind: 'GatePolicy',
    metadata: { name, stage: name === policy ? stage : `${stage}-strict` },
    // The first version: a newer one has been pushed meanwhile.
    spec: { dataset, rules },
  });
  const accuracy = { id: 'accuracy', metric: 'accuracy', split: 'holdout', atLeast: 0.6 };
  const { id: policyId } = await api.post<{ id: string }>('policies', {
    document: document(policy, [accuracy]),
  });
  const strict = [
    { id: 'perfect', metric: 'accuracy', split: 'holdout', atLeast: 0.999 },
    { id: 'absent', metric: 'accuracy', split: 'train', atLeast: 0.5 },
    { id: 'leakage', contamination: { between: ['train', 'holdout'], exact: 0 } },
    { id: 'champion', compare: { to: 'champion', metric: 'accuracy', split: 'holdout', margin: 0.2 } },
    { id: 'first', compare: { to: `${model}@1`, metric: 'accuracy', split: 'holdout', margin: 0.2 } },
  ];
  await api.post('policies', { document: document(`${policy}-strict`, strict) });
  const check = async (version: number, name: string): Promise<string> => {
    const question = { modelVersion: `${model}@${version}`, policy: name };
    for (;;) {
      const answer = await api.post<{ decisionId?: string; job?: { id: string } }>(
        'gate-decisions',
        question,
      );
      if (answer.decisionId !== undefined) return answer.decisionId;
      await api.ended(answer.job!.id);
    }
  };
  const decisionId = await check(1, policy);
  const promotion = await api.post<{ id: string }>('promotions', { modelVersion: `${model}@1`, stage });
  await check(2, policy);
  await check(2, `${policy}-strict`);
  // Another text of the policy: what was decided by the first one is stale.
  await api.post('policies', { document: document(`${policy}-strict`, strict.slice(1)) });
  return { policy, policyId, stage, decisionId, promotionId: promotion.id };
}
