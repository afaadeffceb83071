import type { DatasetSplitView, DatasetVersionView } from '../dataset-version.js';
import type { DiffSide, SplitDiff } from './dataset-diff.view.js';

interface PairedSplit {
  version: DatasetVersionView;
  split: DatasetSplitView;
}

/** Splits of one name. */
export interface SplitPair {
  name: string;
  before: PairedSplit | null;
  after: PairedSplit | null;
  facts: Pick<SplitDiff, 'split' | 'before' | 'after' | 'labelsCompared'>;
}

/** Those of the first version in its order, then those that only the second has. */
export function pairSplits(before: DatasetVersionView, after: DatasetVersionView): SplitPair[] {
  const sideOf = (version: DatasetVersionView, name: string): PairedSplit | null => {
    const split = version.splits.find((each) => each.name === name);
    return split ? { version, split } : null;
  };
  const names = new Set([...before.splits, ...after.splits].map(({ name }) => name));
  return [...names].map((name) => {
    const [a, b] = [sideOf(before, name), sideOf(after, name)];
    const facts = {
      split: name,
      before: a && factsOf(a.split),
      after: b && factsOf(b.split),
      labelsCompared: !a?.split.sealed && !b?.split.sealed,
    };
    return { name, before: a, after: b, facts };
  });
}

/** Why the rows of two splits cannot be matched; null where they can. */
export function unmatched({ before, after }: SplitPair): string | null {
  if (!before || !after) return null;
  const [a, b] = [before.version.schema.key, after.version.schema.key];
  return a === b
    ? null
    : `rows are named by ${a ?? 'no column'} before and by ${b ?? 'no column'} after, so they cannot be matched`;
}

/** What can be said without reading a row; null where that is not enough. */
export function withoutRows(pair: SplitPair): SplitDiff | null {
  const { before, after, facts } = pair;
  const counted = { reason: null, added: 0, removed: 0, changed: 0, cells: [] };
  if (!before) return { ...facts, ...counted, change: 'added', added: after!.split.rows };
  if (!after) return { ...facts, ...counted, change: 'removed', removed: before.split.rows };
  const reason = unmatched(pair);
  if (reason === null) return null;
  return { ...facts, change: 'unmatched', reason, added: null, removed: null, changed: null, cells: [] };
}

function factsOf({ rows, role, domain, sealed, root }: DatasetSplitView): DiffSide {
  return { rows, role, domain, sealed, root };
}
