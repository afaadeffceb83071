import type { GateEvidence } from './gate-evidence.js';

/** Evidence with one thing of it taken away, for the specs about what may never pass. */

/** Where a value stands in the evidence. */
export type Path = (string | number)[];

/** What speaks against the evidence is no evidence: without it more may pass. */
const AGAINST = ['hold', 'missing', 'chosen'];

/** Every place, the outer before the inner. */
export function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Object.entries(value)
    .filter(([key]) => !AGAINST.includes(key))
    .flatMap(([key, each]) => pathsOf(each, [...path, Array.isArray(value) ? Number(key) : key]));
  return path.length === 0 ? inside : [path, ...inside];
}

/** One path of every kind: entries of a list are alike, and which of them is left to chance. */
export function oneOfEachKind(paths: readonly Path[], chance: number): Path[] {
  const kinds = new Map<string, Path[]>();
  for (const path of paths) {
    const kind = path.map((key) => (typeof key === 'number' ? '#' : key)).join('.');
    kinds.set(kind, [...(kinds.get(kind) ?? []), path]);
  }
  return [...kinds.values()].map((alike) => alike[chance % alike.length]!);
}

type Holder = Record<string | number, unknown>;

/** The ways in which a value may be missing. */
function waysToLose(value: unknown, blank: boolean): ((holder: Holder, key: string | number) => void)[] {
  const put = (other: unknown) => (holder: Holder, key: string | number) => {
    holder[key] = other;
  };
  const remove = (holder: Holder, key: string | number) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  };
  const others: unknown[] = value === null ? [undefined] : [undefined, null];
  if (Array.isArray(value)) others.push([]);
  else if (typeof value === 'object' && value !== null) others.push({});
  if (blank && typeof value === 'string') others.push('');
  if (typeof value === 'number') others.push(Number.NaN, -Infinity);
  return [remove, ...others.map(put)];
}

/** The evidence without what stands there, in each of these ways. */
export function waysWithout(full: GateEvidence, path: Path): (() => GateEvidence)[] {
  const holderIn = (evidence: GateEvidence) =>
    path.slice(0, -1).reduce<unknown>((holder, key) => (holder as Holder)[key], evidence) as Holder;
  const key = path.at(-1)!;
  // A group may be called by an empty text: that is a name like any other.
  const named = path.includes('attributes');
  return waysToLose(holderIn(full)[key], !named).map((lose) => () => {
    const copy = copiedAlong(full, path);
    lose(holderIn(copy), key);
    return copy;
  });
}

/** A copy that shares with the original what the path does not lead through; nothing that decides changes what it is given. */
function copiedAlong<T>(value: T, [key, ...rest]: Path): T {
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as T & Holder;
  if (rest.length > 0) (copy as Holder)[key!] = copiedAlong(copy[key!], rest);
  return copy;
}
