/** A double as JSON can carry it: JSON has no NaN and no infinities, so those travel as strings. */
export type JsonMetricValue = number | 'NaN' | 'Infinity' | '-Infinity';

const BY_NAME = new Map<unknown, number>([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

export function toJsonMetricValue(value: number): JsonMetricValue {
  return Number.isFinite(value) ? value : (String(value) as JsonMetricValue);
}

/** The double a JSON value stands for; anything else comes back as it is, for validation to refuse. */
export function fromJsonMetricValue(value: unknown): unknown {
  return BY_NAME.get(value) ?? value;
}

export function toJsonMetrics(metrics: Readonly<Record<string, number>>): Record<string, JsonMetricValue> {
  return Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, toJsonMetricValue(value)]));
}
