import { importError } from './import-errors.js';

/** Takes text piece by piece. */
export interface TextSink {
  write(text: string): void;
  end(): void;
}

/** Bytes to text: UTF-8, with or without its mark, and nothing else. No byte is replaced in silence. */
export class Utf8Text {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private read = 0;
  private first: Uint8Array | undefined;

  constructor(
    private readonly sink: TextSink,
    private readonly place: string,
  ) {}

  write(chunk: Uint8Array): void {
    this.first ??= chunk.slice(0, 4);
    this.sink.write(this.decode(chunk, true));
    this.read += chunk.length;
  }

  end(): void {
    const rest = this.decode(new Uint8Array(), false);
    if (rest !== '') this.sink.write(rest);
    this.sink.end();
  }

  private decode(chunk: Uint8Array, stream: boolean): string {
    let text: string;
    try {
      text = this.decoder.decode(chunk, { stream });
    } catch {
      throw wrongEncoding(this.place, looksLike(this.first) ?? `not UTF-8 near byte ${this.read}`);
    }
    if (this.read === 0 && text.startsWith('\0')) throw wrongEncoding(this.place, 'UTF-16 or UTF-32');
    if (this.read === 0 && text[1] === '\0') throw wrongEncoding(this.place, 'UTF-16 or UTF-32');
    return text;
  }
}

export const wrongEncoding = (place: string, found: string) =>
  importError(
    'IMPORT_ENCODING_WRONG',
    place,
    `the text is ${found}; expected UTF-8`,
    'Write the file as UTF-8.',
  );

function looksLike(first: Uint8Array | undefined): string | undefined {
  const [a, b] = first ?? [];
  return (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) ? 'UTF-16' : undefined;
}
