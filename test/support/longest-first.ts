import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * What takes longest, the longest first: begun last, it would run alone while the other processes have nothing to do. Of the files that
 * start on copies of one furnished project only one is in front: the others would wait for what it makes.
 */
const LONG = `
  shards ingest-dataset one-flaw assign-splits monotone formats confusion-metrics adult evaluate-split checks-data never-pass
  redis-mode redis-mode-start attack-sealed-labels
  sealed-one-label sealed-planted access-other-project queue fuzz-rest queue-redis operation-start crash access-graphql access-rest
  upgrade execution-refused races-mixed tamper-columns false-pass-fairness races-connections demo evaluation-shards queue-jobs
  operation-sigterm embedded-postgres tamper-files datasets execution bad-datasets false-pass-metrics gates profiles operation-disk
  bad-data-kept-exactly false-pass-domains bad-predictions-parquet cli bad-predictions operation-home provenance
  attack-data-of-gates fuzz-graphql deployments queue-clock races-memory embedded-supervisor evaluation readme robustness ladder
  operation-files erasure operation-clock tamper-refused races-deadlocks slices row-level-security
`
  .trim()
  .split(/\s+/);
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
