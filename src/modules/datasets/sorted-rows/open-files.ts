import { type FileHandle, open } from 'node:fs/promises';

const KEPT = 16;

/** Files that were opened for reading, by path: few at once, each once. */
export class OpenFiles {
  private readonly open = new Map<string, Promise<FileHandle>>();
  /** What is being read is not closed meanwhile. */
  private readonly reading = new Map<string, number>();

  /** `length` bytes from `at`, counted from the end where negative. */
  async read(path: string, at: number, length: number): Promise<Buffer> {
    this.reading.set(path, (this.reading.get(path) ?? 0) + 1);
    try {
      const file = await this.opened(path);
      const from = at < 0 ? (await file.stat()).size + at : at;
      const bytes = Buffer.allocUnsafe(length);
      const { bytesRead } = await file.read(bytes, 0, length, from);
      if (bytesRead !== length) throw new Error(`read ${bytesRead} of ${length} bytes`);
      return bytes;
    } finally {
      this.reading.set(path, this.reading.get(path)! - 1);
    }
  }

  async close(): Promise<void> {
    const files = [...this.open.values()];
    this.open.clear();
    await Promise.all(files.map(async (file) => (await file).close()));
  }

  private async opened(path: string): Promise<FileHandle> {
    const known = this.open.get(path);
    if (known) return known;
    const opening = open(path, 'r');
    this.open.set(path, opening);
    opening.catch(() => this.open.delete(path));
    if (this.open.size > KEPT) await this.closeOne();
    return opening;
  }

  private async closeOne(): Promise<void> {
    for (const [path, file] of this.open) {
      if ((this.reading.get(path) ?? 0) > 0) continue;
      this.open.delete(path);
      await (await file).close();
      return;
    }
  }
}
