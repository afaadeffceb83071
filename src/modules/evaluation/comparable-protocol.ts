import { digestOf } from '../../domain/canonical/index.js';
import type { FairnessMetricName } from '../../domain/fairness/index.js';
import { metricRegistry, type MetricName, type ProtocolField } from '../../domain/metrics/index.js';
import type { Protocol } from './protocol.js';

/** What of a protocol one metric depends on. */
export type ComparableProtocol = Partial<Pick<Protocol, ProtocolField | 'groups'>> & {
  version: Protocol['version'];
  /** `auc@1`: null where the protocol is older than the metric. A fairness metric by its name alone. */
  metric: string | null;
};

/** Rates of groups depend on what is predicted, and on who is in a group. */
const OF_GROUPS = ['positive', 'threshold', 'groups'] as const;

/**
 * The part of a protocol that a metric depends on: numbers of two evaluations compare where theirs are equal, whatever else their
 * protocols say. A threshold counts for all predictions, as nothing tells which were made from scores.
 */
export function comparableProtocol(
  protocol: Protocol,
  metric: MetricName | FairnessMetricName,
): ComparableProtocol {
  const known = metricRegistry.find(metric);
  const fields = known ? known.dependsOn : OF_GROUPS;
  const picked = Object.fromEntries(fields.map((field) => [field, protocol[field]]));
  return { version: protocol.version, metric: known ? entryOf(protocol, metric) : metric, ...picked };
}

function entryOf({ metrics }: Protocol, metric: string): string | null {
  return metrics.split(',').find((entry) => entry.split('@')[0] === metric) ?? null;
}

/**
 * Whether numbers of a metric under two protocols compare: never where either is older than the metric, as no version of it is known,
 * unless they are one protocol.
 */
export function protocolsCompare(
  one: { protocol: Protocol; protocolHash: string },
  other: { protocol: Protocol; protocolHash: string },
  metric: MetricName | FairnessMetricName,
): boolean {
  if (one.protocolHash === other.protocolHash) return true;
  const [first, second] = [one, other].map(({ protocol }) => comparableProtocol(protocol, metric));
  return first!.metric !== null && digestOf(first) === digestOf(second);
}
