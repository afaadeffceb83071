import { closeSync, openSync, writeSync } from 'node:fs';
import { UnpackRefused } from './unpack-refused.js';

export interface UnpackLimits {
  /** Bytes that it may unpack to. */
  maxBytes: number;
  /** How many times its own size. */
  maxRatio: number;
  /** Bytes that it may unpack to whatever the ratio: a short file of few values is no bomb. */
  freeBytes: number;
}

/** A new file that takes what is unpacked, and no more than it may. */
export class BoundedFile {
  /** Why it took no more. */
  failure: unknown;
  private readonly file: number;
  private readonly most: number;
  private bytes = 0;
  private isOpen = true;

  constructor(
    path: string,
    private readonly packedBytes: number,
    private readonly limits: UnpackLimits,
  ) {
    this.most = Math.min(limits.maxBytes, Math.max(limits.freeBytes, limits.maxRatio * packedBytes));
    this.file = openSync(path, 'wx', 0o600);
  }

  /** Writes at once, so that nothing unpacked waits in memory. Throws UnpackRefused. */
  write(chunk: Uint8Array): void {
    try {
      this.bytes += chunk.length;
      if (this.bytes > this.most) throw this.tooLarge();
      for (let at = 0; at < chunk.length;) at += writeSync(this.file, chunk, at);
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  }

  close(): void {
    if (this.isOpen) closeSync(this.file);
    this.isOpen = false;
  }

  private tooLarge(): UnpackRefused {
    const { maxBytes, maxRatio } = this.limits;
    return new UnpackRefused(
      'tooLarge',
      this.most === maxBytes
        ? `it unpacks to more than ${maxBytes} bytes, the most that is taken`
        : `its ${this.packedBytes} bytes unpack to more than ${this.most}; at most ${maxRatio} times as many are taken`,
    );
  }
}
