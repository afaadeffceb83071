import { SPLIT_ROLES } from '../split-arguments.js';
import { all, isNode, type Node } from './json-ld.js';

export interface SplitFacts {
  name: string;
  /** Null where nothing tells. */
  role: string | null;
  domain: string | null;
}

const CLASSES: Readonly<Record<string, string>> = {
  TrainingSplit: 'train',
  ValidationSplit: 'validation',
  TestSplit: 'holdout',
};

/** The rows of record sets of type `cr:Split`, by name. What Assay wrote says the role itself. */
export function readSplits(sets: readonly Node[]): Map<string, SplitFacts> {
  const splits = new Map<string, SplitFacts>();
  for (const row of sets.flatMap((set) => all(set, 'data')).filter(isNode)) {
    const said = (field: string) => {
      const key = Object.keys(row).find((each) => each === field || each.endsWith(`/${field}`));
      const value = key === undefined ? null : row[key];
      return typeof value === 'string' && value !== '' ? value : null;
    };
    const name = said('name');
    if (name === null) continue;
    const role = said('role');
    const ofClass =
      CLASSES[
        said('url')?.replace(/^(?:cr:|https?:\/\/mlcommons\.org\/(?:croissant|definitions)\/)/, '') ?? ''
      ];
    splits.set(name, {
      name,
      role: role !== null && SPLIT_ROLES.includes(role) ? role : (ofClass ?? null),
      domain: said('domain'),
    });
  }
  return splits;
}
