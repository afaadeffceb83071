import { addCluster, emptyMoments } from '../statistics/index.js';
import type { Batch } from './add-batch.js';
import { forEachCluster } from './cluster-runs.js';
import type { ClusterGroups } from './evidence.js';
import type { ReductionShape } from './reduction.js';

/** Of every single attribute and of all of them crossed. */
export function clusterGroups(
  { cells = [], cellOf }: Pick<Batch, 'cellOf'> & Partial<Pick<ReductionShape, 'cells'>>,
  outcomeOf: Uint8Array,
  { order, of }: { order: Uint32Array; of: Uint32Array },
): ClusterGroups[] {
  const names = Object.keys(cells[0]?.attributes ?? {}).sort();
  if (names.length === 0 || !cellOf) return [];
  const sets = names.length > 1 ? [...names.map((name) => [name]), names] : [names];
  return sets.map((attributes) => {
    const { values, groupOfCell } = groupsOfCells(cells, attributes);
    const moments = values.map(emptyMoments);
    const counts = values.map(() => new Float64Array(4));
    const touched: number[] = [];
    // The last cluster that had rows of a group, counted from 1.
    const seen = new Uint32Array(values.length);
    let cluster = 0;
    let shared = false;
    forEachCluster(order, of, (from, to) => {
      cluster++;
      touched.length = 0;
      for (let i = from; i < to; i++) {
        const row = order[i]!;
        const group = groupOfCell[cellOf[row]!]!;
        if (seen[group] !== cluster) touched.push(group);
        seen[group] = cluster;
        counts[group]![outcomeOf[row]!]! += 1;
      }
      shared ||= touched.length > 1;
      for (const group of touched) {
        addCluster(moments[group]!, counts[group]!);
        counts[group]!.fill(0);
      }
    });
    return {
      attributes,
      shared,
      groups: values
        .map((value, group) => ({ values: value, moments: moments[group]! }))
        .filter((group) => group.moments.counts.some((count) => count > 0)),
    };
  });
}

function groupsOfCells(
  cells: readonly { attributes: Record<string, string> }[],
  attributes: readonly string[],
): { values: string[][]; groupOfCell: number[] } {
  const values: string[][] = [];
  const known = new Map<string, number>();
  const groupOfCell = cells.map((cell) => {
    const own = attributes.map((name) => cell.attributes[name]!);
    const key = JSON.stringify(own);
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, values.length);
    return values.push(own) - 1;
  });
  return { values, groupOfCell };
}
