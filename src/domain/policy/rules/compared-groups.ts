import {
  rateCounts,
  RATES,
  withIndependentCounts,
  type FairnessMetric,
  type Group,
  type RateName,
} from '../../fairness/index.js';
import type { SplitEvidence } from '../../metrics/index.js';
import type { Slice } from '../atom.js';
import type { Hold } from '../hold.js';
import type { FairnessParameters } from '../gate-policy.js';
import { crossedGroups, groupTitle } from '../groups.js';
import { count, listed } from '../phrase.js';
import type { ComparedPair } from './pair-decision.js';

export interface ComparedGroups {
  pairs: ComparedPair[];
  /** Attribute sets and rates without a single pair. */
  empty: Slice[];
  holds: Hold[];
  caveats: string[];
}

/** The pairs of groups that the rule compares, and what keeps some of them from being decided. */
export function comparedGroups(
  parameters: FairnessParameters,
  metric: FairnessMetric,
  rows: SplitEvidence,
): ComparedGroups {
  const { attributes, intersections } = parameters;
  const compared: ComparedGroups = {
    pairs: [],
    empty: [],
    holds: missingGroups(parameters, rows),
    caveats: [],
  };
  for (const set of [
    ...attributes.map((attribute) => [attribute]),
    ...(intersections ? [[...attributes]] : []),
  ]) {
    const groups = crossedGroups(rows.groups, set, rows.clusters);
    for (const rate of metric.rates) addRate(compared, rate, set, groups, parameters);
  }
  return compared;
}

interface RatedGroup {
  group: Group;
  x: number;
  n: number;
  small: boolean;
}

function addRate(
  compared: ComparedGroups,
  rate: RateName,
  set: string[],
  groups: Group[],
  parameters: FairnessParameters,
): void {
  const { minGroupSize, smallGroups, split } = parameters;
  const { label, among, key } = RATES[rate];
  const rated = groups.map((group): RatedGroup => {
    const { x, n } = rateCounts(group, rate);
    return { group, x, n, small: n < minGroupSize };
  });
  const small = rated.filter((each) => each.small);
  const told = listed(
    small.map(({ group, n }) => `${groupTitle(group)} (${count(n)} ${among})`),
    6,
  );
  const where = `${label} by ${set.join(' and ')}`;
  if (small.length > 0 && smallGroups === 'exclude') {
    compared.caveats.push(`left out of the ${where}, as smaller than ${count(minGroupSize)}: ${told}`);
  } else if (small.length > 0) {
    compared.holds.push({
      reason: `${where}: ${told} ${small.length === 1 ? 'is' : 'are'} below the group size of ${count(minGroupSize)} that the policy asks for`,
      remedy: `Add rows of the small groups to ${split}, or state the exception in the policy (smallGroups: exclude).`,
      open: false,
    });
  }
  if (rated.length - small.length < 2) {
    compared.holds.push({
      reason: `${where}: fewer than two groups of ${split} are large enough to compare`,
      remedy: `Push a dataset version whose split ${split} has at least two groups of ${count(minGroupSize)} ${among}.`,
      open: false,
    });
  }
  const slice = { split, attributes: set, rate: key };
  const kept = smallGroups === 'exclude' ? rated.filter((each) => !each.small) : rated;
  if (kept.length < 2) compared.empty.push(slice);
  for (const [i, first] of kept.entries()) {
    for (const second of kept.slice(i + 1)) compared.pairs.push(pairOf(rate, first, second, slice));
  }
}

function pairOf(rate: RateName, first: RatedGroup, second: RatedGroup, slice: Slice): ComparedPair {
  // Cross-multiplied: equal fractions stay equal.
  const [a, b] = first.x * second.n >= second.x * first.n ? [first, second] : [second, first];
  const pair = { rate, higher: a.group, lower: b.group, x1: a.x, n1: a.n, x2: b.x, n2: b.n };
  return { ...withIndependentCounts(pair), slice, small: a.small || b.small };
}

function missingGroups({ requireGroups = {}, split }: FairnessParameters, rows: SplitEvidence): Hold[] {
  return Object.entries(requireGroups).flatMap(([attribute, required]) => {
    const present = new Set(
      rows.groups
        .filter((cell) => cell.tp + cell.fp + cell.fn + cell.tn > 0)
        .map((cell) => String(cell.attributes[attribute])),
    );
    const missing = required.filter((value) => !present.has(value));
    if (missing.length === 0) return [];
    return [
      {
        reason: `the policy requires ${attribute} ${listed(missing)}, and ${split} has no such rows`,
        remedy: `Push a dataset version whose split ${split} has rows of ${listed(missing)}.`,
        open: false,
      },
    ];
  });
}
