/**
 * Why a policy is refused. `POLICY_FIELD_NOT_ENFORCED`: a field of a later version, which would promise a check that
 * nobody makes. `POLICY_INVALID`: everything else.
 */
export interface PolicyProblem {
  code: 'POLICY_INVALID' | 'POLICY_FIELD_NOT_ENFORCED';
  /** Where, e.g. `spec.rules[2].fairness.atMost`. */
  path: string;
  found: string;
  expected: string;
}

export function invalid(path: string, found: string, expected: string): PolicyProblem {
  return { code: 'POLICY_INVALID', path, found, expected };
}

export function notEnforced(path: string): PolicyProblem {
  return {
    code: 'POLICY_FIELD_NOT_ENFORCED',
    path,
    found: 'a field that this version of Assay does not enforce',
    expected: 'the field to be left out: a check that is not made must not be promised',
  };
}

/** A value as an error may show it: short, on one line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
