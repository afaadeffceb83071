import { createHash, type Hash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, copyFile, mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writeAll } from '../receive.js';

/** Where file `number` of a partial upload lies. Nothing that a client chose is in the name. */
export const partialPath = (folder: string, id: string, number: number): string =>
  join(folder, `partial-${id}-${number}`);

/**
 * Its files before `number` that are still there, the oldest first. That one has every byte that was acknowledged: it goes when a copy
 * of it is on disk for good, and not before.
 */
export async function filesBefore(folder: string, id: string, number: number): Promise<string[]> {
  const found: string[] = [];
  for (let before = 0; before < number; before++) {
    const path = partialPath(folder, id, before);
    if (await access(path).then(() => true, ignoreMissing)) found.push(path);
  }
  return found;
}

/** The bytes of a partial upload as one writer has them: written and hashed up to `size`. */
export class PartialFile {
  /** Where it goes back to when what follows is refused. */
  private mark: { size: number; hash: Hash | undefined };

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    public size: number,
    /** Undefined where bytes were written that this process has not seen. */
    private hash: Hash | undefined,
  ) {
    this.mark = { size, hash: this.hashed() };
  }

  /** Bytes since `sync`, or since it was opened. */
  get unsafe(): number {
    return this.size - this.mark.size;
  }

  /**
   * Open to go on at `size`; what the file has beyond is cut off. Where files before it are still there, which somebody may write, it
   * is the copy of the oldest, whatever is in its place, and they go. `hash` has seen the bytes before. Undefined where the file is gone
   * or shorter than that.
   */
  static async open(
    folder: string,
    path: string,
    { size, before = [], hash }: { size: number; before?: readonly string[]; hash?: Hash },
  ): Promise<PartialFile | undefined> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const [oldest] = before;
    if (oldest !== undefined && size > 0) await copyFile(oldest, path, constants.COPYFILE_FICLONE);
    const flags = constants.O_RDWR | constants.O_NOFOLLOW | (size === 0 ? constants.O_CREAT : 0);
    const handle = await open(path, flags, 0o600).catch(ignoreMissing);
    if (!handle) return undefined;
    try {
      if ((await handle.stat()).size >= size) {
        await handle.truncate(size);
        if (oldest !== undefined) await handle.sync();
        for (const each of before) await rm(each, { force: true });
        return new PartialFile(path, handle, size, size === 0 ? createHash('sha256') : hash?.copy());
      }
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return undefined;
  }

  async append(chunk: Buffer): Promise<void> {
    await writeAll(this.handle, chunk, this.size);
    this.hash?.update(chunk);
    this.size += chunk.length;
  }

  /** To disk for good. */
  async sync(): Promise<void> {
    await this.handle.sync();
    this.mark = { size: this.size, hash: this.hashed() };
  }

  /** What it hashes to so far: for whoever goes on. */
  hashed(): Hash | undefined {
    return this.hash?.copy();
  }

  /** Forget what was written since `sync`, or since it was opened. */
  async goBack(): Promise<void> {
    await this.handle.truncate(this.mark.size);
    this.size = this.mark.size;
    this.hash = this.mark.hash?.copy();
  }

  /** SHA-256 of all its bytes, lowercase hex. */
  async digest(): Promise<string> {
    if (this.hash) return this.hash.copy().digest('hex');
    const hash = createHash('sha256');
    await pipeline(createReadStream(this.path, { end: this.size - 1 }), hash);
    return hash.digest('hex');
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
