import fc from 'fast-check';
import { PERMISSIONS, ROLE_NAMES } from '../../../src/platform/auth/index.js';
import type { Pools } from './fuzz-world.js';

/** Fields of bodies, queries and arguments, and what they name. */
export const FIELD: Record<string, string> = {
  modelVersion: 'modelVersions',
  baseline: 'modelVersions',
  datasetVersion: 'dataset-versions',
  datasetVersions: 'dataset-versions',
  policy: 'policies',
  stage: 'stages',
  experiment: 'experiments',
  uploadId: 'uploads',
  artifactUploadId: 'uploads',
  runId: 'runs',
  split: 'splits',
  dataset: 'datasets',
  node: 'nodes',
  entry: 'entries',
  subjectId: 'decisions',
  ref: 'dataset-versions',
  from: 'splits',
  into: 'splits',
  version: 'versions',
  project: 'project',
  parent: 'dataset-versions',
  key: 'metrics',
  sources: 'sources',
};

/** Nothing, but for one time in twenty. */
function seldom(...values: unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 19, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom(...values) },
  );
}

const COLUMNS: Record<string, fc.Arbitrary<unknown>> = {
  key: fc.constantFrom('id'),
  label: fc.constantFrom('y', 'sex'),
  protected: fc.constantFrom('sex', 'x'),
  group: fc.constantFrom('g'),
  time: fc.constantFrom('t'),
  sources: fc.constant('census'),
  sourceColumn: seldom('sex'),
  subject: seldom('id', 'x'),
  declaredTypes: fc.constantFrom({}, { x: 'int64' }, { y: 'text', sex: 'text' }),
  name: fc.constantFrom(...Array.from({ length: 12 }, (_, i) => `split-${i}`)),
  role: fc.constantFrom('train', 'train', 'validation', 'validation', 'holdout', 'holdout', 'cross_domain'),
  domain: fc.constantFrom('south', 'north'),
  reference: seldom('https://127.0.0.1/x', 'file:///etc/passwd'),
  sha256: seldom('ab'.repeat(32)),
  looks: fc.constantFrom(1, 20),
  sealed: fc.constantFrom(false, false, false, true),
  // Mostly nothing: they go with shares and one file for all splits.
  share: fc.constant(null),
  splitBy: seldom({ method: 'random' }),
};

const SOURCES: Record<string, fc.Arbitrary<unknown>> = {
  kind: fc.constantFrom('logs', 'third_party'),
  licence: fc.constantFrom('MIT', 'CC-BY-4.0'),
  basis: fc.constantFrom('consent', 'contract'),
  collectedFrom: fc.constant('2026-01-01'),
  collectedUntil: fc.constant('2026-02-01'),
  expiresAt: fc.constantFrom('2030-01-01', '2030-01-01T00:00:00Z'),
};

const DRIFT: Record<string, fc.Arbitrary<unknown>> = {
  columns: fc.constantFrom('sex', 'y'),
  numericMethod: fc.constantFrom('ks', 'wasserstein'),
  categoricalMethod: fc.constantFrom('js_base2', 'hellinger'),
  threshold: fc.constantFrom(0.1, 0.2),
  alpha: fc.constantFrom(0.05, 0.01),
  shareAtLeast: fc.constantFrom(0.5, 1),
};

const LIVE: Record<string, fc.Arbitrary<unknown>> = {
  name: fc.constantFrom('seen', 'seen', 'fresh'),
  dataset: fc.constantFrom('fresh', 'seen', 'other'),
  datasetVersion: fc.constant('people@1'),
  split: fc.constantFrom('train', 'holdout'),
  capacity: fc.constantFrom(1, 20),
  seed: fc.constantFrom(0, 7),
  sources: fc.constant('census'),
  rows: fc.record({
    id: fc.nat(9),
    x: fc.constantFrom(1, 0.5),
    sex: fc.constantFrom('f', null),
    y: fc.constantFrom('yes', null),
  }),
  no: seldom(1, 2),
};

const AGREEMENT: Record<string, fc.Arbitrary<unknown>> = {
  ratings: fc.constantFrom('sex', 'y', 'x', 'id'),
  level: fc.constantFrom('nominal', 'nominal', 'ordinal'),
  categories: fc.constantFrom('f', 'm', 'yes', 'no', '0', '1'),
  split: fc.constantFrom('train', 'validation'),
  datasetVersion: fc.constant('people@1'),
};

const CHECKS: Record<string, fc.Arbitrary<unknown>> = {
  check: fc.constantFrom(
    'duplicates',
    'duplicates',
    'outliers',
    'imbalance',
    'leakage',
    'proxy',
    'parent-drift',
  ),
  splits: fc.constantFrom('train', 'validation', 'holdout'),
  parameters: fc.constantFrom({}, {}, { ignore: ['x'] }, { columns: ['x'] }),
  ref: fc.constant('people@1'),
  uploadId: fc.constant(null),
};

/** Both were evaluated there. */
const ABLATION: Record<string, fc.Arbitrary<unknown>> = {
  full: fc.constant('credit@1'),
  ablated: fc.constant('credit@2'),
  split: fc.constantFrom('validation', 'north'),
  datasetVersion: fc.constant('people@1'),
};

/** Mostly nothing, as it goes with no predictions. */
const EXECUTE: Record<string, fc.Arbitrary<unknown>> = {
  execute: fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.record({
        runtime: fc.constantFrom('onnx', 'tfjs'),
        splits: fc.constantFrom(['validation'], ['holdout']),
        inputs: fc.constantFrom([{ features: ['x'] }], [{ name: 'x', features: ['x', 'sex'] }]),
      }),
    },
  ),
};

/** What a schema calls a text or any JSON, and the service something narrower; of a field, or of one operation's field. */
const NARROW: Record<string, fc.Arbitrary<unknown>> = {
  // The last is no row's.
  'RowProof_prove.key': fc.constantFrom('1', '7', '999999999'),
  roles: fc.constantFrom(...ROLE_NAMES),
  scopes: fc.constantFrom(...Object.keys(PERMISSIONS)),
  expires: fc.constantFrom('90d', '12h', '30m'),
  status: fc.constantFrom('finished', 'failed'),
  metric: fc.constantFrom('accuracy', 'auc', 'brier'),
  subjectKind: fc.constantFrom('gateDecision'),
  protocol: fc.constantFrom(
    {},
    { threshold: 0.4 },
    { bins: 10, seed: 7 },
    { positive: 'yes' },
    { slices: [{ name: 'some', where: "x < 5 AND NOT sex IN ('f')" }], search: { minimumRows: 5 } },
    { task: 'regression', quantile: 0.9 },
    { cluster: 'x' },
    { labelNoise: [0.01], metrics: ['accuracy'], attributes: [], intersections: false },
  ),
  ...of(['Datasets_push', 'pushDatasetVersion'], COLUMNS),
  ...of(['Sources_add', 'addDataSource'], SOURCES),
  ...of(['Evaluations_request', 'requestEvaluation'], EXECUTE),
  ...of(['Drift_request', 'measureDrift'], DRIFT),
  ...of(['Ablation_request', 'measureAblation'], ABLATION),
  ...of(['Checks_request', 'checkDataset'], CHECKS),
  ...of(['Checks_suggest', 'suggestRules'], CHECKS),
  ...of(['Sampling_create', 'createSamplingPlan'], LIVE),
  ...of(['Sampling_offer', 'offerRows'], LIVE),
  ...of(['Sampling_take', 'takeLiveSample', 'liveSamples', 'samplingPlan'], LIVE),
  ...of(['Agreement_request', 'measureAgreement'], AGREEMENT),
};

function of(
  operations: readonly string[],
  fields: Record<string, fc.Arbitrary<unknown>>,
): Record<string, fc.Arbitrary<unknown>> {
  const each = operations.flatMap((operation) =>
    Object.entries(fields).map(([name, values]) => [`${operation}.${name}`, values] as const),
  );
  return Object.fromEntries(each);
}

export const narrowValues = (operation: string, field: string): fc.Arbitrary<unknown> | undefined =>
  NARROW[`${operation}.${field}`] ?? NARROW[field];

/** Values of a pool; one in thirteen is of another. */
export function fromPool(pools: Pools, pool: string): fc.Arbitrary<string> {
  const everything = Object.values(pools).flat();
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...(pools[pool] ?? everything)) },
    { weight: 1, arbitrary: fc.constantFrom(...everything) },
  );
}
