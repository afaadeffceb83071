import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes tens of seconds, the longest first: begun last, it would run alone while the other processes have nothing to do. */
const LONG = [
  ...[
    'ingest-dataset',
    'shards',
    'evaluate-split',
    'one-flaw',
    'monotone',
    'confusion-metrics',
    'never-pass',
  ],
  ...[
    'access-other-project',
    'sealed-planted',
    'queue-redis',
    'queue',
    'operation-start',
    'sealed-one-label',
  ],
  ...['crash', 'access-rest', 'queue-jobs', 'upgrade', 'tamper-columns', 'evaluation-shards'],
  ...[
    'bad-predictions',
    'operation-clock',
    'attack-data-of-gates',
    'fuzz-rest',
    'execution-refused',
    'races-mixed',
  ],
  ...[
    'operation-sigterm',
    'races-connections',
    'redis-mode',
    'tamper-files',
    'demo',
    'access-graphql',
    'execution',
  ],
  ...[
    'operation-disk',
    'embedded-postgres',
    'races-memory',
    'deployments',
    'readme',
    'fuzz-graphql',
    'races-looks',
  ],
  ...['races-deadlocks', 'evaluation', 'datasets', 'ladder', 'bad-predictions-parquet', 'operation-home'],
];
/** One project after the other: a process is kept as long as the next file is of the same. */
const PROJECTS = ['unit', 'redis', 'served'];

/** The order in which files are begun; it differs in nothing else. */
export class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve([...files].sort((a, b) => compare(placeOf(a), placeOf(b))));
  }
}

function placeOf({ project, moduleId }: TestSpecification): [number, number, string] {
  const name = basename(moduleId, '.spec.ts');
  const place = LONG.indexOf(name);
  return [PROJECTS.indexOf(project.name), place === -1 ? LONG.length : place, moduleId];
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const i = a.findIndex((each, at) => each !== b[at]);
  return i === -1 ? 0 : a[i]! < b[i]! ? -1 : 1;
}
