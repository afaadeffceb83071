import type { ClusterEvidence, GroupCell, SplitEvidence } from '../metrics/evidence.js';
import { clustersOfGroup, type GroupClusters } from './independent-counts.js';
import { rateCounts, type BinaryCounts } from './rates.js';

/** Rows that share their values of some attributes. */
export interface Group extends BinaryCounts {
  attributes: Record<string, string>;
  /** Confidence less outcome, summed over the rows in each bin of the reliability table; absent without scores. */
  calibration?: number[];
  /** Absent where rows are taken for independent. */
  clusters?: GroupClusters;
}

/** The protected attributes of a split, in alphabetical order. */
export function attributeNames({ groups }: { groups: readonly GroupCell[] }): string[] {
  return Object.keys(groups[0]?.attributes ?? {}).sort();
}

/** Every single attribute, then the intersection of all: the sets that are reported. */
export function attributeSets(evidence: SplitEvidence): string[][] {
  const names = attributeNames(evidence);
  return names.length > 1 ? [...names.map((name) => [name]), names] : names.map((name) => [name]);
}

/** How a set of attributes is named in JSON: `race`, `race,sex`. */
export function attributeSetName(attributes: readonly string[]): string {
  return [...attributes].sort().join(',');
}

/** `race=Caucasian, sex=Male` */
export function groupName({ attributes }: Pick<Group, 'attributes'>): string {
  return Object.keys(attributes)
    .sort()
    .map((name) => `${name}=${attributes[name]}`)
    .join(', ');
}

/**
 * The groups that some attributes make: cells summed over all other attributes, in the order of their values. Only groups with
 * rows. Throws RangeError for an attribute that the evidence does not have.
 */
export function groupsBy(
  evidence: { groups: readonly GroupCell[]; clusters?: ClusterEvidence },
  attributes: readonly string[],
): Group[] {
  const known = attributeNames(evidence);
  const unknown = attributes.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new RangeError(
      `unknown attribute ${unknown.join(', ')}, expected one of ${known.join(', ') || '(none)'}`,
    );
  }
  const names = [...attributes].sort();
  const groups = new Map<string, Group>();
  for (const cell of evidence.groups) {
    const values = names.map((name) => cell.attributes[name]!);
    const key = JSON.stringify(values);
    let group = groups.get(key);
    if (!group) {
      const named = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
      group = {
        attributes: named,
        ...clustersOfGroup(evidence.clusters, names, named),
        tp: 0,
        fp: 0,
        fn: 0,
        tn: 0,
      };
      groups.set(key, group);
    }
    group.tp += cell.tp;
    group.fp += cell.fp;
    group.fn += cell.fn;
    group.tn += cell.tn;
    addCalibration(group, cell);
  }
  return [...groups]
    .filter(([, group]) => groupRows(group) > 0)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, group]) => group);
}

function addCalibration(group: Group, { calibration }: GroupCell): void {
  if (!calibration) return;
  group.calibration ??= calibration.map(() => 0);
  calibration.forEach((sum, bin) => {
    group.calibration![bin]! += sum;
  });
}

/** How many rows a group has. */
export function groupRows(group: BinaryCounts): number {
  return rateCounts(group, 'accuracy').n;
}
