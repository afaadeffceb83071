import { hash } from 'node:crypto';
import { EncodingError } from './encoding-error.js';

const LONE_SURROGATE = /[\ud800-\udfff]/u;

/**
 * The one JSON text of a value: RFC 8785 (JCS). Members are sorted by UTF-16 code units, numbers are printed as
 * ECMAScript does, nothing is spaced.
 *
 * Takes null, booleans, finite numbers, well-formed strings, arrays and plain objects. Everything else (undefined,
 * NaN, bigint, Date, Map, class instances, lone surrogates, cycles) is refused with the path where it stands, so that
 * two different documents never get the same digest.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$', []);
}

/** Lowercase hex SHA-256 of the canonical JSON text in UTF-8. */
export function digestOf(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'hex');
}

function write(value: unknown, path: string, parents: unknown[]): string {
  switch (typeof value) {
    case 'string':
      return text(value, path);
    case 'number':
      if (!Number.isFinite(value)) throw refused(path, `${value}, and JSON has no such number`);
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : composite(value, path, parents);
    default:
      throw refused(path, `a value of type ${typeof value}`);
  }
}

function composite(value: object, path: string, parents: unknown[]): string {
  if (parents.includes(value)) throw refused(path, 'a cycle');
  const inside = [...parents, value];
  if (Array.isArray(value)) {
    const items: string[] = [];
    for (let i = 0; i < value.length; i++) items.push(write(value[i], `${path}[${i}]`, inside));
    return `[${items.join(',')}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw refused(
      path,
      `an object of class ${value.constructor?.name ?? 'unknown'}; only plain objects are JSON`,
    );
  }
  if (Object.getOwnPropertySymbols(value).length > 0) throw refused(path, 'an object with symbol keys');
  const members = Object.keys(value)
    .sort()
    .map((key) => {
      const at = `${path}.${key}`;
      return `${text(key, at)}:${write((value as Record<string, unknown>)[key], at, inside)}`;
    });
  return `{${members.join(',')}}`;
}

function text(value: string, path: string): string {
  if (LONE_SURROGATE.test(value))
    throw refused(path, 'a string with a lone surrogate, which has no UTF-8 form');
  return JSON.stringify(value);
}

function refused(path: string, found: string): EncodingError {
  return new EncodingError('NOT_CANONICAL_JSON', `${path} is ${found}`);
}
