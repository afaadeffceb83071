const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;

export type LineBreak = 'LF' | 'CR' | 'CRLF';

/** A record of a CSV file, as it stands in it. */
export interface CsvRecord {
  /** Where it begins, from 1; line breaks in quotes count as well. */
  line: number;
  /** Without its line break. */
  bytes: number;
  /** Undefined at the end of the file. */
  ends: LineBreak | undefined;
}

/** The first answer of `look`, which sees record after record; undefined where it has none. Blank lines are records. */
export async function findRecord<T>(
  chunks: AsyncIterable<Uint8Array>,
  look: (record: CsvRecord) => T | undefined,
): Promise<T | undefined> {
  let [line, lines, bytes, previous] = [1, 1, 0, 0];
  let [isQuoted, isClosed, atField] = [false, false, true];
  const ended = (ends: LineBreak | undefined): T | undefined => {
    const found = look({ line, bytes, ends });
    [line, bytes, atField, isClosed] = [lines, 0, true, false];
    return found;
  };
  for await (const chunk of chunks) {
    for (const byte of chunk) {
      let found: T | undefined;
      if (previous === CR && byte !== LF) {
        lines += 1;
        if (!isQuoted) found = ended('CR');
      }
      if (byte === LF) lines += 1;
      if (isQuoted || (byte !== LF && byte !== CR)) bytes += 1;
      else if (byte === LF) found = ended(previous === CR ? 'CRLF' : 'LF');
      if (found !== undefined) return found;
      if (byte === QUOTE) {
        const opens = atField || (isClosed && previous === QUOTE);
        [isQuoted, isClosed] = isQuoted ? [false, true] : [opens, false];
      }
      if (byte !== LF && byte !== CR) atField = byte === COMMA;
      previous = byte;
    }
  }
  if (previous === CR && !isQuoted) return ended('CR');
  return bytes > 0 ? ended(undefined) : undefined;
}
