import fc from 'fast-check';
import { hostileText, hostileValue } from './hostile.js';

/** One change of a JSON value: where (the n-th place in it, modulo their number) and what. */
interface Mutation {
  at: number;
  how: 'replace' | 'remove' | 'add' | 'wrap' | 'repeat';
  key: string;
  value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat({ max: 40 }),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'wrap', 'repeat'),
  key: hostileText,
  value: hostileValue,
});

/** A value with none, one or two changes. */
export function mutated(good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(good, fc.oneof(fc.constant([]), fc.array(mutation, { minLength: 1, maxLength: 2 })))
    .map(([value, mutations]) => mutations.reduce(mutate, value));
}

type Path = readonly (string | number)[];

function mutate(value: unknown, { at, how, key, value: other }: Mutation): unknown {
  const places = placesOf(value, []);
  const path = places[at % places.length]!;
  return change(value, path, (found) => {
    if (how === 'replace') return other;
    if (how === 'wrap') return [found];
    if (how === 'remove') return undefined;
    if (how === 'repeat')
      return Array.isArray(found) ? [...(found as unknown[]), ...(found as unknown[])] : [found, found];
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return other;
    return Object.fromEntries([...Object.entries(found), [key, other]]);
  });
}

function placesOf(value: unknown, path: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value)
    ? [...value.entries()].slice(0, 5)
    : Object.entries(value).slice(0, 15);
  return [path, ...entries.flatMap(([key, item]) => placesOf(item, [...path, key]))];
}

function change(value: unknown, [key, ...rest]: Path, by: (found: unknown) => unknown): unknown {
  if (key === undefined) return by(value);
  const within = (item: unknown) => change(item, rest, by);
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === key ? within(item) : item));
  return Object.fromEntries(
    Object.entries(value as object).map(([name, item]) => [
      name,
      name === key ? within(item) : (item as unknown),
    ]),
  );
}
