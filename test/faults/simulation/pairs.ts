import type { SplitEvidence } from '../../../src/domain/metrics/index.js';
import type { ComparisonFacts } from '../../../src/domain/policy/index.js';
import type { Comparisons, EvaluationView } from '../../../src/modules/evaluation/index.js';
import { pairedStatistics } from '../../../src/modules/evaluation/paired-statistics.js';
import type { Baseline } from '../../../src/modules/gates/baseline.reader.js';
import { comparisonFacts } from '../../../src/modules/gates/comparison-facts.js';
import type { Population, RowKind } from './population.js';

/** A row as a baseline sees it too. */
export interface PairedKind extends RowKind {
  baselinePrediction: 0 | 1;
  baselineScore: number;
}

const NEED = { kind: 'comparison', to: 'champion', split: 'holdout' } as const;

/** What the gate knows of candidate against baseline on the drawn rows, by way of the statistics that the job stores. */
export async function comparedOn(
  of: Population<PairedKind>,
  drawn: Uint16Array,
  metric: 'accuracy' | 'auc',
  evidence: SplitEvidence,
): Promise<ComparisonFacts> {
  const column = (value: (kind: PairedKind) => number) => of.column(drawn, value);
  const bytes = (is: (kind: PairedKind) => boolean) => Uint8Array.from(column((kind) => (is(kind) ? 1 : 0)));
  const statistics = pairedStatistics({
    positive: bytes(({ label }) => label === 1),
    candidateRight: bytes(({ label, prediction }) => label === prediction),
    baselineRight: bytes(({ label, baselinePrediction }) => label === baselinePrediction),
    scores:
      metric === 'auc'
        ? { candidate: column(({ score }) => score), baseline: column(({ baselineScore }) => baselineScore) }
        : null,
  });
  const view = (id: string) =>
    ({
      id,
      protocolHash: 'p',
      digest: id,
      splits: [{ split: 'holdout', evidence }],
    }) as unknown as EvaluationView;
  const baseline = {
    modelVersion: { id: 'champion', model: 'credit', version: 1 },
    isSubject: false,
    bySplit: new Map([['holdout', view('baseline')]]),
  } as unknown as Baseline;
  const stored = { id: 'c', digest: 'c', ageSeconds: 1, createdAt: new Date(0), statistics };
  const comparisons = { find: async () => stored } as unknown as Pick<Comparisons, 'find'>;
  return (await comparisonFacts({ ...NEED, metric }, view('candidate'), baseline, comparisons)).facts;
}
