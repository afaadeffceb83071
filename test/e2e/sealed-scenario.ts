import { extent } from '../support/extent.js';
import { Caller, json, type Answer, type Served, type Values } from '../support/every-answer.js';

/** Somebody with a key, in a project. */
export class Party {
  readonly caller: Caller;
  /** Everything that this party was answered. */
  readonly answers: Answer[] = [];

  constructor(
    private readonly served: Served,
    key: string,
  ) {
    this.caller = new Caller(served, key);
  }

  async send(method: string, path: string, body?: object | Buffer): Promise<Answer> {
    const answer = await this.caller.send(method, `/v1/projects/${this.served.project}/${path}`, body);
    this.answers.push(answer);
    return answer;
  }

  async post<T>(path: string, body: object): Promise<T> {
    const answer = await this.send('POST', path, body);
    if (answer.status >= 300) throw new Error(`${answer.to}: ${answer.status} ${answer.body.toString()}`);
    return (answer.body.length === 0 ? undefined : json<T>(answer)) as T;
  }

  async upload(content: string | Buffer): Promise<string> {
    const answer = await this.send('POST', 'uploads?filename=data.csv', Buffer.from(content));
    if (answer.status !== 201) throw new Error(answer.body.toString());
    return json<{ id: string }>(answer).id;
  }

  /** POST what makes a job, and the job once it is over. */
  async job(path: string, body: object): Promise<Job> {
    const { job } = await this.post<{ job: Job }>(path, body);
    return this.ended(job.id);
  }

  async ended(id: string): Promise<Job> {
    for (;;) {
      const job = json<Job>(await this.send('GET', `jobs/${id}?wait=30`));
      if (!['queued', 'running'].includes(job.state)) return job;
    }
  }

  /** The result of a job that has to succeed. */
  async done<T>(path: string, body: object): Promise<T> {
    const job = await this.job(path, body);
    if (job.state !== 'succeeded') throw new Error(`${path}: ${job.state} ${JSON.stringify(job.error)}`);
    return job.result as T;
  }

  /** The gate's decision, after the comparisons that it asks for. */
  async decision(body: object): Promise<Decision> {
    for (;;) {
      const answer = await this.post<Decision | { job: Job }>('gate-decisions', body);
      if (!('job' in answer)) return answer;
      await this.ended(answer.job.id);
    }
  }

  async ids(list: string): Promise<string[]> {
    const answer = await this.send('GET', `${list}?first=500`);
    const { items } = json<{ items: { id?: string; decisionId?: string }[] }>(answer);
    return items.map(({ id, decisionId }) => {
      const found = id ?? decisionId;
      if (found === undefined) throw new Error(`${list}: what has no id?`);
      return found;
    });
  }
}

export interface Job {
  id: string;
  state: string;
  result: unknown;
  error: { code: string; message: string } | null;
}

export interface Decision {
  decisionId: string;
  verdict: string;
  rules: { id: string; verdict: string; reason: string }[];
}

export const ROWS = 60;
/** Files of one data set, `split` or `cross_domain:domain` to rows. */
export type Splits = Record<string, { role: string; domain?: string; rows: Row[] }>;
export interface Row {
  key: string;
  x: number;
  sex: string;
  label: string | number;
}

export const rowsOf = (prefix: string, count: number, label: (i: number) => string | number): Row[] =>
  Array.from({ length: count }, (_, i) => ({
    key: `${prefix}${i}`,
    // The first rows of every split have the same features: duplicates and leakage.
    x: i < 4 ? Math.floor(i / 2) : i + prefix.charCodeAt(0) / 1000,
    sex: i % 3 === 0 ? 'f' : 'm',
    label: label(i),
  }));

export const csv = (rows: readonly Row[]): string =>
  `id,x,sex,y\n${rows.map(({ key, x, sex, label }) => `${key},${x},${sex},${label}\n`).join('')}`;

export async function push(party: Party, name: string, splits: Splits, more: object = {}): Promise<Job> {
  const requested = [];
  for (const [split, { role, domain, rows }] of Object.entries(splits))
    requested.push({ name: split, role, domain, uploadId: await party.upload(csv(rows)) });
  const job = await party.job(`datasets/${name}/versions`, {
    splits: requested,
    key: 'id',
    label: 'y',
    protected: ['sex'],
    ...more,
  });
  // What profiles show is among the answers that are searched.
  if (job.state === 'succeeded') {
    const { datasetVersionId } = job.result as { datasetVersionId: string };
    for (const split of Object.keys(splits))
      await party.job(`dataset-versions/${datasetVersionId}/splits/${split}/profile`, {});
    await party.job(`dataset-versions/${datasetVersionId}/checks`, { checks: CHECKS });
  }
  return job;
}

/** Of sealed splits by their features. */
const CHECKS = [{ check: 'duplicates' }, { check: 'outliers', parameters: { columns: ['x'] } }];

/** A predictions file; `says` is asked for each row. */
export const guesses = (rows: readonly Row[], says: (row: Row, i: number) => string, header = 'prediction') =>
  `id,${header}\n${rows.map((row, i) => `${row.key},${says(row, i)}\n`).join('')}`;

export async function model(party: Party, name: string, datasetVersions?: string[]): Promise<string> {
  const artifactUploadId = await party.upload(`weights of ${name}`);
  await party.post(`models/${name}/versions`, { artifactUploadId, datasetVersions });
  return `${name}@1`;
}

export async function evaluate(
  party: Party,
  modelVersion: string,
  datasetVersion: string,
  files: Record<string, string>,
  protocol?: object,
): Promise<Job> {
  const predictions = [];
  for (const [split, content] of Object.entries(files))
    predictions.push({ split, uploadId: await party.upload(content) });
  return party.job('evaluations', { modelVersion, datasetVersion, predictions, protocol });
}

/** Another tool's results for a model version: two tasks of two trials each. */
export async function importTrials(party: Party, modelVersion: string): Promise<Job> {
  const trials = [0, 1, 2, 3].map((i) => ({ task_id: i % 2, trial: i >> 1, reward: Number(i < 3) }));
  return party.job('evaluation-imports', {
    modelVersion,
    uploadId: await party.upload(JSON.stringify(trials)),
  });
}

export const policy = (name: string, rules: object[], spec: object = {}) => ({
  document: {
    apiVersion: 'assay/v1',
    kind: 'GatePolicy',
    metadata: { name, stage: name },
    spec: { ...spec, rules },
  },
});

/** What the parameters of every route and the arguments of every root may be in a project in which all of this happened; makes a source. */
export async function valuesOf(
  admin: Party,
  names: {
    datasets: string[];
    splits: string[];
    models: string[];
    experiments: string[];
    policies: string[];
  },
): Promise<Values> {
  const { datasets, splits, models, experiments, policies } = names;
  const sources = ['survey'];
  for (const name of sources) await admin.post('sources', { name, kind: 'logs' });
  const versions = datasets.map((name) => `${name}@1`);
  const [evaluations, imports, decisions, jobs, keys, promotions, entries, runs] = await Promise.all(
    [
      'evaluations',
      'evaluation-imports',
      'gate-decisions',
      'jobs',
      'keys',
      'promotions',
      'audit/entries',
      'runs',
    ].map((list) => admin.ids(list)),
  );
  const measured = (
    await Promise.all(
      versions.map(async (ref) => {
        const found = json<{ splits: { name: string }[] }>(
          await admin.send('GET', `dataset-versions/${ref}`),
        );
        return found.splits.map(({ name }) => ({ ref, split: name }));
      }),
    )
  ).flat();
  const plans = ['seen'];
  const { ref: datasetVersion, split } = measured[0]!;
  for (const dataset of plans)
    await admin.post('sampling-plans', { dataset, datasetVersion, split, capacity: 5 });
  const checks = (
    await Promise.all(versions.map((ref) => admin.ids(`dataset-versions/${ref}/checks`)))
  ).flat();
  const reports = await Promise.all(
    models.map(async (name) =>
      json<{ splits?: { count: { id: string } | null }[] }>(
        await admin.send('GET', `models/${name}/versions/1/contamination`),
      ),
    ),
  );
  const found = reports.flatMap(({ splits = [] }) => splits.flatMap(({ count }) => count?.id ?? []));
  const counts = found.length > 0 ? found : [NOWHERE];
  const nodes = [
    ...versions.map((ref) => `dataset:${ref}`),
    ...models.map((name) => `model:${name}@1`),
    ...evaluations!.slice(0, 3).map((id) => `evaluation:${id}`),
    ...imports!.map((id) => `importedEvaluation:${id}`),
  ];
  const some = (entries ?? []).filter((_, i) => i % Math.ceil(entries!.length / extent(10, 1_000)) === 0);
  return {
    '{ref}': versions,
    '{other}': versions.slice(0, 1),
    '{split}': splits,
    '{from}': splits,
    '{into}': splits,
    '{version}': ['1'],
    'datasets/{name}': datasets,
    'models/{name}': models,
    'experiments/{name}': experiments,
    'policies/{name}': policies,
    'sampling-plans/{name}': plans,
    'sources/{name}': sources,
    'sources/{ref}': sources,
    // Whose it is sees its digest, and nobody else anything.
    'uploads/{id}': [NOWHERE],
    'resumable-uploads/{id}': [NOWHERE],
    'evaluations/{id}': evaluations!,
    'evaluation-imports/{id}': imports!,
    'gate-decisions/{id}': decisions!,
    'jobs/{id}': jobs!,
    'keys/{id}': keys!,
    'promotions/{id}': promotions!,
    'runs/{id}': runs!,
    'metrics/{key}': ['loss'],
    '{key}': ['loss'],
    'dataset-checks/{id}': checks,
    'contamination-counts/{id}': counts,
    '?after': ['after=bm9uZQ'],
    'proof?key': ['key=1', 'key=k1', 'key=h1'],
    '?leaf': [],
    '?scope': ['scope=ancestors'],
    '?stage': ['stage=production'],
    '?state': [],
    '?kind': ['kind=dataset.ingest'],
    '?modelVersion': models.map((name) => `modelVersion=${name}@1`),
    '?datasetVersion': versions.map((ref) => `datasetVersion=${ref}`),
    '?experiment': experiments.map((name) => `experiment=${name}`),
    '?wait': ['wait=0'],
    '?from': ['from=1&to=5'],
    '?to': [],
    '?entry': some.map((id) => `entry=${id}`),
    '?subjectKind': [],
    '?subjectId': [],
    '?node': nodes.flatMap((node) => [`node=${node}`, `node=${node}&direction=downstream&depth=20`]),
    '?depth': [],
    '?direction': [],
    '?column': [],
    'column-lineage?direction': ['direction=downstream'],
    '?filename': [],
    'dataset(name)': datasets,
    '(ref)': versions,
    'gatePolicy(ref)': policies,
    'samplingPlan(name)': plans,
    'liveSamples(name)': plans,
    'dataSource(ref)': sources,
    'modelVersion(ref)': models.map((name) => `${name}@1`),
    'model(name)': models,
    'experiment(name)': experiments,
    'evaluation(id)': evaluations!,
    'evaluationCharts(id)': evaluations!,
    'importedEvaluation(id)': imports!,
    'gateDecision(id)': decisions!,
    'job(id)': jobs!,
    'promotion(id)': promotions!,
    'run(id)': runs!,
    '(key)': ['loss'],
    'contaminationFindings()': counts.map((id) => `(id: "${id}")`),
    'datasetCheckFindings()': checks.map((id) => `(id: "${id}")`),
    'datasetDiff()': versions.map((ref) => `(ref: "${ref}", other: "${versions[0]}")`),
    'datasetDiffRows()': measured.map(
      ({ ref, split }) => `(ref: "${ref}", other: "${versions[0]}", split: "${split}")`,
    ),
    'columnLineage()': versions.map((ref) => `(ref: "${ref}")`),
    'rowProof()': measured.flatMap(({ ref, split }) =>
      ['1', 'k1', 'h1'].map((key) => `(ref: "${ref}", split: "${split}", key: "${key}")`),
    ),
    'datasetProfile()': measured.map(({ ref, split }) => `(ref: "${ref}", split: "${split}")`),
    'continualReport()': measured.flatMap(({ ref, split }) =>
      models.map((name) => {
        const step = `{ modelVersion: "${name}@1", datasetVersion: "${ref}", split: "${split}" }`;
        return `(input: { metric: "accuracy", steps: [${step}, ${step}] })`;
      }),
    ),
    'lineage()': nodes.map((node) => `(node: ${JSON.stringify(node)}, depth: 20)`),
    'auditProof()': some.map((id) => `(entry: "${id}")`),
    'validatePolicy()': [`(input: { document: ${JSON.stringify(JSON.stringify(VALID))} })`],
  };
}

const VALID = policy('valid', [{ id: 'a', metric: 'auc', split: 'holdout', atLeast: 0.5 }]).document;

export const NOWHERE = '00000000-0000-7000-8000-000000000000';
