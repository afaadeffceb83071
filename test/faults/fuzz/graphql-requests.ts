import fc from 'fast-check';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
} from 'graphql';
import { forgedCursor, hostileText, hostileValue } from './hostile.js';
import { mutated } from './mutate.js';
import type { Known } from './values-of-schema.js';

export interface GraphqlRequest {
  query: string;
  variables: unknown;
}

/** Requests for one root field: variables nearly right, a random selection below, sometimes a document that is broken. */
export function requestsForField(
  kind: 'query' | 'mutation',
  field: GraphQLField<unknown, unknown>,
  known: Known,
): fc.Arbitrary<GraphqlRequest> {
  const declared = field.args.map(({ name, type }) => `$${name}: ${type.toString()}`).join(', ');
  const passed = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const variables = mutated(
    fc.record(Object.fromEntries(field.args.map((arg) => [arg.name, ofArgument(arg, known)])), {
      requiredKeys: field.args.filter(({ type }) => isNonNullType(type)).map(({ name }) => name),
    }),
  );
  const shape = fc.record({
    seed: fc.nat(),
    fields: fc.integer({ min: 1, max: 5 }),
    depth: fc.integer({ min: 1, max: 5 }),
  });
  return fc
    .record({ variables, shape, damage: fc.nat({ max: 19 }), at: fc.nat({ max: 400 }), text: hostileText })
    .map(({ variables: given, shape: { seed, fields, depth }, damage, at, text }) => {
      const below = selection(field.type, numbersFrom(seed), fields, depth);
      const query = `${kind}${declared && `(${declared})`} { ${field.name}${passed && `(${passed})`}${below} }`;
      const broken = damage === 7 ? query.slice(0, at) + text + query.slice(at) : query;
      return { query: broken, variables: given };
    });
}

function ofArgument({ name, type }: GraphQLArgument, known: Known): fc.Arbitrary<unknown> {
  return ofInput(type, name, known);
}

/** What may be left out is null now and then, which many clients send instead. */
function ofInput(type: GraphQLInputType, field: string, known: Known): fc.Arbitrary<unknown> {
  const given = ofNonNull(type, field, known);
  return isNonNullType(type) ? given : fc.option(given, { nil: null, freq: 9 });
}

function ofNonNull(type: GraphQLInputType, field: string, known: Known): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return ofNonNull(type.ofType, field, known);
  if (isListType(type)) return fc.array(ofInput(type.ofType, field, known), { maxLength: 3 });
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    return fc.record(
      Object.fromEntries(fields.map((each) => [each.name, ofInput(each.type, each.name, known)])),
      {
        requiredKeys: fields.filter((each) => isNonNullType(each.type)).map((each) => each.name),
      },
    );
  }
  const real = known(field);
  if (real) return fc.oneof({ weight: 8, arbitrary: real }, { weight: 1, arbitrary: hostileText });
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (field === 'after') return fc.oneof(fc.constant(null), forgedCursor);
  switch (type.name) {
    case 'Int':
      return fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min: 1, max: 100 }) },
        { weight: 1, arbitrary: fc.constantFrom(0, -1, 500, 501, 2 ** 31 - 1) },
      );
    case 'Float':
      return fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
    case 'Boolean':
      return fc.boolean();
    case 'JSON':
      return fc.oneof(
        {
          weight: 3,
          arbitrary: fc.dictionary(fc.constantFrom('a', 'lr', 'seed'), fc.oneof(fc.integer(), fc.string())),
        },
        { weight: 1, arbitrary: hostileValue },
      );
    default:
      // What is nearly right gets deep; the rest is also wrong by its mutations.
      return fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom('a', 'name-1') },
        { weight: 1, arbitrary: hostileText },
      );
  }
}

/** A stream of numbers from a seed (mulberry32): which fields, which arguments. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const SIZES = ['1', '2', '50', '0', '-1', '501', 'null', '2147483647'];

/** ` { ... }` under a field of this type; empty under a leaf. */
function selection(
  type: GraphQLOutputType,
  next: (below: number) => number,
  width: number,
  depth: number,
): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (!isObjectType(named)) return ' { __typename }';
  const fields = Object.values(named.getFields()).filter(
    (field) => depth > 1 || isLeafType(getNamedType(field.type)),
  );
  const chosen = new Map<string, string>([['__typename', '']]);
  for (let i = 0; i < width && fields.length > 0; i++) {
    const field = fields[next(fields.length)]!;
    const given = nestedArguments(field, next);
    if (given !== null) chosen.set(field.name, given + selection(field.type, next, width, depth - 1));
  }
  return ` { ${[...chosen].map(([name, rest]) => name + rest).join(' ')} }`;
}

function nestedArguments(
  { args }: GraphQLField<unknown, unknown>,
  next: (below: number) => number,
): string | null {
  const given: string[] = [];
  for (const { name, type } of args) {
    if (name === 'first') given.push(`first: ${SIZES[next(next(3) === 0 ? SIZES.length : 3)]}`);
    else if (name === 'split') given.push('split: "validation"');
    else if (name === 'key') given.push('key: "train/loss"');
    else if (name === 'depth') given.push(`depth: ${SIZES[next(4)]}`);
    else if (isNonNullType(type)) return null;
  }
  return given.length === 0 ? '' : `(${given.join(', ')})`;
}
