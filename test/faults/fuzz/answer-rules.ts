import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import type { Description, Operation, Schema } from './operations.js';
import type { FuzzAnswer } from './send.js';

/** What an answer may never hold, whatever was asked: traces, SQL, paths of the server. */
const LEAKS: readonly RegExp[] = [
  /\n\s+at .+[:(]\d+/,
  /node_modules|\/src\/|\/dist\//,
  /\bINSERT INTO\b|\bSELECT\b.+\bFROM\b|violates .+ constraint|syntax error at or near|relation "|QueryFailedError/,
  /read_parquet|read_csv|Binder Error|Parser Error|Conversion Error/,
  /\b(TypeError|RangeError|ReferenceError)\b|Cannot read propert|is not a function|undefined \(reading/,
];

export function leaksOf(text: string): string[] {
  return LEAKS.filter((leak) => leak.test(text)).map((leak) => `the answer holds ${leak}`);
}

/** Judges answers by the description: every schema closed, so that a field that is not described is found too. */
export class AnswerRules {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(private readonly description: Description) {
    this.ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    this.ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    for (const format of ['int64', 'binary', 'double', 'float', 'int32']) this.ajv.addFormat(format, true);
    this.ajv.addSchema({ $id: 'openapi', ...closed({ components: description.components }) });
  }

  /** What is wrong with an answer; nothing when it is as described. */
  problemsOf(operation: Operation, answer: FuzzAnswer): string[] {
    const text = answer.bytes.toString('utf8');
    if (answer.status >= 500) return [`status ${answer.status}: ${text.slice(0, 300)}`];
    const declared =
      operation.responses[String(answer.status)] ??
      (answer.status >= 400 ? operation.responses.default : undefined);
    if (!declared) return [`status ${answer.status} is not described: ${text.slice(0, 200)}`];
    if (answer.status === 204) return text === '' ? [] : ['204 with a body'];
    const described = declared.content ?? {};
    const media = answer.type.split(';')[0]!;
    const schema = described[media]?.schema;
    if (!(media in described))
      return [`${answer.status} is ${media || 'of no type'}; described ${Object.keys(described).join()}`];
    if (!/[/+]json$/.test(media)) return [];
    const leaks = answer.status >= 400 ? leaksOf(text) : [];
    const own = answer.status >= 400 ? problemProblems(answer, text) : [];
    return [
      ...leaks,
      ...own,
      ...(schema ? this.mismatches(operation, answer.status, media, schema, text) : []),
    ];
  }

  private mismatches(
    { operationId, responses }: Operation,
    status: number,
    media: string,
    schema: Schema,
    text: string,
  ): string[] {
    const name = `${operationId} ${String(status) in responses ? status : 'default'} ${media}`;
    let validate = this.validators.get(name);
    if (!validate) {
      const absolute = JSON.parse(JSON.stringify(closed(schema)).replaceAll('"#/', '"openapi#/')) as object;
      this.validators.set(name, (validate = this.ajv.compile(absolute)));
    }
    return validate(JSON.parse(text))
      ? []
      : [
          `not as described: ${this.ajv.errorsText(validate.errors)} ${JSON.stringify(validate.errors?.[0]?.params)}`,
        ];
  }
}

function problemProblems({ status, requestId }: FuzzAnswer, text: string): string[] {
  const problem = JSON.parse(text) as Record<string, unknown>;
  const wrong: string[] = [];
  if (problem.status !== status) wrong.push(`the problem says status ${String(problem.status)}`);
  if (!/^[A-Z][A-Z0-9_]+$/.test(String(problem.code))) wrong.push(`code ${String(problem.code)}`);
  for (const field of ['title', 'detail', 'type']) {
    if (typeof problem[field] !== 'string' || problem[field] === '') wrong.push(`no ${field}`);
  }
  if (requestId === undefined || problem.requestId !== requestId)
    wrong.push('no request id, or another one than in the header');
  return wrong;
}

/** No object may have members that its schema does not list, unless it says so. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, item]) => [key, closed(item as unknown)]),
  );
  const own = schema as Schema;
  return (
    own.properties && own.additionalProperties === undefined && isSchema(own)
      ? { ...inner, additionalProperties: false }
      : inner
  ) as T;
}

/** A map of properties may itself have one that is called `properties`. */
const isSchema = ({ type, properties }: Schema): boolean =>
  type !== undefined && !('$ref' in (properties ?? {}));
