import type { GateEvidence } from './gate-evidence.js';
import type { DecisionTerms } from './rule-type.js';
import { checkClusterColumn } from './sound-clusters.js';
import { checkSplitEvidence } from './sound-evidence.js';
import { accessSplit, type SplitAccess } from './usable-split.js';

/**
 * As `accessSplit`, of the rows of a slice that the policy declares: the evidence must hold one of the same expression, whatever it is
 * called there. Without a slice, of all rows.
 */
export function accessSlice(
  split: string,
  slice: string | undefined,
  evidence: GateEvidence,
  terms: DecisionTerms,
): SplitAccess {
  const access = accessSplit(split, evidence, terms);
  if (slice === undefined || !access.usable) return access;
  const where = terms.protocol.slices?.find(({ name }) => name === slice)?.where;
  if (where === undefined) throw new RangeError(`the policy declares no slice ${slice}`);
  const found = access.measurement.evidence.slices?.find((one) => one.where === where);
  if (!found) {
    return {
      usable: false,
      split: access.split,
      hold: {
        reason: `the evidence on ${split} has no slice ${slice}, the rows where ${where}`,
        remedy: `Evaluate ${evidence.subject.ref} with a protocol whose slices have where: ${where}.`,
        open: true,
      },
    };
  }
  const { n } = found.evidence;
  if (!(n <= access.split.rows)) throw new RangeError(`the slice ${slice} has more rows than ${split}`);
  checkSplitEvidence(`the slice ${slice} of ${split}`, found.evidence, n);
  checkClusterColumn(`the slice ${slice} of ${split}`, found.evidence, access.measurement.protocol);
  const rows = { ...access.split, name: `${split}, slice ${slice},` };
  return { ...access, split: rows, measurement: { ...access.measurement, evidence: found.evidence } };
}
