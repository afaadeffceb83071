import type { OpenAPIObject } from '@nestjs/swagger';
import {
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';

/** One place in a request that takes a value. */
export interface RequestPlace {
  /** `METHOD path` under the project, or `Type.field`. */
  operation: string;
  /** `path name`, `query node`, `body splits[].uploadId`; of GraphQL `ref`, `input.splits[].uploadId`. */
  place: string;
}

interface Shape {
  $ref?: string;
  allOf?: Shape[];
  properties?: Record<string, Shape>;
  items?: Shape;
}

const PROJECT = '/v1/projects/{project}';

/** Every parameter and every field of a body of every route under a project, from openapi.json. */
export function restPlaces(api: OpenAPIObject): RequestPlace[] {
  const resolve = (shape: Shape): Shape =>
    shape.$ref === undefined
      ? shape
      : ((api.components?.schemas?.[shape.$ref.split('/').pop()!] ?? {}) as Shape);
  const fields = (given: Shape, before: string): string[] => {
    const shape = resolve(given);
    const inherited = (shape.allOf ?? []).flatMap((each) => fields(each, before));
    const own = Object.entries(shape.properties ?? {}).flatMap(([name, property]) => {
      const path = `${before}${name}${property.items ? '[]' : ''}`;
      const inner = fields(property.items ?? property, `${path}.`);
      return inner.length > 0 ? inner : [path];
    });
    return [...inherited, ...own];
  };
  return Object.entries(api.paths)
    .filter(([path]) => path.startsWith(PROJECT))
    .flatMap(([path, item]) =>
      Object.entries(item as Record<string, RestOperation>).flatMap(([method, operation]) => {
        const name = `${method.toUpperCase()} ${path.slice(PROJECT.length).replace(/\{(\w+)\}/g, ':$1')}`;
        const parameters = (operation.parameters ?? []).filter((each) => each.name !== 'project');
        const [body] = Object.values(operation.requestBody?.content ?? {});
        const places = [
          ...parameters.map((each) => `${each.in} ${each.name}`),
          ...(body ? fields(body.schema, 'body ') : []),
        ];
        return places.map((place) => ({ operation: name, place }));
      }),
    );
}

interface RestOperation {
  parameters?: { in: string; name: string }[];
  requestBody?: { content: Record<string, { schema: Shape }> };
}

/** Every argument of every field, and every field of every input, from the schema. */
export function graphqlPlaces(schema: GraphQLSchema): RequestPlace[] {
  const within = (type: GraphQLInputType, path: string): string[] => {
    const nullable = isNonNullType(type) ? type.ofType : type;
    const here = isListType(nullable) ? `${path}[]` : path;
    const named = getNamedType(type);
    if (!isInputObjectType(named)) return [here];
    return Object.values(named.getFields()).flatMap((field) => within(field.type, `${here}.${field.name}`));
  };
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) =>
      Object.values(type.getFields()).flatMap((field) =>
        field.args.flatMap((argument) =>
          within(argument.type, argument.name).map((place) => ({
            operation: `${type.name}.${field.name}`,
            place,
          })),
        ),
      ),
    );
}

/** The same object with `value` at `a.b[].c`; what is missing on the way is made. */
export function withValueAt(object: unknown, path: string, value: unknown): Record<string, unknown> {
  const copy = structuredClone((object ?? {}) as Record<string, unknown>);
  const steps = path.split('.');
  let at: Record<string, unknown> = copy;
  steps.forEach((step, i) => {
    const name = step.replace('[]', '');
    if (i === steps.length - 1) at[name] = step.endsWith('[]') ? [value] : value;
    else {
      at[name] ??= step.endsWith('[]') ? [{}] : {};
      at = (step.endsWith('[]') ? (at[name] as unknown[])[0] : at[name]) as Record<string, unknown>;
    }
  });
  return copy;
}
