import { DISPLAY_CONFIDENCE, undefinedMetric, type Metric } from '../metrics/metric.js';
import { checkSameRows, meanDifference, type RowScores } from './paired-difference.js';

export type Factor = string | number | boolean | null;

/** One arm of an ablation: everything that went into it, and its scores. */
export interface AblationArm extends RowScores {
  manifest: Readonly<Record<string, Factor>>;
}

export interface Ablation {
  /** What the factor is worth: full less ablated, above 0 where it helps; undefined unless exactly one factor differs. */
  effect: Metric;
  changed: { factor: string; full: Factor | undefined; ablated: Factor | undefined }[];
}

/** The factors whose values differ, by name; one that an arm lacks is `undefined` there. */
export function changedFactors(
  full: AblationArm['manifest'],
  ablated: AblationArm['manifest'],
): Ablation['changed'] {
  const names = [...new Set([...Object.keys(full), ...Object.keys(ablated)])].sort();
  return names
    .filter(
      (factor) =>
        !(Object.hasOwn(full, factor) && Object.hasOwn(ablated, factor) && full[factor] === ablated[factor]),
    )
    .map((factor) => ({ factor, full: full[factor], ablated: ablated[factor] }));
}

/** Paired on the same rows, higher is better. Of two factors at once nobody could say which did it. Throws RangeError for other rows. */
export function ablation(full: AblationArm, ablated: AblationArm, range = 1): Ablation {
  checkSameRows(full, ablated);
  const changed = changedFactors(full.manifest, ablated.manifest);
  if (changed.length !== 1) {
    const names = changed.map(({ factor }) => factor).join(', ');
    return {
      effect: undefinedMetric(
        changed.length === 0
          ? 'the arms have the same factors'
          : `the arms differ in ${changed.length} factors: ${names}`,
      ),
      changed,
    };
  }
  const differences = Float64Array.from(full.scores, (score, i) => score - ablated.scores[i]!);
  return {
    effect: meanDifference(differences, range, DISPLAY_CONFIDENCE, 'ablation/one-factor/paired-student'),
    changed,
  };
}
