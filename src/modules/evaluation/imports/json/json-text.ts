import type { ImportCode } from '../import-errors.js';

type Complain = (code: ImportCode, what: string, remedy: string) => Error;

const ESCAPES: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const QUOTE = 34;
const BACKSLASH = 92;

/** A text in quotes, which may come in pieces. What nobody keeps is read over, however long it is. */
export class JsonText {
  isOpen = false;
  /** Once it is closed; empty where it was not kept. */
  value = '';
  private kept = false;
  /** What an escape has so far, without its backslash. */
  private escape: string | null = null;

  constructor(
    private readonly most: number,
    private readonly complain: Complain,
  ) {}

  /** Behind the opening quote. */
  open(kept: boolean): void {
    this.isOpen = true;
    this.kept = kept;
    this.value = '';
  }

  /** Reads on from `start` and says how far it came. */
  read(chunk: string, start: number): number {
    let at = start;
    while (at < chunk.length) {
      if (this.escape !== null) {
        this.inEscape(chunk[at]!);
        at += 1;
        continue;
      }
      const from = at;
      let sign = chunk.charCodeAt(at);
      while (sign !== QUOTE && sign !== BACKSLASH && sign >= 32) sign = chunk.charCodeAt((at += 1));
      if (this.kept && at > from) this.add(chunk.slice(from, at));
      if (at >= chunk.length) break;
      if (sign < 32) throw this.malformed('a text with a line break or another control character in it');
      at += 1;
      if (sign === QUOTE) {
        this.close();
        break;
      }
      this.escape = '';
    }
    return at;
  }

  private inEscape(sign: string): void {
    const escape = this.escape! + sign;
    if (escape[0] !== 'u') {
      const meant = ESCAPES[escape];
      if (meant === undefined) throw this.malformed('an escape that there is not');
      this.add(meant);
      this.escape = null;
      return;
    }
    if (escape.length > 1 && !/[0-9a-fA-F]/.test(sign))
      throw this.malformed('an escape \\u without four hexadecimal digits');
    this.escape = escape;
    if (escape.length < 5) return;
    this.add(String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
    this.escape = null;
  }

  private add(piece: string): void {
    if (!this.kept) return;
    this.value += piece;
    if (this.value.length <= this.most) return;
    throw this.complain(
      'IMPORT_TEXT_TOO_LONG',
      `a name or text of more than ${this.most} characters`,
      'Shorten it: names of tasks, items and metrics are kept whole.',
    );
  }

  private close(): void {
    this.isOpen = false;
    // Neither can be stored as text.
    if (!/[\0\p{Surrogate}]/u.test(this.value)) return;
    throw this.complain(
      'IMPORT_TEXT_INVALID',
      'a name or text holds a NUL or half of a surrogate pair',
      'Write names as Unicode text.',
    );
  }

  private malformed(what: string): Error {
    return this.complain('IMPORT_JSON_MALFORMED', what, 'Import the file as its tool wrote it.');
  }
}
