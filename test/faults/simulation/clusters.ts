import { buildSplitEvidence, type SplitEvidence } from '../../../src/domain/metrics/index.js';
import type { SplitFacts } from '../../../src/domain/policy/index.js';
import { decideGate, type RuleResult } from '../../../src/domain/policy/index.js';
import { evidenceOf, factsOf, policyOf } from '../../../src/domain/policy/policy-fixtures.js';
import type { Random } from '../../../src/domain/statistics/index.js';

/** Rows of equally large clusters in two groups by cluster, right or wrong; half of each cluster's rows are positive. */
export interface ClusteredPopulation {
  clusters: number;
  /** Rows of a cluster, even. */
  size: number;
  /** Of the second group: the share of clusters that are wrong as a whole; of the first, where other than there. */
  whole: number;
  wholeOfFirst?: number;
  /** Of the rows of all other clusters: the share that is wrong. */
  row: number;
}

/** The share of rows that are right in either group. */
export function rightIn({ whole, wholeOfFirst = whole, row }: ClusteredPopulation): [number, number] {
  return [(1 - wholeOfFirst) * (1 - row), (1 - whole) * (1 - row)];
}

export function clustersOf(of: ClusteredPopulation, random: Random): SplitEvidence {
  const { clusters, size, whole, wholeOfFirst = whole, row } = of;
  const wrong = Array.from({ length: clusters }, (_, c) => random() < (c % 2 === 0 ? wholeOfFirst : whole));
  const rows = Array.from({ length: clusters * size }, (_, i) => i);
  const clusterOf = (i: number) => Math.floor(i / size);
  const labels = rows.map((i) => i % 2);
  const predictions = rows.map((i) => (wrong[clusterOf(i)] || random() < row ? 1 - labels[i]! : labels[i]!));
  return buildSplitEvidence({
    classes: ['0', '1'],
    positive: '1',
    labels,
    predictions,
    // Of 0.1 and 0.9, so that the Brier score and log loss are those of right and wrong.
    scores: Float64Array.from(predictions, (prediction) => (prediction === 1 ? 0.9 : 0.1)),
    cells: [{ attributes: { sex: 'f' } }, { attributes: { sex: 'm' } }],
    cellOf: rows.map((i) => clusterOf(i) % 2),
    clusters: { column: 'patient', of: Uint32Array.from(rows, clusterOf), count: clusters },
  });
}

/** The verdict on clustered rows, by a protocol that names their column. */
export function clusteredVerdict(rule: object, evidence: SplitEvidence): RuleResult['verdict'] {
  const facts = factsOf('holdout', evidence);
  const measurement = facts.measurement!;
  const clustered: SplitFacts = {
    ...facts,
    measurement: { ...measurement, protocol: { ...measurement.protocol, cluster: 'patient' } },
  };
  const policy = policyOf([{ id: 'rule', ...rule }], { protocol: { cluster: 'patient' } });
  return decideGate(policy, evidenceOf([clustered])).verdict;
}
