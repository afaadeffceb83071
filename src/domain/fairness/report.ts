import type { SplitEvidence } from '../metrics/evidence.js';
import { DISPLAY_CONFIDENCE, undefinedMetric, type DefinedMetric, type Metric } from '../metrics/metric.js';
import { clusteredInterval, wilson } from '../statistics/index.js';
import { FAIRNESS_METRICS, type FairnessMetricName, type OverallMetricName } from './fairness-metric.js';
import { fairnessOfGroups } from './gaps.js';
import { groupEce } from './group-calibration.js';
import { attributeSetName, attributeSets, groupRows, groupsBy, type Group } from './groups.js';
import { clusteredRateOf } from './independent-counts.js';
import { impactRatios, type SelectedBy } from './impact-ratio.js';
import { overallOfGroups } from './overall.js';
import { RATE_NAMES, rateCounts, RATES, type BinaryCounts, type RateName } from './rates.js';

/** A group as the API answers it. */
export interface GroupReport {
  attributes: Record<string, string>;
  n: number;
  /** Rate name in JSON (`selection_rate`, `fpr`, ...) -> its value, over the rate's own denominator. */
  rates: Record<string, Metric>;
  /** Its selection rate over the highest of its attribute set; groups below 2 % of the rows are left out, with the reason. */
  impactRatio: Metric;
  /** Calibration within the group. */
  ece: Metric;
}

/** Fairness metric -> attribute set (`race`, `race,sex`) -> its value. */
export type FairnessReport = Partial<Record<FairnessMetricName | OverallMetricName, Record<string, Metric>>>;

/** One rate of a group with Wilson's interval; undefined without trials. */
export function rateMetric(counts: BinaryCounts & Pick<Group, 'clusters'>, rate: RateName): Metric {
  const { x, n } = rateCounts(counts, rate);
  if (n === 0) return undefinedMetric(`no ${RATES[rate].among}`);
  const found = { defined: true, value: x / n, n } as const;
  if (counts.clusters) return clusteredRateMetric(found, counts, rate);
  const { low, high } = wilson(x, n, DISPLAY_CONFIDENCE);
  return { defined: true, value: x / n, ci: [low, high], n, formulaId: `${RATES[rate].key}/wilson` };
}

function clusteredRateMetric(
  found: Pick<DefinedMetric, 'defined' | 'value' | 'n'>,
  { clusters }: Pick<Group, 'clusters'>,
  rate: RateName,
): Metric {
  const { key } = RATES[rate];
  const stat = clusters && 'moments' in clusters ? clusteredRateOf(clusters.moments, rate) : null;
  if (!stat?.defined) return { ...found, ci: null, formulaId: `${key}/no-interval` };
  const { low, high } = clusteredInterval(stat, DISPLAY_CONFIDENCE);
  return {
    ...found,
    ci: [low, high],
    formulaId: `${key}/korn-graubard`,
    clusters: stat.clusters,
    deff: stat.deff,
  };
}

/** Every single attribute's groups and the intersections of all attributes, each with all rates, impact ratio and calibration. */
export function groupsOf(evidence: SplitEvidence, by?: SelectedBy): GroupReport[] {
  return attributeSets(evidence).flatMap((attributes) => {
    const groups = groupsBy(evidence, attributes);
    const ratios = impactRatios(groups, { ...(by && { by }) });
    return groups.map((group, i) => ({
      attributes: group.attributes,
      n: groupRows(group),
      rates: Object.fromEntries(RATE_NAMES.map((rate) => [RATES[rate].key, rateMetric(group, rate)])),
      impactRatio: ratios[i]!,
      ece: groupEce(group),
    }));
  });
}

/**
 * Every fairness metric, between groups and to overall, for every single attribute and the intersection of all; empty without
 * protected attributes.
 */
export function fairnessOf(evidence: SplitEvidence): FairnessReport {
  const sets = attributeSets(evidence).map((attributes) => ({
    name: attributeSetName(attributes),
    groups: groupsBy(evidence, attributes),
  }));
  if (sets.length === 0) return {};
  const bySet = (of: (groups: Group[]) => Metric) =>
    Object.fromEntries(sets.map(({ name, groups }) => [name, of(groups)]));
  return Object.fromEntries(
    FAIRNESS_METRICS.flatMap((metric) => [
      [metric.name, bySet((groups) => fairnessOfGroups(groups, metric))],
      [`${metric.name}_to_overall`, bySet((groups) => overallOfGroups(groups, metric))],
    ]),
  );
}
