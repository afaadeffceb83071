import type { Furnished } from './furnished-project.js';

/** What an allowed call may use up. For a call that is to be refused these are things that exist already. */
export interface Fresh {
  /** Unlike any before. */
  name(): string;
  /** An upload of the calling key. */
  upload(content?: string): Promise<string>;
  /** A resumable one that has no bytes yet. */
  resumable(): Promise<string>;
  queuedJob(): Promise<string>;
  openRun(): Promise<string>;
  /** One that is known, and may be forgotten. */
  subject(): Promise<string>;
  /** One in which a row waits. */
  samplingPlan(): Promise<string>;
  keyToRevoke(): Promise<string>;
}

/** A call that does something real. */
export interface ExampleCall {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: object | string;
  type?: string;
  headers?: Record<string, string>;
  /** What an allowed caller is answered; 200 when left out. */
  status?: number;
}

type Example = (f: Furnished, fresh: Fresh) => ExampleCall | Promise<ExampleCall>;

const by = (params: Record<string, string>, more: ExampleCall = {}): ExampleCall => ({ params, ...more });
const send = (body: object, more: ExampleCall = {}): ExampleCall => ({ body, status: 201, ...more });
const file = { body: 'bytes', type: 'application/octet-stream', status: 201 };
const TUS = { 'tus-resumable': '1.0.0' };
const P = '/v1/projects/:project';

/** Train against validation, of one version. */
export const continualOf = ({ modelVersion, datasetVersion }: Furnished) => ({
  metric: 'accuracy',
  steps: [{ modelVersion, datasetVersion, split: 'validation' }],
  baseline: modelVersion,
});

export const driftOf = (datasetVersion: string) => ({
  reference: { datasetVersion, split: 'train' },
  sample: { datasetVersion, split: 'validation' },
});

/** Both model versions were evaluated there. */
export const ablationOf = ({ model, datasetVersion }: Furnished) => ({
  datasetVersion,
  split: 'validation',
  full: `${model}@1`,
  ablated: [`${model}@2`],
});

export const planOf = ({ datasetVersion }: Furnished, dataset: string) => ({
  dataset,
  datasetVersion,
  split: 'train',
  capacity: 10,
});

/** A row that fits the data of a furnished project. */
export const ROW = { id: 'k1', x: 0.5, sex: 'f', y: null };

/** What is stored of a furnished project already. */
export const CHECKS = { checks: [{ check: 'duplicates', splits: ['train'] }] };

/** Columns need hold no ratings for the job to be taken. */
export const agreementOf = (datasetVersion: string) => ({
  datasetVersion,
  split: 'train',
  ratings: ['id', 'y'],
  level: 'nominal',
  categories: ['a', 'b'],
});

export const policyOf = (name: string): object => ({
  apiVersion: 'assay/v1',
  kind: 'GatePolicy',
  metadata: { name },
  spec: { rules: [{ id: 'a', metric: 'accuracy', split: 'holdout', atLeast: 0.6 }] },
});

/** By `METHOD path`, how the route is called on what `furnish` made. What is left out is a plain GET without parameters. */
export const ROUTE_EXAMPLES: Record<string, Example> = {
  'GET /docs/*': () => by({ '*': 'swagger-ui.css' }),
  // The framework has the route; the file is not shipped.
  'GET /docs/LICENSE': () => ({ status: 404 }),
  'GET /graphql': () => ({ query: { query: '{ __typename }' } }),
  'POST /graphql': () => send({ query: '{ __typename }' }, { status: 200 }),
  'POST /v1/projects': (_f, fresh) => send({ name: fresh.name() }),
  [`GET ${P}/audit/consistency`]: () => ({ query: { from: '1', to: '2' } }),
  [`GET ${P}/audit/proof`]: (f) => ({ query: { entry: f.entryId } }),
  [`GET ${P}/dataset-versions/:ref`]: (f) => by({ ref: f.datasetVersion }),
  [`GET ${P}/dataset-versions/:ref/column-lineage`]: (f) =>
    by({ ref: f.secondDatasetVersionId }, { query: { column: 'id', depth: '2' } }),
  [`GET ${P}/dataset-versions/:ref/column-lineage/openlineage`]: (f) => by({ ref: f.secondDatasetVersionId }),
  [`GET ${P}/dataset-versions/:ref/croissant`]: (f) => by({ ref: f.datasetVersion }),
  [`GET ${P}/dataset-versions/:ref/diff/:other`]: (f) =>
    by({ ref: f.datasetVersion, other: f.datasetVersionId }),
  [`GET ${P}/dataset-versions/:ref/diff/:other/:split`]: (f) =>
    by({ ref: f.datasetVersion, other: f.datasetVersionId, split: 'holdout' }),
  [`GET ${P}/dataset-versions/:ref/duplicates`]: (f) => by({ ref: f.datasetVersionId }),
  [`GET ${P}/dataset-versions/:ref/duplicates/:split`]: (f) => by({ ref: f.datasetVersion, split: 'train' }),
  [`GET ${P}/dataset-versions/:ref/leakage`]: (f) => by({ ref: f.datasetVersion }),
  [`GET ${P}/dataset-versions/:ref/leakage/:from/:into`]: (f) =>
    by({ ref: f.datasetVersion, from: 'train', into: 'holdout' }),
  [`GET ${P}/contamination-counts/:id/findings`]: (f) => by({ id: f.contaminationCountId }),
  [`GET ${P}/dataset-checks/:id/findings`]: (f) => by({ id: f.datasetCheckId }),
  [`GET ${P}/dataset-versions/:ref/checks`]: (f) => by({ ref: f.datasetVersion }),
  [`POST ${P}/dataset-versions/:ref/checks`]: (f) =>
    by({ ref: f.datasetVersion }, send(CHECKS, { status: 202 })),
  [`POST ${P}/dataset-versions/:ref/rule-suggestions`]: (f) =>
    by({ ref: f.datasetVersion }, send({ splits: ['train'] }, { status: 202 })),
  [`GET ${P}/dataset-versions/:ref/splits/:split/profile`]: (f) =>
    by({ ref: f.datasetVersion, split: 'train' }),
  [`POST ${P}/dataset-versions/:ref/splits/:split/profile`]: (f) =>
    by({ ref: f.datasetVersion, split: 'train' }, send({}, { status: 202 })),
  [`GET ${P}/dataset-versions/:ref/splits/:split/proof`]: (f) =>
    by({ ref: f.datasetVersion, split: 'train' }, { query: { key: 'k1' } }),
  [`GET ${P}/dataset-versions/:ref/splits/:split/rows`]: (f) =>
    by({ ref: f.datasetVersion, split: 'holdout' }),
  [`GET ${P}/datasets/:name`]: (f) => by({ name: f.dataset }),
  [`GET ${P}/datasets/:name/versions`]: (f) => by({ name: f.dataset }),
  [`POST ${P}/datasets/:name/versions`]: async (f, fresh) =>
    by(
      { name: f.dataset },
      {
        body: {
          splits: [{ name: 'train', role: 'train', uploadId: await fresh.upload('id,y\n1,a\n2,b\n') }],
          key: 'id',
          label: 'y',
        },
        status: 202,
      },
    ),
  [`GET ${P}/datasets/:name/versions/:version`]: (f) => by({ name: f.dataset, version: '1' }),
  [`POST ${P}/ablation-reports`]: (f) => send(ablationOf(f), { status: 202 }),
  [`POST ${P}/agreement-reports`]: (f) => send(agreementOf(f.datasetVersion), { status: 202 }),
  [`POST ${P}/continual-reports`]: (f) => send(continualOf(f), { status: 200 }),
  [`POST ${P}/drift-reports`]: (f) => send(driftOf(f.datasetVersion), { status: 202 }),
  [`POST ${P}/evaluation-imports`]: async (f, fresh) => ({
    body: { modelVersion: f.modelVersion, uploadId: await fresh.upload(), format: 'junit' },
    status: 202,
  }),
  [`GET ${P}/evaluation-imports/:id`]: (f) => by({ id: f.importedEvaluationId }),
  [`POST ${P}/evaluations`]: async (f, fresh) => ({
    body: {
      modelVersion: f.modelVersion,
      datasetVersion: f.datasetVersion,
      predictions: [{ split: 'validation', uploadId: await fresh.upload('id,prediction\n') }],
    },
    status: 202,
  }),
  [`GET ${P}/evaluations/:id`]: (f) => by({ id: f.evaluationId }),
  [`GET ${P}/evaluations/:id/charts`]: (f) => by({ id: f.evaluationId }),
  [`GET ${P}/evaluations/:id/evidence`]: (f) => by({ id: f.evaluationId }),
  [`POST ${P}/experiments`]: (_f, fresh) => send({ name: fresh.name() }),
  [`GET ${P}/experiments/:name`]: (f) => by({ name: f.experiment }),
  [`GET ${P}/experiments/:name/runs`]: (f) => by({ name: f.experiment }),
  [`POST ${P}/experiments/:name/runs`]: (f) => by({ name: f.experiment }, send({ name: 'run' })),
  [`POST ${P}/gate-decisions`]: (f) =>
    send({ modelVersion: f.modelVersion, policy: f.policy }, { status: 200 }),
  [`GET ${P}/gate-decisions/:id`]: (f) => by({ id: f.decisionId }),
  [`GET ${P}/gate-decisions/:id/bundle`]: (f) => by({ id: f.decisionId }),
  [`GET ${P}/gate-decisions/:id/freshness`]: (f) => by({ id: f.decisionId }),
  [`GET ${P}/jobs/:id`]: (f) => by({ id: f.jobId }),
  [`POST ${P}/jobs/:id/cancel`]: async (_f, fresh) => by({ id: await fresh.queuedJob() }),
  [`POST ${P}/keys`]: (_f, fresh) => send({ roles: ['viewer'], scopes: ['administer'], name: fresh.name() }),
  [`DELETE ${P}/keys/:id`]: async (_f, fresh) => by({ id: await fresh.keyToRevoke() }),
  [`GET ${P}/lineage`]: (f) => ({ query: { node: `modelVersion:${f.modelVersion}` } }),
  [`GET ${P}/models/:name`]: (f) => by({ name: f.model }),
  [`GET ${P}/models/:name/versions`]: (f) => by({ name: f.model }),
  [`POST ${P}/models/:name/versions`]: async (f, fresh) =>
    by({ name: f.model }, send({ artifactUploadId: await fresh.upload(), runId: f.runId })),
  [`GET ${P}/models/:name/versions/:version`]: (f) => by({ name: f.model, version: '1' }),
  [`GET ${P}/models/:name/versions/:version/artifact`]: (f) => by({ name: f.model, version: '1' }),
  [`GET ${P}/models/:name/versions/:version/contamination`]: (f) => by({ name: f.model, version: '1' }),
  [`POST ${P}/models/:name/versions/:version/contamination`]: (f) =>
    by({ name: f.model, version: '1' }, send({ datasetVersion: f.datasetVersion }, { status: 202 })),
  [`POST ${P}/policies`]: (_f, fresh) => send({ document: policyOf(fresh.name()) }),
  [`POST ${P}/policies/validate`]: (_f, fresh) => send({ document: policyOf(fresh.name()) }, { status: 200 }),
  [`POST ${P}/sampling-plans`]: (f, fresh) => send(planOf(f, fresh.name())),
  [`GET ${P}/sampling-plans/:name`]: (f) => by({ name: f.samplingPlan }),
  [`POST ${P}/sampling-plans/:name/rows`]: (f) =>
    by({ name: f.samplingPlan }, send({ rows: [ROW] }, { status: 200 })),
  [`GET ${P}/sampling-plans/:name/samples`]: (f) => by({ name: f.samplingPlan }),
  [`POST ${P}/sampling-plans/:name/samples`]: async (_f, fresh) =>
    by({ name: await fresh.samplingPlan() }, send({}, { status: 202 })),
  [`GET ${P}/policies/:name`]: (f) => by({ name: f.policy }),
  [`GET ${P}/policies/:name/versions`]: (f) => by({ name: f.policy }),
  [`POST ${P}/promotions`]: (f) => send({ modelVersion: f.modelVersion, stage: f.stage }),
  [`GET ${P}/promotions/:id`]: (f) => by({ id: f.promotionId }),
  [`POST ${P}/runs`]: (f) => send({ experiment: f.experiment }),
  [`GET ${P}/runs/:id`]: (f) => by({ id: f.runId }),
  [`POST ${P}/runs/:id/finish`]: async (_f, fresh) => by({ id: await fresh.openRun() }, { body: {} }),
  [`POST ${P}/runs/:id/inputs`]: async (f, fresh) =>
    by({ id: await fresh.openRun() }, { body: { inputs: [{ datasetVersion: f.datasetVersion }] } }),
  [`POST ${P}/runs/:id/log`]: async (_f, fresh) =>
    by({ id: await fresh.openRun() }, { body: { tags: { a: 'b' } }, status: 204 }),
  [`GET ${P}/runs/:id/metrics/:key`]: (f) => by({ id: f.runId, key: 'loss' }),
  [`OPTIONS ${P}/resumable-uploads`]: () => ({ status: 204 }),
  [`POST ${P}/resumable-uploads`]: () => ({ headers: { ...TUS, 'upload-length': '5' }, status: 201 }),
  // Like an upload, for the key that sends it and for nobody else.
  [`GET ${P}/resumable-uploads/:id`]: async (_f, fresh) => by({ id: await fresh.resumable() }),
  [`PATCH ${P}/resumable-uploads/:id`]: async (_f, fresh) =>
    by(
      { id: await fresh.resumable() },
      {
        headers: { ...TUS, 'upload-offset': '0' },
        type: 'application/offset+octet-stream',
        body: 'bytes',
        status: 204,
      },
    ),
  [`DELETE ${P}/resumable-uploads/:id`]: async (_f, fresh) =>
    by({ id: await fresh.resumable() }, { headers: TUS, status: 204 }),
  [`GET ${P}/consent`]: (f) => ({ query: { node: `model:${f.modelVersion}` } }),
  [`POST ${P}/sources`]: (_f, fresh) => send({ name: fresh.name(), kind: 'logs' }),
  [`GET ${P}/sources/:ref`]: (f) => by({ ref: f.source }),
  [`GET ${P}/sources/:name/revisions`]: (f) => by({ name: f.source }),
  [`POST ${P}/subjects/find`]: (f) => send({ subject: f.subject }, { status: 200 }),
  [`POST ${P}/subjects/erase`]: async (_f, fresh) =>
    send({ subject: await fresh.subject() }, { status: 202 }),
  [`POST ${P}/subjects/withdraw`]: (_f, fresh) => send({ subject: fresh.name() }, { status: 200 }),
  [`POST ${P}/uploads`]: () => file,
  [`PUT ${P}/uploads`]: () => file,
  // An upload is for the key that sent it and for nobody else, whatever their role.
  [`GET ${P}/uploads/:id`]: async (_f, fresh) => by({ id: await fresh.upload() }),
};

/** The address of an example: parameters in place, `project` in the path. */
export function addressOf(path: string, project: string, { params = {}, query = {} }: ExampleCall): string {
  const filled = path.replace(/:(\w+)|\*/g, (part, name: string | undefined) => {
    const key = name ?? '*';
    const value = key === 'project' ? project : params[key];
    if (value === undefined) throw new Error(`${path} has no example for ${part}`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams(query).toString();
  return search === '' ? filled : `${filled}?${search}`;
}
