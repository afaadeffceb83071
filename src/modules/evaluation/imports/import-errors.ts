import { InvalidInputError } from '../../../platform/errors/index.js';

/** Every reason for which a file of results is not taken. */
export const IMPORT_CODES = [
  'IMPORT_EMPTY',
  'IMPORT_FILE_TOO_LARGE',
  'IMPORT_FORMAT_UNKNOWN',
  'IMPORT_FORMAT_AMBIGUOUS',
  'IMPORT_FORMAT_MISMATCH',
  'IMPORT_VERSION_UNSUPPORTED',
  'IMPORT_ENCODING_WRONG',
  'IMPORT_JSON_MALFORMED',
  'IMPORT_JSON_TRUNCATED',
  'IMPORT_XML_MALFORMED',
  'IMPORT_XML_DTD_REFUSED',
  'IMPORT_ZIP_MALFORMED',
  'IMPORT_ZIP_MEMBER_NAME',
  'IMPORT_ZIP_MEMBER_REPEATED',
  'IMPORT_ZIP_MEMBER_CORRUPT',
  'IMPORT_ZIP_MEMBER_ENCRYPTED',
  'IMPORT_ZIP_COMPRESSION_UNKNOWN',
  'IMPORT_ZIP_TOO_MANY_MEMBERS',
  'IMPORT_ZIP_BOMB',
  'IMPORT_TOO_DEEP',
  'IMPORT_TOO_MANY_VALUES',
  'IMPORT_TOO_MANY_ITEMS',
  'IMPORT_TOO_MANY_TASKS',
  'IMPORT_TOO_MANY_METRICS',
  'IMPORT_TOO_MANY_TOTALS',
  'IMPORT_TEXT_TOO_LONG',
  'IMPORT_TEXT_INVALID',
  'IMPORT_NAME_REPEATED',
  'IMPORT_NAME_RESERVED',
  'IMPORT_FIELD_MISSING',
  'IMPORT_FIELD_INVALID',
  'IMPORT_SCORE_NOT_FINITE',
  'IMPORT_SCORE_OUT_OF_RANGE',
  'IMPORT_SCORE_UNREADABLE',
  'IMPORT_ITEM_REPEATED',
  'IMPORT_MODELS_SEVERAL',
] as const;

export type ImportCode = (typeof IMPORT_CODES)[number];

/** `where` names member, line and path, as far as there are such; `what` is the rest of the sentence. */
export function importError(
  code: ImportCode,
  where: string,
  what: string,
  remedy: string,
): InvalidInputError {
  return new InvalidInputError(code, `${where}: ${what}`, { remedy, where });
}

/** A name that is stored, for a sentence. */
export const quoted = (name: string): string =>
  JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);

/**
 * A value of theirs for a sentence of ours: numbers as they are, of anything else what it is. A file that is not what it should be
 * may be anything, labels too, and every reader of the project sees how a job failed.
 */
export const shown = (value: unknown): string => {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  if (Array.isArray(value)) return 'an array';
  return value === undefined ? 'nothing' : 'an object';
};
