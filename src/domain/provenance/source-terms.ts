/** How data came about. */
export const SOURCE_KINDS = ['logs', 'user_interactions', 'simulation', 'third_party', 'synthetic'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** Why personal data may be processed: Regulation (EU) 2016/679, article 6(1), points a to f. */
export const LEGAL_BASES = [
  'consent',
  'contract',
  'legal_obligation',
  'vital_interests',
  'public_task',
  'legitimate_interests',
] as const;
export type LegalBasis = (typeof LEGAL_BASES)[number];

/** What of a source's terms decides whether its data may be used. Nothing is said by leaving something out. */
export interface SourceTerms {
  kind: SourceKind;
  /** Whether a licence is named. */
  licensed: boolean;
  personal: boolean;
  basis: LegalBasis | 'none';
  /** What the data may be used for. */
  purposes: 'any' | string[];
  /** Whether the terms have run out at the time of the decision. */
  expired: boolean;
}

/**
 * The terms under which data may be used for which both of these hold: those that a version was pushed under, and those that hold now.
 * A narrowing counts at once; a widening only for data that name it.
 */
export function strictest(one: SourceTerms, other: SourceTerms): SourceTerms {
  const [a, b] = [one.purposes, other.purposes];
  return {
    kind: one.kind === 'third_party' ? one.kind : other.kind,
    licensed: one.licensed && other.licensed,
    personal: one.personal || other.personal,
    basis: strictestBasis(one, other),
    purposes: a === 'any' ? b : b === 'any' ? a : a.filter((purpose) => b.includes(purpose)),
    expired: one.expired || other.expired,
  };
}

/** Of two bases the one that asks more: none is no basis, and consent can be withdrawn. Data that are not personal need none. */
function strictestBasis(one: SourceTerms, other: SourceTerms): SourceTerms['basis'] {
  const asked = [one, other].filter(({ personal }) => personal).map(({ basis }) => basis);
  if (asked.includes('none')) return 'none';
  return asked.includes('consent') ? 'consent' : (asked[0] ?? 'none');
}
