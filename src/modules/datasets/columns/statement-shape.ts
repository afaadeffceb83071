import { InvalidInputError } from '../../../platform/errors/index.js';

/** Longest name of a column, a dataset or a namespace. */
export const MAX_NAME = 500;

export const invalid = (where: string, found: string, expected: string) =>
  new InvalidInputError('COLUMN_LINEAGE_INVALID', `columnLineage${where} is ${found}; expected ${expected}`, {
    remedy:
      'Send a columnLineage facet of OpenLineage, or a list of {"column", "from": [{"version", "column"}], "type", "subtype"}.',
  });

/** What a value is, in few characters. */
export function seen(value: unknown): string {
  if (value === undefined) return 'missing';
  return (JSON.stringify(value) ?? typeof value).slice(0, 60);
}

export function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalid(where, seen(value), 'an object');
}

export function list(value: unknown, where: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(where, seen(value), 'a list');
}

export function text(value: unknown, where: string, longest = MAX_NAME): string {
  if (typeof value === 'string' && value !== '' && value.length <= longest) return value;
  throw invalid(where, seen(value), `a text of 1 to ${longest} characters`);
}

export function optional<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === undefined || value === null ? null : read(value);
}
