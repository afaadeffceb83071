import type { GateDecision, RuleResult } from '../api-types.js';

/** Any JSON value in a few words: numbers to 4 digits, lists and mappings on one line; '' for nothing. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  if (Array.isArray(value)) return value.map(describe).join(', ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .filter(([, inner]) => inner !== null && inner !== undefined)
      .map(
        ([name, inner]) => `${name} ${typeof inner === 'object' ? `(${describe(inner)})` : describe(inner)}`,
      )
      .join(', ');
  }
  return String(value);
}

/** `at most 0.1`, `at least 0.8`, or nothing where the rule has no single threshold. */
export function describeThreshold(rule: RuleResult): string {
  const words = { atLeast: 'at least ', atMost: 'at most ' };
  return rule.threshold === null
    ? ''
    : `${rule.comparison ? words[rule.comparison] : ''}${describe(rule.threshold)}`;
}

/** `0.737 (0.6726 to 0.793), wanted at least 0.7, n 179`; whatever of it the rule has. */
export function describeNumbers(rule: RuleResult): string {
  const interval = rule.ci ? `(${describe(rule.ci[0])} to ${describe(rule.ci[1])})` : '';
  const threshold = describeThreshold(rule);
  const parts = [
    [describe(rule.observed), interval].filter(Boolean).join(' '),
    threshold && `wanted ${threshold}`,
    rule.n === null ? '' : `n ${rule.n}`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** The subject as people write it: NAME@VERSION where the decision says so, else its id. */
export function subjectName(decision: GateDecision): string {
  const subject = decision.subject as unknown;
  if (typeof subject === 'string') return subject;
  const known = (subject ?? {}) as Record<string, unknown>;
  if (typeof known.label === 'string') return known.label;
  if (typeof known.model === 'string' && known.version !== undefined)
    return `${known.model}@${String(known.version)}`;
  return String(known.modelVersionId ?? known.id ?? 'model version');
}
