import {
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type IntrospectionQuery,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** What a request was answered, whole. */
export interface Answer {
  /** The request in words. */
  to: string;
  status: number;
  headers: string;
  body: Buffer;
}

/** Everything that the values of parameters may be: by name, or by `collection/{name}`. */
export type Values = Readonly<Record<string, readonly string[]>>;

export interface Served {
  url: string;
  project: string;
}

export class Caller {
  constructor(
    private readonly served: Served,
    private readonly key: string,
  ) {}

  async send(method: string, path: string, body?: object | Buffer): Promise<Answer> {
    const binary = Buffer.isBuffer(body);
    const answer = await fetch(`${this.served.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined
          ? {}
          : { 'content-type': binary ? 'application/octet-stream' : 'application/json' }),
      },
      body: body === undefined ? undefined : binary ? new Uint8Array(body) : JSON.stringify(body),
    });
    return {
      to: `${method} ${path}`,
      status: answer.status,
      headers: JSON.stringify([...answer.headers]),
      body: Buffer.from(await answer.arrayBuffer()),
    };
  }

  graphql(query: string, variables: object = {}): Promise<Answer> {
    return this.send('POST', '/graphql', { query, variables });
  }

  /** The answers to every GET of the description that the server gives of itself, for every value of its parameters. */
  async everyGet(values: Values): Promise<Answer[]> {
    const description = json<{ paths: Record<string, Record<string, Operation>> }>(
      await this.send('GET', '/openapi.json'),
    );
    const answers: Answer[] = [];
    for (const [path, methods] of Object.entries(description.paths)) {
      if (!methods.get) continue;
      for (const concrete of filled(path, { ...values, '{project}': [this.served.project] })) {
        for (const query of queriesOf(path, methods.get, values))
          answers.push(await this.send('GET', `${concrete}${query}`));
      }
    }
    return answers;
  }

  /** The answers to queries that between them ask for every field of the schema, from every root. */
  async everyField(schema: GraphQLSchema, values: Values): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (const query of everyQuery(schema, values)) answers.push(await this.graphql(query));
    return answers;
  }

  async schema(): Promise<GraphQLSchema> {
    // As deep as `[T!]!` goes: the usual query asks for more levels than the service takes.
    const [query] = getIntrospectionQuery().split('fragment TypeRef');
    const answer = await this.graphql(`${query}${TYPE_REF}`);
    return buildClientSchema(json<{ data: IntrospectionQuery }>(answer).data);
  }
}

export const json = <T>(answer: Answer): T => JSON.parse(answer.body.toString()) as T;

interface Operation {
  parameters?: { name: string; in: string; required?: boolean }[];
}

/** A path with each of its parameters replaced by each of its values. Throws where there is none to put in. */
function filled(path: string, values: Values): string[] {
  const parameter = /\{[^}]+\}/.exec(path);
  if (!parameter) return [path];
  const [name] = parameter;
  const collection = path.slice(0, parameter.index).split('/').at(-2) ?? '';
  const options = values[`${collection}/${name}`] ?? values[name];
  if (!options) throw new Error(`no value for ${name} of ${path}`);
  return options.flatMap((value) => filled(path.replace(name, encodeURIComponent(value)), values));
}

/** Once without, once for each value that a query parameter may have. */
function queriesOf(path: string, { parameters = [] }: Operation, values: Values): string[] {
  const asked = parameters.filter((each) => each.in === 'query');
  const common = asked.some(({ name }) => name === 'first') ? 'first=500' : '';
  const options = asked.flatMap(({ name }) => {
    const known = values[`${path.split('/').at(-1)}?${name}`] ?? values[`?${name}`];
    if (!known && name !== 'first') throw new Error(`no value for ?${name} of ${path}`);
    return (known ?? []).map((value) => [common, value].filter(Boolean).join('&'));
  });
  return ['', ...new Set([...(common ? [common] : []), ...options])].map((query) =>
    query ? `?${query}` : '',
  );
}

const TYPE_REF = `fragment TypeRef on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name } } }
}`;

/** Fields that one document may ask for, with room to spare for their `__typename`. */
const MOST_FIELDS = 400;

/** Queries that select every field of every type that is reached from each root, for each value of the root's arguments. */
export function everyQuery(schema: GraphQLSchema, values: Values): string[] {
  const roots = Object.values(schema.getQueryType()!.getFields());
  return roots.flatMap((root) => {
    const type = getNamedType(root.type) as GraphQLObjectType;
    const whole = selections(type, new Set(), values);
    return argumentsOf(root, values).flatMap((given) =>
      parts(whole, MOST_FIELDS).map((some) => `{ ${root.name}${given} { ${some.map(written).join(' ')} } }`),
    );
  });
}

/** The names of all fields that a query can ask for. */
export function reachableFields(schema: GraphQLSchema): string[] {
  const types = new Set<GraphQLObjectType>([schema.getQueryType()!]);
  // A set that grows while it is gone through.
  for (const type of types) {
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type);
      if (isObjectType(named)) types.add(named);
    }
  }
  return [...types].flatMap((type) => Object.keys(type.getFields()));
}

interface Selection {
  /** The field and its arguments. */
  field: string;
  /** Null for a leaf. */
  of: Selection[] | null;
}

const sizeOf = ({ of }: Selection): number => 1 + (of ?? []).reduce((sum, each) => sum + sizeOf(each), 0);
const written = ({ field, of }: Selection): string =>
  of === null ? field : `${field} { __typename ${of.map(written).join(' ')} }`;

/** All of them, in lists of at most `most` fields. One that is larger by itself is asked for several times, for a part of it each. */
function parts(whole: readonly Selection[], most: number): Selection[][] {
  const small = whole.flatMap((each) =>
    sizeOf(each) <= most || each.of === null
      ? [each]
      : parts(each.of, most - 2).map((of) => ({ field: each.field, of })),
  );
  const cut: Selection[][] = [[]];
  let size = 0;
  for (const selection of small) {
    const fields = sizeOf(selection) + 1;
    if (size + fields > most && cut.at(-1)!.length > 0) {
      cut.push([]);
      size = 0;
    }
    cut.at(-1)!.push(selection);
    size += fields;
  }
  return cut;
}

/** All fields of a type; types that were entered before only with their leaves, so that there is an end. */
function selections(type: GraphQLObjectType, entered: Set<string>, values: Values): Selection[] {
  const again = entered.has(type.name);
  entered.add(type.name);
  return Object.values(type.getFields()).flatMap((field): Selection[] => {
    const named = getNamedType(field.type);
    const [given = ''] = argumentsOf(field, values);
    if (isLeafType(named)) return [{ field: `${field.name}${given}`, of: null }];
    if (!isObjectType(named)) throw new Error(`${type.name}.${field.name}: neither leaf nor object`);
    if (again) return [];
    return [{ field: `${field.name}${given}`, of: selections(named, entered, values) }];
  });
}

/** The arguments of a field, written out: each way in which `values` knows its required ones. */
function argumentsOf(field: GraphQLField<unknown, unknown>, values: Values): string[] {
  const special = values[`${field.name}()`];
  if (special) return [...special];
  const required = field.args.filter((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined);
  if (required.length === 0) return [''];
  return required
    .reduce<string[][]>(
      (ways, { name }) => {
        const options = values[`${field.name}(${name})`] ?? values[`(${name})`];
        if (!options) throw new Error(`no value for argument ${name} of ${field.name}`);
        return ways.flatMap((way) => options.map((value) => [...way, `${name}: ${JSON.stringify(value)}`]));
      },
      [[]],
    )
    .map((way) => `(${way.join(', ')})`);
}
