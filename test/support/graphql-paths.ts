import { getNamedType, isObjectType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { argumentsOf, FIELD_ARGUMENTS } from './graphql-table.js';

export interface SchemaPath {
  /** `query` or `mutation`. */
  operation: string;
  root: string;
  /** Fields below the root, as `Type.field`. */
  below: string[];
  type: GraphQLObjectType;
}

/** Every way from a root field to an object type that passes no type twice, the short ones first. */
export function pathsOf(schema: GraphQLSchema): SchemaPath[] {
  const roots: [string, GraphQLObjectType | null | undefined][] = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ];
  let level: (SchemaPath & { passed: string[] })[] = roots.flatMap(([operation, type]) =>
    Object.values(type?.getFields() ?? {}).flatMap((field) => {
      const target = getNamedType(field.type);
      return isObjectType(target)
        ? [{ operation, root: field.name, below: [], type: target, passed: [target.name] }]
        : [];
    }),
  );
  const found: SchemaPath[] = [];
  // Six levels reach every type, by several ways; more would only take longer.
  for (let depth = 0; depth < 6; depth += 1) {
    found.push(...level);
    level = level.flatMap((path) =>
      Object.values(path.type.getFields()).flatMap((field) => {
        const target = getNamedType(field.type);
        if (!isObjectType(target) || path.passed.includes(target.name)) return [];
        const below = [...path.below, `${path.type.name}.${field.name}`];
        return [{ ...path, below, type: target, passed: [...path.passed, target.name] }];
      }),
    );
  }
  return found;
}

/** The document that asks for all fields of the type at the end of a path. */
export function documentOf({ operation, root, below, type }: SchemaPath, given: string): string {
  const selection = Object.values(type.getFields())
    .map((field) => {
      const args = argumentsOf(FIELD_ARGUMENTS[`${type.name}.${field.name}`]);
      return `${field.name}${args}${isObjectType(getNamedType(field.type)) ? ' { __typename }' : ''}`;
    })
    .join(' ');
  const inner = below.reduceRight(
    (text, field) => `${field.split('.')[1]}${argumentsOf(FIELD_ARGUMENTS[field])} { ${text} }`,
    selection,
  );
  return `${operation} { ${root}${given} { ${inner} } }`;
}

/** The objects at the end of a path in an answer. */
export function objectsAt({ root, below }: SchemaPath, data: unknown): Record<string, unknown>[] {
  const steps = [root, ...below.map((field) => field.split('.')[1]!)];
  const all = steps.reduce<unknown[]>(
    (values, step) =>
      values
        .flat(2)
        .flatMap((value) => (typeof value === 'object' && value !== null ? [(value as never)[step]] : [])),
    [data],
  );
  return all.flat(2).filter((value) => typeof value === 'object' && value !== null) as never;
}
