import { createReadStream } from 'node:fs';
import { InvalidInputError } from '../../../platform/errors/index.js';
import { csvError, lineTooLong } from './csv-error.js';
import { findRecord, type LineBreak } from './csv-records.js';

/** Least length that DuckDB (1.5.6) refuses. */
const LONG_BYTES = 2_000_000;

/** `csvError`, and what it cannot tell from DuckDB's words: line breaks that differ, and records so long that DuckDB reads them as others. */
export async function explainCsv(error: unknown, path: string, split: string): Promise<unknown> {
  const found = csvError(error, split);
  if (!(found instanceof InvalidInputError)) return found;
  const read = () => createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
  if (found.code === 'CSV_MALFORMED') return (await otherLineBreak(read(), split)) ?? found;
  if (found.code === 'CSV_RAGGED')
    return (await longRecord(read(), split, Number(found.details?.line))) ?? found;
  return found;
}

/** The first line break outside quotes that is another than the first one. */
export async function otherLineBreak(
  chunks: AsyncIterable<Uint8Array>,
  split: string,
): Promise<InvalidInputError | undefined> {
  let expected: LineBreak | undefined;
  return findRecord(chunks, ({ line, ends }) => {
    expected ??= ends;
    if (ends === undefined || ends === expected) return undefined;
    return new InvalidInputError(
      'CSV_MALFORMED',
      `split ${split}, line ${line}: it ends with ${ends}, the lines before it with ${expected}; expected one kind of line break`,
      {
        remedy: 'Write the file with one kind of line break throughout (dos2unix makes them LF).',
        split,
        line,
      },
    );
  });
}

/** From 64 MB on DuckDB takes the parts of a record for fields too many. */
async function longRecord(
  chunks: AsyncIterable<Uint8Array>,
  split: string,
  at: number,
): Promise<InvalidInputError | undefined> {
  const found = await findRecord(chunks, ({ line, bytes }) => {
    if (line > at) return { isLong: false };
    return line === at ? { isLong: bytes >= LONG_BYTES } : undefined;
  });
  return found?.isLong ? lineTooLong(split, at) : undefined;
}
