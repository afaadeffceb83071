import type { ImportLimits } from '../import-limits.js';
import { type ImportCode, importError } from '../import-errors.js';
import type { TextSink } from '../utf8-text.js';
import type { JsonPlace, JsonShape } from './json-shape.js';
import { readLiteral } from './json-literal.js';
import { JsonText } from './json-text.js';

/** What is expected next. */
type Next =
  | 'value'
  | 'value-or-end'
  | 'name'
  | 'name-or-end'
  | 'colon'
  | 'comma-or-end'
  | 'document'
  | 'nothing';

/** An open bracket. */
interface Frame {
  isArray: boolean;
  /** Of what is inside: null where that is read over. */
  shape: JsonShape | null;
  /** Null where this is not kept itself. */
  own: JsonShape | null;
  value: unknown;
  /** Names so far, where they are kept. */
  names: Set<string> | null;
  key: string | number;
  keptBefore: number;
}

export interface JsonPickerOptions {
  /** What is read, for sentences: `the file`, `member header.json`. */
  place: string;
  limits: ImportLimits;
  /** `lines`: any number of documents, one after the other on lines of their own. */
  documents: 'one' | 'lines';
  shape: JsonShape;
  take(document: unknown, place: JsonPlace): void;
}

const EXPECTED: Partial<Record<JsonShape['is'], string>> = {
  members: 'object',
  named: 'object',
  listed: 'array',
  either: 'object',
};
const isWhite = (sign: number) => sign === 32 || sign === 10 || sign === 13 || sign === 9;
/** Words and numbers, and whatever else begins like one: letters, digits, signs and dots. */
const isLiteral = (sign: number) =>
  (sign >= 97 && sign <= 122) ||
  (sign >= 48 && sign <= 57) ||
  (sign >= 65 && sign <= 90) ||
  sign === 45 ||
  sign === 46 ||
  sign === 43;

/**
 * Reads JSON piece by piece, also with NaN and Infinity as Python writes them, and keeps what a shape asks for. In what is kept a
 * name may stand once in its object: of two, readers disagree on which counts. Throws InvalidInputError.
 */
export class JsonPicker implements TextSink {
  private readonly open: Frame[] = [];
  private readonly text: JsonText;
  private next: Next = 'document';
  private literal: string | null = null;
  private line = 1;
  private documents = 0;
  private documentLine = 0;
  private kept = 0;

  constructor(private readonly options: JsonPickerOptions) {
    this.text = new JsonText(options.limits.textLength, (code, what, remedy) =>
      this.error(code, what, remedy),
    );
  }

  write(chunk: string): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.text.isOpen) at = this.inText(chunk, at);
      else if (this.literal !== null) at = this.inLiteral(chunk, at);
      else at = this.outside(chunk, at);
    }
  }

  end(): void {
    if (this.literal !== null) this.literalEnded();
    if (this.documents === 0 && this.open.length === 0 && !this.text.isOpen) throw this.empty();
    if (this.next === 'nothing' || (this.next === 'document' && this.documents > 0)) return;
    throw this.error(
      'IMPORT_JSON_TRUNCATED',
      `the text ends in the middle: ${this.text.isOpen ? 'a text' : (this.open.length > 0 && (this.open.at(-1)!.isArray ? 'an array' : 'an object')) || 'a value'} is not closed`,
      'Send the whole file; the run or the copy of it may have been cut off.',
    );
  }

  private inText(chunk: string, at: number): number {
    const end = this.text.read(chunk, at);
    if (this.text.isOpen) return end;
    if (this.next === 'name' || this.next === 'name-or-end') this.nameEnded(this.text.value);
    else this.valueEnded(this.text.value, 'string');
    return end;
  }

  private inLiteral(chunk: string, start: number): number {
    let at = start;
    while (at < chunk.length && isLiteral(chunk.charCodeAt(at))) at += 1;
    this.literal += chunk.slice(start, at);
    if (this.literal!.length > 400) throw this.malformed(`a number of more than 400 characters`);
    if (at < chunk.length) this.literalEnded();
    return at;
  }

  private outside(chunk: string, at: number): number {
    const sign = chunk[at]!;
    if (isWhite(chunk.charCodeAt(at))) {
      if (sign === '\n') {
        this.line += 1;
        if (this.next === 'nothing' && this.options.documents === 'lines') this.next = 'document';
      }
      return at + 1;
    }
    switch (this.next) {
      case 'nothing':
        throw this.malformed(`${seen(sign)} after the end of the document`);
      case 'document':
        this.documentLine = this.line;
        return this.startValue(sign, chunk, at);
      case 'value':
        return this.startValue(sign, chunk, at);
      case 'value-or-end':
        return sign === ']' ? this.close(at) : this.startValue(sign, chunk, at);
      case 'name-or-end':
        if (sign === '}') return this.close(at);
        return this.startName(sign, at);
      case 'name':
        return this.startName(sign, at);
      case 'colon':
        if (sign !== ':') throw this.malformed(`${seen(sign)} where a colon is expected`);
        this.next = 'value';
        return at + 1;
      case 'comma-or-end':
        return this.comma(sign, at);
    }
  }

  private comma(sign: string, at: number): number {
    const frame = this.open.at(-1)!;
    if (sign === (frame.isArray ? ']' : '}')) return this.close(at);
    if (sign !== ',')
      throw this.malformed(`${seen(sign)} where a comma or ${frame.isArray ? ']' : '}'} is expected`);
    if (frame.isArray) frame.key = (frame.key as number) + 1;
    this.next = frame.isArray ? 'value' : 'name';
    return at + 1;
  }

  private startName(sign: string, at: number): number {
    if (sign !== '"') throw this.malformed(`${seen(sign)} where a name in quotes is expected`);
    this.text.open(this.open.at(-1)!.names !== null);
    return at + 1;
  }

  private nameEnded(name: string): void {
    const frame = this.open.at(-1)!;
    this.next = 'colon';
    frame.key = name;
    if (frame.names === null) return;
    if (name === '__proto__')
      throw this.error(
        'IMPORT_NAME_RESERVED',
        `a member is named "__proto__"`,
        'No tool writes that name: it is meant for a reader that takes it for more than a name.',
      );
    if (frame.names.has(name))
      throw this.error(
        'IMPORT_NAME_REPEATED',
        `a name stands twice in one object`,
        'Write each name once: which of two is meant, readers of JSON disagree on.',
      );
    frame.names.add(name);
    this.keep();
  }

  private startValue(sign: string, chunk: string, at: number): number {
    if (sign === '{' || sign === '[') {
      this.openFrame(sign === '[');
      return at + 1;
    }
    if (sign === '"') {
      this.text.open(this.childShape()?.is === 'whole');
      return at + 1;
    }
    if (!isLiteral(chunk.charCodeAt(at))) throw this.malformed(`${seen(sign)} where a value is expected`);
    this.literal = '';
    return at;
  }

  private literalEnded(): void {
    const value = readLiteral(this.literal!);
    if (value === undefined) throw this.malformed(`${seen(this.literal!)} where a value is expected`);
    this.literal = null;
    this.valueEnded(value, typeof value);
  }

  private openFrame(isArray: boolean): void {
    if (this.open.length >= this.options.limits.depth) {
      throw this.error(
        'IMPORT_TOO_DEEP',
        `nested deeper than ${this.options.limits.depth} levels`,
        'Write flatter JSON.',
      );
    }
    const own = this.childShape();
    const inside = own?.is === 'either' ? (isArray ? own.array : own.object) : own;
    if (inside !== null) this.refuseMisfit(inside, isArray ? 'array' : 'object');
    const isKept = inside !== null && inside.is !== 'kind' && inside.is !== 'number';
    this.open.push({
      isArray,
      shape: isKept ? inside : null,
      own,
      value: isKept ? (isArray ? [] : (Object.create(null) as object)) : isArray ? 'array' : 'object',
      names: isKept && !isArray ? new Set() : null,
      key: isArray ? 0 : '',
      keptBefore: this.kept,
    });
    this.next = isArray ? 'value-or-end' : 'name-or-end';
  }

  private close(at: number): number {
    const frame = this.open.pop()!;
    const isKept = frame.own !== null && frame.own.is !== 'number';
    this.deliver(isKept ? frame.value : undefined, frame.own, frame.keptBefore);
    return at + 1;
  }

  private valueEnded(value: unknown, type: string): void {
    const shape = this.childShape();
    if (shape === null) this.deliver(undefined, null, this.kept);
    else if (shape.is === 'kind') this.deliver(value === null ? null : type, shape, this.kept);
    else if (shape.is === 'number') this.deliver(type === 'string' ? undefined : value, shape, this.kept);
    else {
      if (value !== null) this.refuseMisfit(shape, type);
      this.deliver(value, shape, this.kept);
    }
  }

  /** Hand a complete value to what it is in. */
  private deliver(value: unknown, shape: JsonShape | null, keptBefore: number): void {
    const parent = this.open.at(-1);
    if (!parent) {
      this.documents += 1;
      this.next = 'nothing';
      this.kept = 0;
      this.options.take(value, this.place());
      return;
    }
    this.next = 'comma-or-end';
    if (shape === null || value === undefined || parent.shape === null) return;
    const take = parent.shape.is === 'named' || parent.shape.is === 'listed' ? parent.shape.take : undefined;
    if (take) {
      take(value, this.place());
      // Its name stays: an object has each name once.
      this.kept = keptBefore;
      return;
    }
    this.keep();
    if (parent.isArray) (parent.value as unknown[]).push(value);
    else (parent.value as Record<string, unknown>)[parent.key as string] = value;
  }

  private keep(): void {
    this.kept += 1;
    const most = this.options.limits.keptValues;
    if (this.kept > most) {
      throw this.error(
        'IMPORT_TOO_MANY_VALUES',
        `more than ${most} values where a few are expected`,
        'Import the file as its tool wrote it, or in parts.',
      );
    }
  }

  private childShape(): JsonShape | null {
    const frame = this.open.at(-1);
    if (!frame) return this.options.shape;
    if (frame.shape === null || frame.shape.is === 'whole') return frame.shape;
    if (frame.shape.is === 'members') {
      const known = frame.shape.members.get(frame.key as string);
      return known === undefined ? frame.shape.rest : known;
    }
    return frame.shape.is === 'named' || frame.shape.is === 'listed' ? frame.shape.each : null;
  }

  private refuseMisfit(shape: JsonShape, type: string): void {
    const expected = EXPECTED[shape.is];
    if (expected === undefined || expected === type) return;
    throw this.error(
      'IMPORT_FIELD_INVALID',
      `${article(type)} where ${article(expected)} is expected`,
      'Import the file as its tool wrote it.',
    );
  }

  private place(): JsonPlace {
    const path = this.open.map(({ key }) => key);
    // Lines tell a document among many, paths a place in one.
    const line = this.options.documents === 'lines' ? this.documentLine : this.line;
    const steps = this.open.map(step).join('');
    const shownPath = steps.replace(/^\./, '').slice(0, 200);
    const parts = [this.options.place, `line ${line}`, ...(shownPath === '' ? [] : [shownPath])];
    return { line, path, text: parts.join(', ') };
  }

  private error(code: ImportCode, what: string, remedy: string) {
    return importError(code, this.place().text, what, remedy);
  }

  private malformed(what: string) {
    return this.error('IMPORT_JSON_MALFORMED', what, 'Import the file as its tool wrote it.');
  }

  private empty() {
    return importError(
      'IMPORT_EMPTY',
      this.options.place,
      'there is no JSON in it',
      'Send the file that the tool wrote at the end of its run.',
    );
  }
}

const article = (type: string) => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);
/** A step of a path for a sentence: positions, and names that the shape knows or that are kept as names. */
function step({ key, shape }: Frame): string {
  if (typeof key === 'number') return `[${key}]`;
  const isKnown = shape?.is === 'named' || (shape?.is === 'members' && shape.members.has(key));
  return isKnown ? `.${key}` : '.…';
}

/** A sign of JSON's own, or what else stands there: never the words of a file, which may be anything. */
const seen = (text: string) => {
  if (/^[{}[\],:"]/.test(text)) return text[0]!;
  if (/^[-+.\d]/.test(text)) return text.length > 1 ? 'no number of JSON' : 'a number';
  return /^\p{L}/u.test(text) ? 'a word' : 'another sign';
};
