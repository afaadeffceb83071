import { JsonProblem } from './json-problem.js';

/** What a value is: bits, so that a column has the sum of its values'. Null is none. */
export const KIND = { number: 1, string: 2, boolean: 4 } as const;

export interface JsonColumn {
  name: string;
  /** Sum of `KIND`s. */
  kinds: number;
  /** The first row of each kind, for errors. */
  firstRows: Map<number, number>;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ONE_OBJECT = 'Write one object of plain values on each line, as a JSON writer prints it.';

/**
 * Reads objects of plain values (RFC 8259), one for each call, as fields of CSV: null where nothing is said, texts in quotes, numbers as
 * they are written, so that no digit is lost. Keys that were not seen before become columns.
 */
export class JsonRowReader {
  readonly columns: JsonColumn[] = [];
  /** The row's fields in the order of `columns`; null is null. */
  readonly fields: (string | null)[] = [];
  private readonly places = new Map<string, number>();
  private readonly lastSeen: number[] = [];
  private readonly quoted: string[] = [];
  private text = '';
  private at = 0;
  private end = 0;
  private row = 0;

  /** Begin with the first row again, with the columns that there are. */
  restart(): void {
    this.row = 0;
    this.lastSeen.length = 0;
  }

  /** The row that was read last, from 1. */
  get rows(): number {
    return this.row;
  }

  /** Reads `text` from `start` to `end`. Throws JsonProblem. */
  read(text: string, start: number, end: number): void {
    this.text = text;
    this.at = start;
    this.end = end;
    this.row += 1;
    this.fields.fill(null);
    this.skipSpace();
    if (this.code() !== 0x7b) throw malformed('is no JSON object');
    this.at += 1;
    this.members();
    this.skipSpace();
    if (this.at < end)
      throw malformed(
        this.code() === 0x7b ? 'holds a second object' : 'has something behind the end of its object',
      );
  }

  private members(): void {
    this.skipSpace();
    if (this.code() === 0x7d) {
      this.at += 1;
      return;
    }
    for (let expected = 0; ; expected++) {
      this.skipSpace();
      const place = this.key(expected);
      this.skipSpace();
      if (this.code() !== 0x3a) throw malformed('has a key without a colon');
      this.at += 1;
      this.skipSpace();
      this.fields[place] = this.value(this.columns[place]!);
      this.skipSpace();
      const next = this.code();
      this.at += 1;
      if (next === 0x7d) return;
      if (next !== 0x2c)
        throw malformed(this.at > this.end ? 'ends inside its object' : 'lacks a comma or brace');
      expected = place;
    }
  }

  /** The place of the key that stands here. Rows have their keys in one order more often than not. */
  private key(expected: number): number {
    const guess = this.quoted[expected];
    let place: number | undefined;
    if (guess !== undefined && this.text.startsWith(guess, this.at) && this.at + guess.length <= this.end) {
      this.at += guess.length;
      place = expected;
    } else {
      if (this.code() !== QUOTE)
        throw malformed(this.at < this.end ? 'has a key without quotes' : 'ends inside its object');
      const name = this.string();
      place = this.places.get(name) ?? this.newColumn(name);
    }
    if (this.lastSeen[place] === this.row) {
      const { name } = this.columns[place]!;
      throw new JsonProblem(
        'JSONL_KEY_DUPLICATED',
        'the key stands twice in the object',
        'Give each key once.',
        name,
      );
    }
    this.lastSeen[place] = this.row;
    return place;
  }

  private newColumn(name: string): number {
    const place = this.columns.length;
    this.columns.push({ name, kinds: 0, firstRows: new Map() });
    this.places.set(name, place);
    // What stands in the text as it is; keys with escapes are read each time.
    this.quoted.push(JSON.stringify(name));
    this.fields.push(null);
    return place;
  }

  private value(column: JsonColumn): string | null {
    const { text, at } = this;
    switch (this.code()) {
      case QUOTE: {
        const value = this.string(column.name);
        if (value.includes('\0'))
          throw new JsonProblem(
            'NUL_CHARACTER',
            'found a NUL character',
            'Leave it out of texts.',
            column.name,
          );
        this.saw(column, KIND.string);
        return `"${value.includes('"') ? value.replaceAll('"', '""') : value}"`;
      }
      case 0x74:
        return this.word('true', column, KIND.boolean);
      case 0x66:
        return this.word('false', column, KIND.boolean);
      case 0x6e:
        return this.word('null', column, 0);
      case 0x7b:
      case 0x5b: {
        const what = text[at] === '[' ? 'a list' : 'an object';
        throw new JsonProblem(
          'JSONL_NESTED',
          `found ${what}; expected a number, a text, true, false or null`,
          'Give each nested value a column of its own, or write it as a text.',
          column.name,
        );
      }
    }
    NUMBER.lastIndex = at;
    if (!NUMBER.test(text) || NUMBER.lastIndex > this.end) throw notAValue(column.name);
    this.at = NUMBER.lastIndex;
    // 01, 1.e5 and 1.5.2 go on where a number ends.
    if (/[0-9A-Za-z.+_-]/.test(text[this.at] ?? '')) throw notAValue(column.name);
    this.saw(column, KIND.number);
    return text.slice(at, this.at);
  }

  private word(word: string, column: JsonColumn, kind: number): string | null {
    if (!this.text.startsWith(word, this.at)) throw notAValue(column.name);
    this.at += word.length;
    if (kind === 0) return null;
    this.saw(column, kind);
    return word;
  }

  private saw(column: JsonColumn, kind: number): void {
    if ((column.kinds & kind) !== 0) return;
    column.kinds |= kind;
    column.firstRows.set(kind, this.row);
  }

  private string(column?: string): string {
    const { text } = this;
    const start = this.at;
    let hasEscapes = false;
    for (let at = start + 1; at < this.end; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.at = at + 1;
        return hasEscapes ? unescaped(text.slice(start, at + 1), column) : text.slice(start + 1, at);
      }
      if (code < 0x20)
        throw new JsonProblem(
          'JSONL_MALFORMED',
          'a text holds a control character as it is',
          'Write it as \\t or \\u0009.',
          column,
        );
      if (code === BACKSLASH) {
        hasEscapes = true;
        at++;
      }
    }
    throw new JsonProblem('JSONL_MALFORMED', 'a quote is not closed on its line', ONE_OBJECT, column);
  }

  private skipSpace(): void {
    for (let code = this.code(); code === 0x20 || code === 0x09 || code === 0x0d; code = this.code())
      this.at += 1;
  }

  private code(): number {
    return this.at < this.end ? this.text.charCodeAt(this.at) : NaN;
  }
}

function unescaped(literal: string, column: string | undefined): string {
  let value: string;
  try {
    value = JSON.parse(literal) as string;
  } catch {
    throw new JsonProblem(
      'JSONL_MALFORMED',
      'a text holds an escape that JSON does not know',
      ONE_OBJECT,
      column,
    );
  }
  if (!/\p{Surrogate}/u.test(value)) return value;
  throw new JsonProblem(
    'JSONL_ENCODING',
    'a text holds half of a surrogate pair',
    'Write characters beyond U+FFFF as both halves, or as they are.',
    column,
  );
}

const malformed = (what: string) => new JsonProblem('JSONL_MALFORMED', `the line ${what}`, ONE_OBJECT);

const notAValue = (column: string) =>
  new JsonProblem(
    'JSONL_MALFORMED',
    'found what is no JSON value (NaN and Infinity are none)',
    'Write missing values as null; write "NaN" in quotes and declare the column double where NaN is meant.',
    column,
  );
