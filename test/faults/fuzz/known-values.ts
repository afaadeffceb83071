import fc from 'fast-check';
import type { Pools } from './fuzz-world.js';

/** Fields of bodies, queries and arguments, and what they name. */
export const FIELD: Record<string, string> = {
  modelVersion: 'modelVersions',
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
};

/** Values of a pool; one in thirteen is of another. */
export function fromPool(pools: Pools, pool: string): fc.Arbitrary<string> {
  const everything = Object.values(pools).flat();
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...(pools[pool] ?? everything)) },
    { weight: 1, arbitrary: fc.constantFrom(...everything) },
  );
}
