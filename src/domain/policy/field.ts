import { invalid, notEnforced, shown, type PolicyProblem } from './policy-problem.js';

interface Described {
  description: string;
  required?: boolean;
  /** What an absent field means; it stands in the normal form. */
  default?: unknown;
}

/** One field of a policy document. The JSON Schema and the reader are both made from it, so they cannot disagree. */
export type Field = Described &
  (
    | { kind: 'text'; pattern?: RegExp; form?: string; maxLength?: number; lines?: boolean }
    | { kind: 'scalar'; form: string; maxLength: number }
    | { kind: 'number'; min?: number; max?: number; above?: number; below?: number; or?: string }
    | { kind: 'numbers'; min: number; max: number; above: number; below: number }
    | { kind: 'integer'; min: number; max: number }
    | { kind: 'boolean' }
    | { kind: 'choice'; of: readonly string[] }
    | { kind: 'texts'; min: number; max: number; of?: readonly string[] }
    | { kind: 'textLists' }
    | { kind: 'record' }
    | { kind: 'list'; min: number; max: number; items: JsonSchema }
    | { kind: 'objects'; min: number; max: number; fields: Fields }
    | { kind: 'object'; fields: Fields; notEnforced?: readonly string[] }
  );

export type Fields = Readonly<Record<string, Field>>;

export type JsonSchema = Readonly<Record<string, unknown>>;

const MAX_TEXT = 200;
const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

/** The JSON Schema (2020-12) of an object with these fields and no others. */
export function schemaOfFields(fields: Fields): JsonSchema {
  const names = Object.keys(fields);
  return {
    type: 'object',
    additionalProperties: false,
    required: names.filter((name) => fields[name]?.required),
    properties: Object.fromEntries(names.map((name) => [name, schemaOf(fields[name] as Field)])),
  };
}

function schemaOf(field: Field): JsonSchema {
  return {
    description: field.description,
    ...(field.default === undefined ? {} : { default: field.default }),
    ...constraints(field),
  };
}

function constraints(field: Field): JsonSchema {
  switch (field.kind) {
    case 'text':
      return {
        type: 'string',
        minLength: 1,
        maxLength: field.maxLength ?? MAX_TEXT,
        ...(field.pattern ? { pattern: field.pattern.source } : {}),
      };
    case 'scalar':
      return { type: ['string', 'number', 'boolean'], maxLength: field.maxLength };
    case 'numbers':
      return {
        type: 'array',
        items: { type: 'number', exclusiveMinimum: field.above, exclusiveMaximum: field.below },
        minItems: field.min,
        maxItems: field.max,
        uniqueItems: true,
      };
    case 'number':
      return field.or === undefined
        ? numberSchema(field)
        : { anyOf: [numberSchema(field), { const: field.or }] };
    case 'integer':
      return { type: 'integer', minimum: field.min, maximum: field.max };
    case 'boolean':
      return { type: 'boolean' };
    case 'choice':
      return { enum: [...field.of] };
    case 'texts':
      return {
        type: 'array',
        items: field.of ? { enum: [...field.of] } : { type: 'string', minLength: 1 },
        minItems: field.min,
        maxItems: field.max,
        uniqueItems: true,
      };
    case 'textLists':
      return {
        type: 'object',
        additionalProperties: {
          type: 'array',
          items: { type: 'string', minLength: 1 },
          minItems: 1,
          uniqueItems: true,
        },
      };
    case 'record':
      return { type: 'object' };
    case 'list':
      return { type: 'array', items: field.items, minItems: field.min, maxItems: field.max };
    case 'objects':
      return {
        type: 'array',
        items: schemaOfFields(field.fields),
        minItems: field.min,
        maxItems: field.max,
      };
    case 'object':
      return schemaOfFields(field.fields);
  }
}

function numberSchema(field: Extract<Field, { kind: 'number' }>): JsonSchema {
  return {
    type: 'number',
    ...(field.min === undefined ? {} : { minimum: field.min }),
    ...(field.max === undefined ? {} : { maximum: field.max }),
    ...(field.above === undefined ? {} : { exclusiveMinimum: field.above }),
    ...(field.below === undefined ? {} : { exclusiveMaximum: field.below }),
  };
}

/** Whether a value is a plain object of JSON. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The values of an object's fields, defaults filled in, absent optional fields left out. What is wrong goes to
 * `problems`, each with its path; fields in `later` are known, but not enforced yet.
 */
export function readFields(
  value: unknown,
  fields: Fields,
  path: string,
  problems: PolicyProblem[],
  later: readonly string[] = [],
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  if (!isRecord(value)) {
    problems.push(invalid(path || 'the document', shown(value), 'an object'));
    return read;
  }
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(fields, name)) continue;
    const at = join(path, name);
    if (later.includes(name)) problems.push(notEnforced(at));
    else problems.push(invalid(at, 'an unknown field', `one of ${Object.keys(fields).join(', ')}`));
  }
  for (const [name, field] of Object.entries(fields)) {
    const found = Object.hasOwn(value, name) ? value[name] : undefined;
    if (found === undefined) {
      if (field.required) problems.push(invalid(join(path, name), 'nothing', expectation(field)));
      else if (field.default !== undefined) read[name] = structuredClone(field.default);
      else if (field.kind === 'object' && hasDefaults(field.fields))
        read[name] = readFields({}, field.fields, join(path, name), problems);
    } else {
      const accepted = readField(found, field, join(path, name), problems);
      if (accepted !== undefined) read[name] = accepted;
    }
  }
  return read;
}

function hasDefaults(fields: Fields): boolean {
  return (
    Object.values(fields).every((field) => !field.required) &&
    Object.values(fields).some((field) => field.default !== undefined)
  );
}

function readField(value: unknown, field: Field, path: string, problems: PolicyProblem[]): unknown {
  if (field.kind === 'object') return readFields(value, field.fields, path, problems, field.notEnforced);
  if (field.kind === 'objects' && Array.isArray(value) && accepts(value, field))
    return value.map((one, i) => readFields(one, field.fields, `${path}[${i}]`, problems));
  if (accepts(value, field)) return value;
  problems.push(invalid(path, shown(value), expectation(field)));
  return undefined;
}

function accepts(value: unknown, field: Exclude<Field, { kind: 'object' }>): boolean {
  switch (field.kind) {
    case 'text':
      return isText(value, field) && (field.pattern?.test(value) ?? true);
    case 'scalar':
      return (
        ['string', 'number', 'boolean'].includes(typeof value) && String(value).length <= field.maxLength
      );
    case 'numbers':
      return (
        Array.isArray(value) &&
        value.length >= field.min &&
        value.length <= field.max &&
        new Set(value).size === value.length &&
        value.every((one) => typeof one === 'number' && one > field.above && one < field.below)
      );
    case 'number':
      if (field.or !== undefined && value === field.or) return true;
      return (
        typeof value === 'number' &&
        Number.isFinite(value) &&
        value >= (field.min ?? -Infinity) &&
        value <= (field.max ?? Infinity) &&
        value > (field.above ?? -Infinity) &&
        value < (field.below ?? Infinity)
      );
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) && value >= field.min && value <= field.max;
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && field.of.includes(value);
    case 'texts':
      return (
        isTexts(value) &&
        value.length >= field.min &&
        value.length <= field.max &&
        value.every((text) => field.of?.includes(text) ?? true)
      );
    case 'objects':
    case 'list':
      return Array.isArray(value) && value.length >= field.min && value.length <= field.max;
    case 'record':
      return isRecord(value) && !FORBIDDEN_KEYS.some((key) => Object.hasOwn(value, key));
    case 'textLists':
      return (
        isRecord(value) &&
        Object.entries(value).every(
          ([key, list]) => !FORBIDDEN_KEYS.includes(key) && isTexts(list) && list.length > 0,
        )
      );
  }
}

function isText(
  value: unknown,
  { maxLength = MAX_TEXT, lines = false }: { maxLength?: number; lines?: boolean } = {},
): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > maxLength) return false;
  return !/\p{Cc}/u.test(lines ? value.replace(/[\t\r\n]/g, '') : value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => isText(one)) && new Set(value).size === value.length;
}

function expectation(field: Field): string {
  switch (field.kind) {
    case 'text':
      return field.form ?? `a text of 1 to ${field.maxLength ?? MAX_TEXT} characters`;
    case 'scalar':
      return field.form;
    case 'numbers':
      return `a list of ${field.min} to ${field.max} different numbers above ${field.above} and below ${field.below}`;
    case 'number':
      return `a number${bounds(field)}${field.or === undefined ? '' : `, or ${field.or}`}`;
    case 'integer':
      return `an integer from ${field.min} to ${field.max}`;
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${field.of.join(', ')}`;
    case 'texts':
      return `a list of ${field.min} to ${field.max} different ${field.of ? `of ${field.of.join(', ')}` : 'texts'}`;
    case 'objects':
    case 'list':
      return `a list of ${field.min} to ${field.max} entries`;
    case 'textLists':
      return 'an object whose values are lists of different texts';
    case 'record':
    case 'object':
      return 'an object';
  }
}

function bounds(field: Extract<Field, { kind: 'number' }>): string {
  const parts = [
    field.min === undefined ? '' : `at least ${field.min}`,
    field.above === undefined ? '' : `above ${field.above}`,
    field.max === undefined ? '' : `at most ${field.max}`,
    field.below === undefined ? '' : `below ${field.below}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`;
}

function join(path: string, name: string): string {
  const safe = /^[A-Za-z_$][\w$-]{0,60}$/.test(name) ? name : JSON.stringify(name.slice(0, 60));
  return path === '' ? safe : `${path}.${safe}`;
}
