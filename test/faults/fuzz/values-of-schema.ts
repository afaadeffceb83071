import fc from 'fast-check';
import type { Schema } from './operations.js';

/** What stands for a value beside its schema: real ids and names by the name of their field. */
export type Known = (field: string) => fc.Arbitrary<unknown> | undefined;

const MAX_DEPTH = 8;
/** What the service needs most of the time, and a schema cannot say: a split has a file or a reference to one. */
const NEEDED = ['uploadId'];
const INSTEAD = ['reference', 'sha256'];

/** Values that conform to a schema, boundary values first; a field that `known` knows gets those values most of the time. */
export function valuesOf(
  root: object,
  known: Known,
): (schema: Schema, field?: string) => fc.Arbitrary<unknown> {
  const values = (schema: Schema, field: string, depth: number): fc.Arbitrary<unknown> => {
    // Of a list it is the items that are known.
    const real = [schema.type].flat().includes('array') ? undefined : known(field);
    const plain = ofSchema(schema, field, depth);
    return real ? fc.oneof({ weight: 6, arbitrary: real }, { weight: 1, arbitrary: plain }) : plain;
  };

  const ofSchema = (schema: Schema, field: string, depth: number): fc.Arbitrary<unknown> => {
    if (depth > MAX_DEPTH) return fc.constant(null);
    if (schema.$ref) return values(resolve(root, schema.$ref), field, depth + 1);
    // A reference beside a description.
    if (schema.allOf?.length === 1) return ofSchema(schema.allOf[0]!, field, depth + 1);
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices) return fc.oneof(...choices.map((choice) => ofSchema(choice, field, depth + 1)));
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    const types = Array.isArray(schema.type)
      ? schema.type
      : [schema.type ?? (schema.properties ? 'object' : 'any')];
    return fc.oneof(...types.map((type) => ofType(type, schema, field, depth)));
  };

  const ofType = (type: string, schema: Schema, field: string, depth: number): fc.Arbitrary<unknown> => {
    switch (type) {
      case 'string':
        return texts(schema);
      case 'integer':
        return numbers(schema).map(Math.trunc);
      case 'number':
        return numbers(schema);
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array': {
        const { minItems = 0, maxItems = 4 } = schema;
        const items = values(schema.items ?? {}, field, depth + 1);
        const lengths = { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, 4)) };
        return schema.uniqueItems ? fc.uniqueArray(items, lengths) : fc.array(items, lengths);
      }
      case 'object':
        return objects(schema, depth);
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  };

  const objects = (schema: Schema, depth: number): fc.Arbitrary<unknown> => {
    const { properties = {} } = schema;
    const required = [...(schema.required ?? []), ...NEEDED];
    const fields = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => {
        const given = values(property, name, depth + 1);
        if (INSTEAD.includes(name) && !required.includes(name))
          return [
            name,
            fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: given }),
          ];
        // What may be left out is sent as null by many clients.
        return [name, required.includes(name) ? given : fc.option(given, { nil: null, freq: 9 })];
      }),
    );
    if (Object.keys(fields).length === 0) return maps;
    return fc.record(fields, { requiredKeys: required.filter((name) => name in fields) });
  };

  return (schema, field = '') => values(schema, field, 0);
}

const maps = fc.dictionary(
  fc.oneof(
    fc.constantFrom('a', 'lr', 'seed', 'threshold', 'positive', 'train/loss'),
    fc.string({ maxLength: 8 }),
  ),
  fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.string({ maxLength: 8 }), fc.boolean()),
  { maxKeys: 4 },
);

function texts({ format, pattern, example, minLength = 0, maxLength = 20 }: Schema): fc.Arbitrary<unknown> {
  const some = fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 20)) });
  const named = fc.constantFrom('a', 'name-1', 'x.y_z', ...(typeof example === 'string' ? [example] : []));
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01');
  if (pattern) return fc.oneof(named, fc.stringMatching(new RegExp(pattern)));
  return fc.oneof(named, some);
}

function numbers({ minimum, maximum }: Schema): fc.Arbitrary<number> {
  const [low, high] = [minimum ?? -1e6, maximum ?? 1e6];
  return fc.oneof(
    fc.constantFrom(low, high, (low + high) / 2),
    fc.double({ min: low, max: Math.max(low, high), noNaN: true }),
  );
}

function resolve(root: object, ref: string): Schema {
  let found: unknown = root;
  for (const part of ref.replace(/^#\//, '').split('/')) found = (found as Record<string, unknown>)[part];
  return found as Schema;
}
