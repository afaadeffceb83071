import type { Expansion } from './atom.js';
import type { GateEvidence } from './gate-evidence.js';
import type { Rule } from './gate-policy.js';
import { count } from './phrase.js';
import { withoutErrors } from './without-errors.js';

/** Rules whose numbers come from the evidence of splits alone. */
const ON_SPLITS = ['metric', 'fairness', 'crossDomain'];

/**
 * What to say where a rule cannot pass on these rows whatever the model does: a model without an error would meet the threshold, and
 * the bound would not clear it. Null where it could pass, and where that cannot be told.
 */
export function tooSmall(
  rule: Rule,
  names: readonly string[],
  evidence: GateEvidence,
  expand: (evidence: GateEvidence) => Expansion,
): string | null {
  try {
    return hintOf(rule, names, evidence, expand);
  } catch {
    // The rule was decided on what it reads. Where something else of the evidence is damaged there is no hint, and no other verdict.
    return null;
  }
}

function hintOf(
  rule: Rule,
  names: readonly string[],
  evidence: GateEvidence,
  expand: (evidence: GateEvidence) => Expansion,
): string | null {
  if (rule.decideOn === 'point' || !ON_SPLITS.includes(rule.type)) return null;
  const splits = evidence.splits.map((split) => {
    if (split.measurement === null || !names.includes(split.name)) return split;
    const perfect = withoutErrors(split.measurement.evidence);
    return perfect && { ...split, measurement: { ...split.measurement, evidence: perfect } };
  });
  if (!splits.every((split) => split !== null)) return null;
  const { atoms, unit } = expand({ ...evidence, splits });
  const short = atoms.filter(({ clears, observed, undefinedBecause, threshold, comparison }) => {
    if (clears || observed === null || undefinedBecause !== null) return false;
    return comparison === 'atLeast' ? observed >= threshold : observed <= threshold;
  });
  if (short.length === 0) return null;
  const needed = Math.max(...short.map(({ neededN }) => neededN ?? Infinity));
  const takes = Number.isFinite(needed) ? `; that takes about ${count(needed)} ${unit}` : '';
  return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} too small for this rule: not even a model without an error would pass${takes}`;
}
