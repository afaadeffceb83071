import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { GRAPHQL_LIMITS, limitsRule } from './limits.js';

const schema = buildSchema('type Query { a: Query, b: Int }');
const errorsOf = (query: string) =>
  validate(schema, parse(query), [limitsRule]).map((error) => error.message);
const nested = (depth: number) => '{ a '.repeat(depth - 1) + '{ b }' + ' }'.repeat(depth - 1);

describe('limits of a GraphQL document', () => {
  it('takes a query at the limit of depth and refuses one beyond', () => {
    expect(errorsOf(nested(GRAPHQL_LIMITS.depth))).toEqual([]);
    expect(errorsOf(nested(GRAPHQL_LIMITS.depth + 1))).toEqual([
      `The query has more than ${GRAPHQL_LIMITS.depth} levels.`,
    ]);
  });

  it('counts aliases', () => {
    const aliases = (count: number) => `{ ${Array.from({ length: count }, (_, i) => `x${i}: b`).join(' ')} }`;
    expect(errorsOf(aliases(GRAPHQL_LIMITS.aliases))).toEqual([]);
    expect(errorsOf(aliases(GRAPHQL_LIMITS.aliases + 1))).toHaveLength(1);
  });

  it('counts a fragment each time it is spread, in time that does not explode', () => {
    const levels = 60;
    const fragments = Array.from({ length: levels }, (_, i) =>
      i === levels - 1
        ? `fragment F${i} on Query { b }`
        : `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`,
    );
    const started = Date.now();
    expect(errorsOf(`{ ...F0 } ${fragments.join(' ')}`)).toEqual([
      `The query has more than ${GRAPHQL_LIMITS.fields} fields.`,
    ]);
    expect(Date.now() - started).toBeLessThan(2000);
  });

  it('leaves cyclic fragments to the rule that names them', () => {
    expect(() => errorsOf('{ ...F } fragment F on Query { a { ...F } }')).not.toThrow();
  });
});
