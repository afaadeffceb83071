import { createReadStream } from 'node:fs';
import { InvalidInputError } from '../../../platform/errors/index.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** Where the next byte stands. */
enum At {
  lineStart,
  fieldStart,
  /** Behind spaces at the start of a field. */
  spaces,
  unquoted,
  quoted,
  /** Behind a quote inside a quoted field: its end, or the first of two. */
  afterQuote,
}

/**
 * Counts the records of a CSV file by RFC 4180, the header included, without reading their values. Blank lines are records
 * only in a file of one column. A second opinion: DuckDB drops, in silence, what follows a quote that is never closed, and
 * spaces around quotes.
 */
export class RecordCounter {
  private at = At.lineStart;
  private records = 0;
  private line = 1;
  private quoteLine = 0;
  private strayLine = 0;
  private afterCr = false;

  constructor(private readonly columns: number) {}

  add(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (byte === LF && this.afterCr) {
        this.afterCr = false;
        continue;
      }
      this.afterCr = byte === CR;
      if (byte === LF || byte === CR) this.endLine();
      else if (byte === QUOTE) this.quote();
      else if (this.at !== At.quoted) this.at = this.behind(byte);
    }
  }

  /** How many records there were. Throws CSV_QUOTES when the last one never ends. */
  finish(split: string): number {
    if (this.at === At.quoted) {
      throw new InvalidInputError(
        'CSV_QUOTES',
        `split ${split}, line ${this.quoteLine}: a quoted field is not closed`,
        {
          remedy: 'Close the quote; write a quote inside a quoted field as two.',
          split,
          line: this.quoteLine,
        },
      );
    }
    if (this.strayLine > 0) {
      const what = 'text or spaces stand between a quote and its comma';
      throw new InvalidInputError('CSV_QUOTES', `split ${split}, line ${this.strayLine}: ${what}`, {
        remedy: 'Quote whole fields: nothing between the comma and the quotes.',
        split,
        line: this.strayLine,
      });
    }
    return this.records + (this.at === At.lineStart ? 0 : 1);
  }

  private endLine(): void {
    this.line += 1;
    if (this.at === At.quoted) return;
    if (this.at !== At.lineStart || this.columns === 1) this.records += 1;
    this.at = At.lineStart;
  }

  private behind(byte: number): At {
    if (byte === COMMA) return At.fieldStart;
    if (this.at === At.afterQuote) this.stray();
    return byte === SPACE && this.at !== At.unquoted ? At.spaces : At.unquoted;
  }

  private stray(): void {
    if (this.strayLine === 0) this.strayLine = this.line;
  }

  private quote(): void {
    switch (this.at) {
      case At.lineStart:
      case At.fieldStart:
        this.quoteLine = this.line;
        this.at = At.quoted;
        return;
      case At.quoted:
        this.at = At.afterQuote;
        return;
      case At.afterQuote:
        this.at = At.quoted;
        return;
      case At.spaces:
        this.stray();
        return;
      case At.unquoted:
        return;
    }
  }
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** The records of a file, the header included. */
export async function countRecords(path: string, columns: number, split: string): Promise<number> {
  const counter = new RecordCounter(columns);
  let first = true;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes = chunk as Buffer;
    counter.add(first && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes);
    first = false;
  }
  return counter.finish(split);
}
