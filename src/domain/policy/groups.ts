import { clustersOfGroup, type Group } from '../fairness/index.js';
import type { ClusterEvidence, GroupCell } from '../metrics/index.js';

/**
 * The groups of the full cross of some attributes, as sums of the finer cells, in the order of their values. Unlike a
 * report, a decision keeps the combination that nobody has, with counts of 0: an empty group is a finding, not an absence.
 */
export function crossedGroups(
  cells: readonly GroupCell[],
  attributes: readonly string[],
  clusters?: ClusterEvidence,
): Group[] {
  const values = attributes.map((attribute) =>
    [...new Set(cells.map((cell) => String(cell.attributes[attribute])))].sort(),
  );
  const groups = new Map<string, Group>();
  for (const combination of product(values)) {
    const named = Object.fromEntries(attributes.map((attribute, i) => [attribute, combination[i] ?? '']));
    groups.set(JSON.stringify(combination), {
      attributes: named,
      ...clustersOfGroup(clusters, attributes, named),
      tp: 0,
      fp: 0,
      fn: 0,
      tn: 0,
    });
  }
  for (const cell of cells) {
    const group = groups.get(
      JSON.stringify(attributes.map((attribute) => String(cell.attributes[attribute]))),
    );
    if (!group) continue;
    group.tp += cell.tp;
    group.fp += cell.fp;
    group.fn += cell.fn;
    group.tn += cell.tn;
  }
  return [...groups.values()];
}

function product(values: readonly string[][]): string[][] {
  return values.reduce<string[][]>(
    (rows, next) => rows.flatMap((row) => next.map((value) => [...row, value])),
    [[]],
  );
}

/** A group as a sentence names it: `African-American`, or `African-American, Female`. */
export function groupTitle(group: Pick<Group, 'attributes'>): string {
  return Object.values(group.attributes).join(', ');
}
