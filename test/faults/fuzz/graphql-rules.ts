import {
  GraphQLSchema,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql';
import { leaksOf } from './answer-rules.js';
import type { FuzzAnswer } from './send.js';

interface Body {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: unknown; status?: unknown } }[];
}

/** What is wrong with an answer of /graphql; nothing when it is as the schema and the rules of errors say. */
export function graphqlProblems(
  schema: GraphQLSchema,
  root: GraphQLObjectType,
  answer: FuzzAnswer,
): string[] {
  const text = answer.bytes.toString('utf8');
  if (answer.status >= 500) return [`status ${answer.status}: ${text.slice(0, 300)}`];
  const body = JSON.parse(text) as Body;
  // What is refused before it is GraphQL (a body too deep, a name twice) is a problem as in REST.
  if (/^application\/problem\+json/.test(answer.type)) return leaksOf(text);
  const wrong: string[] = [];
  for (const { message, extensions } of body.errors ?? []) {
    const said = `${message}\n`;
    wrong.push(...leaksOf(said));
    if (!message) wrong.push('an error without a message');
    if (!/^[A-Z][A-Z0-9_]+$/.test(String(extensions?.code)))
      wrong.push(`code ${String(extensions?.code)}: ${message}`);
    if (Number(extensions?.status) >= 500) wrong.push(`status ${String(extensions?.status)}: ${message}`);
    if (/Cannot return null|cannot represent/.test(message) && !/Variable|Expected value/.test(message))
      wrong.push(message);
  }
  if (!body.errors && !body.data) wrong.push('neither data nor errors');
  if (answer.status === 200 && body.data)
    wrong.push(...mismatches(schema, root, body.data, root.name, body.errors !== undefined));
  return wrong;
}

/** Where a value is not of its type; a null where an error is told is none. */
function mismatches(
  schema: GraphQLSchema,
  type: GraphQLOutputType,
  value: unknown,
  path: string,
  failed: boolean,
): string[] {
  if (isNonNullType(type)) {
    return value === null || value === undefined
      ? [`${path} is null`]
      : mismatches(schema, type.ofType, value, path, failed);
  }
  if (value === null || value === undefined) return [];
  if (isListType(type)) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((item, i) => mismatches(schema, type.ofType, item, `${path}[${i}]`, failed));
  }
  if (isObjectType(type)) {
    const fields = type.getFields();
    return Object.entries(value as object).flatMap(([name, item]) => {
      if (name === '__typename')
        return item === type.name || path === type.name ? [] : [`${path} is a ${String(item)}`];
      const field = fields[name];
      if (!field) return [`${path}.${name} is not in the schema`];
      // A root field that failed is null, whatever its type.
      if (item === null && failed) return [];
      return mismatches(schema, field.type, item, `${path}.${name}`, failed);
    });
  }
  if (isEnumType(type)) return type.getValue(String(value)) ? [] : [`${path} is ${String(value)}`];
  const kinds: Record<string, (one: unknown) => boolean> = {
    Int: (one) => Number.isInteger(one) && Math.abs(one as number) < 2 ** 31,
    Float: (one) => typeof one === 'number' && Number.isFinite(one),
    Boolean: (one) => typeof one === 'boolean',
    String: (one) => typeof one === 'string',
    ID: (one) => typeof one === 'string',
    DateTime: (one) => typeof one === 'string' && !Number.isNaN(Date.parse(one)),
  };
  const fits = kinds[(type as { name: string }).name];
  return !fits || fits(value)
    ? []
    : [`${path} is ${JSON.stringify(value)}, no ${(type as { name: string }).name}`];
}
