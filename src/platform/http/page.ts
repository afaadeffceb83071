import { InvalidInputError } from '../errors/index.js';

/** One page of a list, newest or smallest first as the list says. */
export interface Page<T> {
  items: T[];
  /** Pass as `after` to get the next page; null when the page is empty. */
  endCursor: string | null;
  hasNextPage: boolean;
}

export interface PageRequest {
  first?: number;
  after?: string;
}

export const MAX_PAGE_SIZE = 500;
export const DEFAULT_PAGE_SIZE = 50;

/** Page size within 1..500. Throws PAGE_SIZE_INVALID. */
export function pageSize(first: number | undefined | null): number {
  const size = first ?? DEFAULT_PAGE_SIZE;
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE_SIZE) {
    throw new InvalidInputError(
      'PAGE_SIZE_INVALID',
      `first is ${size}; expected an integer from 1 to ${MAX_PAGE_SIZE}`,
    );
  }
  return size;
}

/** An opaque cursor over the ordering key of a list. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The ordering key of a cursor of `length` parts, or null when there is no cursor. Throws CURSOR_INVALID. */
export function decodeCursor(cursor: string | undefined | null, length: number): (string | number)[] | null {
  if (cursor === undefined || cursor === null) return null;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(key) &&
      key.length === length &&
      key.every((part) => ['string', 'number'].includes(typeof part))
    ) {
      return key as (string | number)[];
    }
  } catch {
    // Falls through to the one error for every malformed cursor.
  }
  throw new InvalidInputError(
    'CURSOR_INVALID',
    `after is not a cursor of this list: ${JSON.stringify(cursor).slice(0, 80)}`,
    {
      remedy: 'Pass the endCursor of the previous page unchanged.',
    },
  );
}

/** Cut `size + 1` fetched rows to a page. */
export function toPage<T>(rows: T[], size: number, key: (row: T) => readonly (string | number)[]): Page<T> {
  const items = rows.slice(0, size);
  const last = items.at(-1);
  return {
    items,
    endCursor: last === undefined ? null : encodeCursor(key(last)),
    hasNextPage: rows.length > size,
  };
}
