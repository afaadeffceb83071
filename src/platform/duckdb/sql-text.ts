import { InvalidInputError } from '../errors/index.js';

/**
 * A DuckDB identifier, quoted: any column name of a user's file may stand in it. Only NUL cannot, which DuckDB refuses.
 */
export function identifier(name: string): string {
  if (name.length === 0)
    throw new InvalidInputError(
      'IDENTIFIER_EMPTY',
      'a column name is empty; expected at least one character',
    );
  return `"${withoutNul(name).replaceAll('"', '""')}"`;
}

/** A DuckDB string literal, quoted. Backslashes are ordinary characters in it. For values prefer parameters. */
export function literal(text: string): string {
  return `'${withoutNul(text).replaceAll("'", "''")}'`;
}

function withoutNul(text: string): string {
  if (text.includes('\0')) {
    throw new InvalidInputError('NUL_CHARACTER', 'a name or text contains a NUL character', {
      remedy: 'remove NUL characters from the file',
    });
  }
  return text;
}
