import { expectationOf, parseAs, type ColumnType } from '../../../domain/canonical/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetColumn } from '../dataset-version.js';

/** A row of a batch as a client sends it. */
export type OfferedRow = Record<string, unknown>;

/**
 * A row as texts, each as CSV would have it, or null; in the order of the columns. Only the label may be left out: it is often not known
 * yet. Throws LIVE_ROW_INVALID with row (from 1), column and value.
 */
export function fitRow(
  columns: readonly DatasetColumn[],
  row: OfferedRow,
  number: number,
): (string | null)[] {
  const known = new Set(columns.map(({ name }) => name));
  const strange = Object.keys(row).find((name) => !known.has(name));
  if (strange !== undefined)
    throw invalid(
      number,
      strange,
      `the version has no such column; it has ${columns.map(({ name }) => name).join(', ')}`,
    );
  return columns.map(({ name, type, role }) => {
    const value = Object.hasOwn(row, name) ? row[name] : undefined;
    if (value === undefined && role !== 'label')
      throw invalid(number, name, 'found nothing; expected a value, or null where there is none');
    return textOf(type, value ?? null, number, name);
  });
}

function textOf(type: ColumnType, value: unknown, row: number, column: string): string | null {
  if (value === null) return null;
  const text = asText(type, value);
  if (text !== null && !text.includes('\0') && !/\p{Surrogate}/u.test(text)) {
    try {
      parseAs(type, text);
      return text;
    } catch {
      // Said below, with what was found.
    }
  }
  const found = JSON.stringify(value)?.slice(0, 100) ?? typeof value;
  throw invalid(row, column, `found ${found}; expected ${expectationOf(type)}${hint(type, value)}`);
}

/** Null for what is no value of such a column, or lost digits on its way. */
function asText(type: ColumnType, value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return type === 'boolean' ? String(value) : null;
  if (typeof value !== 'number') return null;
  if (type === 'int64') return Number.isSafeInteger(value) ? String(value) : null;
  return type === 'double' ? String(value) : null;
}

const hint = (type: ColumnType, value: unknown): string =>
  type === 'int64' && Number.isInteger(value) && !Number.isSafeInteger(value)
    ? ', in quotes beyond 2^53: JSON numbers lose digits there'
    : '';

const invalid = (row: number, column: string, what: string) =>
  new InvalidInputError(
    'LIVE_ROW_INVALID',
    `row ${row}, column ${JSON.stringify(column.slice(0, 100))}: ${what}`,
    {
      remedy: 'Correct the row and send the batch again: nothing of it was taken.',
      row,
      column: column.slice(0, 100),
    },
  );
