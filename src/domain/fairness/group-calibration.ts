import { undefinedMetric, type Metric } from '../metrics/metric.js';
import { groupRows, type Group } from './groups.js';

/**
 * Calibration within a group: the expected calibration error of its rows over the bins of the protocol, in [0, 1]; 0 is perfect.
 * Descriptive: chance alone makes it large in small groups. Kleinberg, Mullainathan and Raghavan 2017.
 */
export function groupEce(group: Group): Metric {
  const { calibration } = group;
  if (!calibration) return undefinedMetric('no scores were kept by group');
  const n = groupRows(group);
  return {
    defined: true,
    value: calibration.reduce((sum, r) => sum + Math.abs(r), 0) / n,
    ci: null,
    n,
    formulaId: `ece/positive-class/equal-width-${calibration.length}/within-group/biased-upward`,
  };
}
