import { DISPLAY_CONFIDENCE, undefinedMetric, type Metric } from '../metrics/metric.js';
import { checkSameRows, meanDifference, type RowScores } from './paired-difference.js';

export interface Perturbation extends RowScores {
  name: string;
}

export interface Robustness {
  /** What each perturbation costs, clean less perturbed; intervals hold for all of them together (Bonferroni). */
  perturbations: { name: string; drop: Metric }[];
  /** The cost of the mean perturbation. */
  mean: Metric;
  /** The cost of the worst one, its interval for the largest of the true costs; undefined where one is undefined. */
  worst: Metric;
  worstName: string | null;
}

/**
 * What a model loses on perturbed copies of the same rows. Scores are higher-is-better and per row (1 for right, 0 for wrong, or
 * less the loss); `range` is the largest difference one row can show. Throws RangeError for other rows.
 */
export function robustness(clean: RowScores, perturbations: readonly Perturbation[], range = 1): Robustness {
  for (const one of perturbations) checkSameRows(clean, one);
  const count = perturbations.length;
  if (count === 0) {
    const none = undefinedMetric('no perturbations');
    return { perturbations: [], mean: none, worst: none, worstName: null };
  }
  const together = 1 - (1 - DISPLAY_CONFIDENCE) / count;
  const drops = perturbations.map(({ name, scores }) => ({
    name,
    drop: meanDifference(
      Float64Array.from(clean.scores, (score, i) => score - scores[i]!),
      range,
      together,
      `robustness/drop/paired-student/bonferroni-${count}`,
    ),
  }));
  const means = Float64Array.from(
    clean.scores,
    (score, i) => score - perturbations.reduce((sum, { scores }) => sum + scores[i]!, 0) / count,
  );
  const mean = meanDifference(means, range, DISPLAY_CONFIDENCE, 'robustness/mean-drop/paired-student');
  return { perturbations: drops, mean, ...worstOf(drops, count) };
}

/** The same costs without their intervals, for rows that are not independent. */
export function withoutIntervals({ perturbations, mean, worst, worstName }: Robustness): Robustness {
  const bare = (metric: Metric): Metric =>
    metric.defined ? { ...metric, ci: null, formulaId: `${metric.formulaId}/no-clustered-interval` } : metric;
  return {
    perturbations: perturbations.map(({ name, drop }) => ({ name, drop: bare(drop) })),
    mean: bare(mean),
    worst: bare(worst),
    worstName,
  };
}

function worstOf(drops: Robustness['perturbations'], count: number): Pick<Robustness, 'worst' | 'worstName'> {
  const measured = drops.flatMap(({ name, drop }) => (drop.defined ? [{ name, drop }] : []));
  const missing = drops.find(({ drop }) => !drop.defined);
  if (missing && !missing.drop.defined)
    return { worst: undefinedMetric(`${missing.name}: ${missing.drop.reason}`), worstName: null };
  const first = measured.reduce((most, each) => (each.drop.value > most.drop.value ? each : most));
  const ends = measured.map(({ drop }) => drop.ci!);
  return {
    worst: {
      ...first.drop,
      ci: [Math.max(...ends.map(([low]) => low)), Math.max(...ends.map(([, high]) => high))],
      formulaId: `robustness/worst-drop/paired-student/bonferroni-${count}`,
    },
    worstName: first.name,
  };
}
