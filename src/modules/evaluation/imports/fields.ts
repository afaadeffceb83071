import { importError, shown } from './import-errors.js';

/** Members of an object that a shape has kept; nothing where there is none. */
export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A text, or null where there is none. Throws IMPORT_FIELD_INVALID. */
export function textOrNull(fields: Fields, name: string, where: string): string | null {
  const value = fields[name] ?? null;
  if (value === null || typeof value === 'string') return value === '' ? null : (value as string | null);
  throw invalid(where, name, value, 'a text');
}

/** The name of an item: a text or a whole number. Throws IMPORT_FIELD_MISSING, IMPORT_FIELD_INVALID. */
export function itemName(fields: Fields, name: string, where: string): string {
  const value = fields[name] ?? null;
  if (value === null) throw missing(where, name);
  if (typeof value === 'string' && value !== '') return value;
  if (Number.isSafeInteger(value)) return String(value);
  throw invalid(where, name, value, 'a text or a whole number');
}

/** A whole number from 0, or `fallback` where there is none. Throws IMPORT_FIELD_INVALID. */
export function count(fields: Fields, name: string, where: string, fallback: number | null): number {
  const value = fields[name] ?? fallback;
  if (value === null) throw missing(where, name);
  if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31)
    return value as number;
  throw invalid(where, name, value, 'a whole number from 0');
}

/** A number that is not negative, or null where there is none. Throws IMPORT_FIELD_INVALID. */
export function amountOrNull(fields: Fields, name: string, where: string): number | null {
  const value = fields[name] ?? null;
  if (value === null || (Number.isFinite(value) && (value as number) >= 0)) return value as number | null;
  throw invalid(where, name, value, 'a number from 0');
}

/** A number, yes as 1 and no as 0. Throws IMPORT_SCORE_NOT_FINITE, IMPORT_FIELD_INVALID. */
export function finite(value: unknown, name: string, where: string): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'number') throw invalid(where, name, value, 'a number');
  if (Number.isFinite(value)) return value;
  throw importError(
    'IMPORT_SCORE_NOT_FINITE',
    where,
    `${name} is ${value}; expected a number`,
    'Find out why there is no number; NaN is never taken as one. Leave the item out, or mark it as unscored.',
  );
}

/** What a last digit may add. */
const ROUNDING = 1e-6;

/** A number in [0, 1]. Throws IMPORT_SCORE_OUT_OF_RANGE too. */
export function unitScore(value: unknown, name: string, where: string): number {
  const score = finite(value, name, where);
  if (score >= -ROUNDING && score <= 1 + ROUNDING) return Math.min(1, Math.max(0, score));
  throw importError(
    'IMPORT_SCORE_OUT_OF_RANGE',
    where,
    `${name} is ${score}; expected a number from 0 to 1`,
    'Scale the scores so that 1 is success.',
  );
}

export const missing = (where: string, name: string) =>
  importError(
    'IMPORT_FIELD_MISSING',
    where,
    `there is no ${name}`,
    'Import the file as its tool wrote it, by a version that writes this.',
  );

export const invalid = (where: string, name: string, value: unknown, expected: string) =>
  importError(
    'IMPORT_FIELD_INVALID',
    where,
    `${name} is ${shown(value)}; expected ${expected}`,
    'Import the file as its tool wrote it.',
  );
