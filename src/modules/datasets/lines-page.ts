import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { InvalidInputError } from '../../platform/errors/index.js';
import { decodeCursor, encodeCursor, type Page } from '../../platform/http/page.js';

/** The byte offset that a cursor of `linesFrom` is; 0 without one. Throws CURSOR_INVALID. */
export function lineOffset(cursor: string | undefined): number {
  const [offset] = decodeCursor(cursor, 1) ?? [0];
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0) throw cursorInvalid();
  return offset;
}

/** A page of JSON lines from a byte offset on; the cursor is the offset of the line behind it. */
export async function linesFrom<T>(path: string, offset: number, size: number): Promise<Page<T>> {
  const file = createReadStream(path, { start: offset });
  const items: T[] = [];
  let end = offset;
  let hasNextPage = false;
  try {
    for await (const line of createInterface({ input: file })) {
      if (items.length === size) {
        hasNextPage = true;
        break;
      }
      items.push(parsed(line) as T);
      end += Buffer.byteLength(line) + 1;
    }
  } finally {
    file.destroy();
  }
  return { items, endCursor: items.length === 0 ? null : encodeCursor([end]), hasNextPage };
}

/** Every line is whole JSON, so one that is not began in the middle of another. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw cursorInvalid();
  }
}

const cursorInvalid = () =>
  new InvalidInputError('CURSOR_INVALID', 'after is not a cursor of this list', {
    remedy: 'Pass the endCursor of the previous page unchanged.',
  });
