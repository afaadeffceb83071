import { applyDecorators } from '@nestjs/common';
import { Field, InputType, ObjectType, type ReturnTypeFunc } from '@nestjs/graphql';
import { ApiProperty, ApiSchema, type ApiPropertyOptions } from '@nestjs/swagger';
import { GraphQLJSON } from '../graphql/json.scalar.js';

/** What REST and GraphQL both answer with: one class, described once, for OpenAPI and for the GraphQL schema. */
export const Output = (name: string, description: string) =>
  applyDecorators(ObjectType(name, { description }), ApiSchema({ name, description }));

/** What REST bodies and GraphQL mutations both take. Its GraphQL name is the class name with `Input` behind. */
export const Input = (name: string, description: string) =>
  applyDecorators(InputType(`${name}Input`, { description }), ApiSchema({ name, description }));

export interface PropOptions {
  description: string;
  nullable?: boolean;
  example?: unknown;
  /** Further OpenAPI constraints: minimum, maxLength, pattern, ... */
  openapi?: Partial<ApiPropertyOptions>;
}

const OPENAPI_TYPES = new Map<unknown, object>([
  [GraphQLJSON, { type: 'object', additionalProperties: true }],
]);

/**
 * A field of an Output or Input class. `type` is as GraphQL takes it: `() => String`, `() => [SplitModel]`,
 * `() => Int`, `() => GraphQLJSON`.
 */
export function Prop(type: ReturnTypeFunc, options: PropOptions): PropertyDecorator {
  const { description, nullable = false, example, openapi = {} } = options;
  return (target, key) => {
    Field(type, { description, nullable })(target, key as string);
    const declared = type() as unknown;
    const list = Array.isArray(declared);
    const item: unknown = list ? (declared as unknown[])[0] : declared;
    ApiProperty({
      description,
      required: !nullable,
      ...(nullable ? { nullable: true } : {}),
      ...(example === undefined ? {} : { example }),
      ...openApiType(item, list),
      ...openapi,
    } as ApiPropertyOptions)(target, key);
  };
}

function openApiType(item: unknown, list: boolean): object {
  const inline = OPENAPI_TYPES.get(item) ?? scalarOf(item);
  if (inline) return list ? { type: 'array', items: inline } : inline;
  return { type: () => item as never, isArray: list };
}

function scalarOf(item: unknown): object | undefined {
  const name = (item as { name?: string }).name;
  switch (name) {
    case 'String':
    case 'ID':
      return { type: 'string' };
    case 'Int':
      return { type: 'integer' };
    case 'Float':
    case 'Number':
      return { type: 'number' };
    case 'Boolean':
      return { type: 'boolean' };
    case 'DateTime':
    case 'Date':
      return { type: 'string', format: 'date-time' };
    default:
      return undefined;
  }
}
