import { wrap } from '../gate/wrap.js';

/** Tells the demo's story: chapters, paragraphs, indented lines; all to one place. */
export class Narrator {
  private chapters = 0;

  constructor(
    private readonly write: (text: string) => void,
    private readonly width = 100,
  ) {}

  chapter(title: string): void {
    this.chapters += 1;
    this.write(`\n${this.chapters}. ${title}\n${'-'.repeat(Math.min(this.width, title.length + 3))}\n`);
  }

  paragraph(text: string): void {
    this.write(wrap(text, this.width).join('\n') + '\n');
  }

  /** Text as it is, two columns in. */
  block(text: string): void {
    const lines = text.trimEnd().split('\n');
    this.write(lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n') + '\n');
  }
}
