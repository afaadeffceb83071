import { CLOCK_SLACK_SECONDS, durationText } from './duration.js';
import type { GateEvidence, SplitFacts, SplitMeasurement } from './gate-evidence.js';
import { EVIDENCE_LEVELS } from './gate-policy.js';
import type { RegressionEvidence } from '../metrics/index.js';
import type { Hold } from './hold.js';
import { listed } from './phrase.js';
import { checkClusterColumn } from './sound-clusters.js';
import { checkSplitEvidence, checkSplits } from './sound-evidence.js';
import type { DecisionTerms } from './rule-type.js';

export type SplitAccess =
  | { usable: true; split: SplitFacts; measurement: SplitMeasurement }
  | { usable: false; split: SplitFacts | null; hold: Hold };

/**
 * The measurement of a split, if it may decide: it exists, is of the policy's level, fresh, and came from an allowed look.
 * Otherwise the reason why nothing can be said, neither PASS nor FAIL.
 */
export function accessSplit(name: string, evidence: GateEvidence, terms: DecisionTerms): SplitAccess {
  checkSplits(evidence.splits);
  const split = evidence.splits.find((facts) => facts.name === name) ?? null;
  const refuse = (reason: string, remedy: string): SplitAccess => ({
    usable: false,
    split,
    hold: { reason, remedy, open: true },
  });
  if (split === null) {
    return refuse(
      `the dataset version has no split ${name} (it has ${listed(evidence.splits.map((facts) => facts.name))})`,
      `Push a dataset version with a split ${name}, or name an existing split in the policy.`,
    );
  }
  const { measurement } = split;
  if (measurement === null) {
    return refuse(
      split.missing ?? `${evidence.subject.ref} has not been evaluated on ${name}`,
      `Send predictions: assay evaluate ${evidence.subject.ref} --predictions ${name}=FILE.`,
    );
  }
  if (EVIDENCE_LEVELS.indexOf(measurement.level) < EVIDENCE_LEVELS.indexOf(terms.minLevel)) {
    return refuse(
      `the evidence on ${name} is ${measurement.level}, and the policy takes ${terms.minLevel} or better`,
      `Evaluate so that the numbers are ${terms.minLevel}, or have the policy take ${measurement.level} evidence.`,
    );
  }
  if (!Number.isFinite(measurement.ageSeconds)) throw new RangeError(`the evidence on ${name} has no age`);
  if (split.sealed && !(Number.isSafeInteger(measurement.look) && Number(measurement.look) >= 1))
    throw new RangeError(`the evidence on the sealed split ${name} comes from no recorded look`);
  if (measurement.ageSeconds > terms.maxAgeSeconds) {
    const age = durationText(Math.max(3600, Math.floor(measurement.ageSeconds / 3600) * 3600));
    return refuse(
      `the evidence on ${name} is ${age} old, and the policy takes none older than ${durationText(terms.maxAgeSeconds)}`,
      `Evaluate ${evidence.subject.ref} again and repeat the check.`,
    );
  }
  if (measurement.ageSeconds < -CLOCK_SLACK_SECONDS) {
    return refuse(
      `the evidence on ${name} is dated in the future: the clock was set back since, and its age is not known`,
      `Set the clock right, or evaluate ${evidence.subject.ref} again once it has passed that date.`,
    );
  }
  const measuredOtherwise = protocolProblem(measurement, terms);
  if (measuredOtherwise !== null) {
    return refuse(
      `the evidence on ${name} was measured with ${measuredOtherwise}`,
      `Evaluate ${evidence.subject.ref} as the policy says, or have the policy name it under spec.protocol.`,
    );
  }
  if (split.sealed && terms.looks !== null && Number(measurement.look) > terms.looks) {
    return refuse(
      `the evidence comes from look ${measurement.look} at the sealed split ${name}, and the policy allows ${terms.looks}`,
      `Refresh the holdout: push a dataset version whose split ${name} has rows that nobody was scored on.`,
    );
  }
  checkSplitEvidence(name, measurement.evidence, split.rows);
  checkClusterColumn(name, measurement.evidence, measurement.protocol);
  return { usable: true, split, measurement };
}

/** What of its protocol neither the policy nor a default says: who sends predictions does not choose the measure. */
function protocolProblem({ protocol }: SplitMeasurement, { protocol: asked }: DecisionTerms): string | null {
  for (const field of ['positive', 'threshold', 'bins', 'seed', 'quantile', 'cluster'] as const) {
    const found = protocol[field] ?? null;
    const wanted = asked[field];
    if (wanted === undefined && protocol.chosen.includes(field))
      return `${field} ${JSON.stringify(found)} by the choice of its sender, and the policy does not say so`;
    if (wanted !== undefined && found !== wanted)
      return `${field} ${JSON.stringify(found)}, and the policy takes ${JSON.stringify(wanted)}`;
  }
  // Groups that were not counted could not fail.
  if (protocol.chosen.includes('attributes'))
    return 'the groups of some protected attributes only, by the choice of its sender';
  return null;
}

/** Why no model can be judged on these labels; null when rows of at least two classes, or with different numbers, are there. */
export function oneClassHold({ split, measurement }: Extract<SplitAccess, { usable: true }>): Hold | null {
  const { regression } = measurement.evidence;
  if (regression !== undefined) return oneNumberHold(split.name, regression);
  const seen = measurement.evidence.confusion.filter((row) => row.some((cell) => cell > 0)).length;
  if (seen >= 2) return null;
  return {
    reason: `the labels of ${split.name} hold ${seen === 0 ? 'no class' : 'one class only'}: nothing tells a model from a constant`,
    remedy: `Push a dataset version whose split ${split.name} has rows of every class.`,
    open: false,
  };
}

function oneNumberHold(split: string, { errors }: RegressionEvidence): Hold | null {
  // Without errors every metric says why.
  if (errors === null || errors.label.variance > 0) return null;
  return {
    reason: `the labels of ${split} are all equal: nothing tells a model from a constant`,
    remedy: `Push a dataset version whose split ${split} has rows with different labels.`,
    open: false,
  };
}
