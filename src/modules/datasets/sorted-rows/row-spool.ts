import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const BUFFER_BYTES = 1 << 20;
const PAGE_ROWS = 1 << 15;

/**
 * Encoded rows in a scratch file, in the order in which they come, to be read again in another: a split of any size costs eight
 * bytes of memory a row. Reads are synchronous: they come from the page cache, and an event-loop turn for each would cost more.
 */
export class RowSpool {
  private readonly file: number;
  /** Where each row ends, in pages. */
  private readonly ends: Float64Array[] = [];
  private rows = 0;
  private length = 0;
  private readonly pending = Buffer.allocUnsafe(BUFFER_BYTES);
  private held = 0;
  private window = new Uint8Array(0);
  private windowAt = 0;
  private lastEnd = 0;

  constructor(path: string) {
    this.file = openSync(path, 'wx+', 0o600);
  }

  /** The row is what stands in `source` from `from` to `to`. */
  add(source: Buffer, from = 0, to = source.length): void {
    const bytes = to - from;
    if (this.held + bytes > BUFFER_BYTES) this.flush();
    if (bytes > BUFFER_BYTES) this.write(source.subarray(from, to));
    else {
      source.copy(this.pending, this.held, from, to);
      this.held += bytes;
    }
    this.length += bytes;
    if (this.rows % PAGE_ROWS === 0) this.ends.push(new Float64Array(PAGE_ROWS));
    this.ends.at(-1)![this.rows % PAGE_ROWS] = this.length;
    this.rows += 1;
  }

  /** Row number `row` (from 0). A view that the next call may overwrite. */
  read(row: number): Uint8Array {
    this.flush();
    const [from, to] = [row === 0 ? 0 : this.endOf(row - 1), this.endOf(row)];
    if (from < this.windowAt || to > this.windowAt + this.window.length) {
      // One after the other: read ahead. Anywhere else: that row alone.
      const bytes = from === this.lastEnd ? Math.max(BUFFER_BYTES, to - from) : to - from;
      this.window = new Uint8Array(Math.min(bytes, this.length - from));
      this.windowAt = from;
      for (let at = 0; at < this.window.length;)
        at += readSync(this.file, this.window, at, this.window.length - at, from + at);
    }
    this.lastEnd = to;
    return this.window.subarray(from - this.windowAt, to - this.windowAt);
  }

  close(): void {
    closeSync(this.file);
  }

  private endOf(row: number): number {
    return this.ends[Math.floor(row / PAGE_ROWS)]![row % PAGE_ROWS]!;
  }

  private flush(): void {
    if (this.held > 0) this.write(this.pending.subarray(0, this.held));
    this.held = 0;
  }

  private write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.file, bytes, at);
  }
}
