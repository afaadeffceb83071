import { ablation, type Ablation } from '../../../domain/generalisation/index.js';
import { undefinedMetric, type Metric } from '../../../domain/metrics/index.js';
import { holm } from '../../../domain/statistics/index.js';
import type { PairedCounts } from '../paired-statistics.js';
import type { AblationPlan, PlannedArm } from './ablation-plan.js';

/** A model that lacks something, against the full one on the same rows. */
export interface AblatedArm extends Omit<PlannedArm, 'manifest'> {
  /** Null where a run is missing. */
  changed: Ablation['changed'] | null;
  accuracy: number;
  /** Accuracy of the full model less that of this one, above 0 where the factor helps; undefined unless exactly one differs. */
  effect: Metric;
  /** Exact and two-sided, against "the factor is worth nothing"; null where there is no effect. */
  p: number | null;
  /** After Holm's correction over all arms. */
  adjustedP: number | null;
}

export interface AblationReport {
  datasetVersionId: string;
  split: string;
  n: number;
  full: Omit<PlannedArm, 'manifest'> & { accuracy: number };
  ablated: AblatedArm[];
}

/** From paired counts, one for each arm in their order. */
export function ablationReport(
  { datasetVersionId, split, full, ablated, cluster }: AblationPlan,
  counts: readonly PairedCounts[],
): AblationReport {
  const arms = ablated.map((arm, i) => measured(full, arm, counts[i]!, cluster));
  // What is undefined keeps its place.
  const adjusted = holm(arms.map(({ p }) => p ?? 1));
  return {
    datasetVersionId,
    split,
    n: counts[0]!.n,
    full: { ...shown(full), accuracy: counts[0]!.candidate },
    ablated: arms.map((arm, i) => ({ ...arm, adjustedP: arm.p === null ? null : adjusted[i]! })),
  };
}

const shown = ({ manifest: _not, ...arm }: PlannedArm) => arm;

function measured(
  full: PlannedArm,
  arm: PlannedArm,
  counts: PairedCounts,
  cluster: string | undefined,
): Omit<AblatedArm, 'adjustedP'> {
  const base = { ...shown(arm), accuracy: counts.baseline };
  const without = [full, arm].find(({ manifest }) => manifest === null);
  if (!full.manifest || !arm.manifest)
    return {
      ...base,
      changed: null,
      effect: undefinedMetric(`no run was registered with ${without!.ref}, so nobody knows what differs`),
      p: null,
    };
  const rows = { rows: 'the same rows' };
  const { effect, changed } = ablation(
    { ...rows, manifest: full.manifest, scores: scoresOf(counts, 'b') },
    { ...rows, manifest: arm.manifest, scores: scoresOf(counts, 'c') },
  );
  if (!effect.defined) return { ...base, changed, effect, p: null };
  if (cluster !== undefined) {
    const reason = `rows are clustered by ${cluster}, and paired differences have no clustered interval`;
    return { ...base, changed, effect: undefinedMetric(reason), p: null };
  }
  return { ...base, changed, effect, p: counts.mcnemarP };
}

/** 1 for right, 0 for wrong, row by row: rows that one alone gets right, then those of the other, both, none. */
function scoresOf({ n, b, c, candidate }: PairedCounts, alone: 'b' | 'c'): Uint8Array {
  const scores = new Uint8Array(n);
  const both = Math.round(candidate * n) - b;
  const from = alone === 'b' ? 0 : b;
  scores.fill(1, from, from + (alone === 'b' ? b : c));
  scores.fill(1, b + c, b + c + both);
  return scores;
}
