import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { unzstd } from '../../../../platform/compression/index.js';
import { AssayError } from '../../../../platform/errors/index.js';
import { importError, quoted } from '../import-errors.js';
import type { ImportLimits } from '../import-limits.js';

/** What the archive says of a member. */
export interface MemberFacts {
  name: string;
  method: number;
  unpackedBytes: number;
  crc32: number;
}

export type TakeBytes = (chunk: Uint8Array) => void;

const STORED = 0;
const DEFLATED = 8;
const ZSTD = 93;

export const isKnownMethod = (method: number) => [STORED, DEFLATED, ZSTD].includes(method);

/**
 * Unpacks a member piece by piece and holds it to what the archive says: its size and checksum. What would be longer stops there,
 * whatever it unpacks to. Throws IMPORT_ZIP_MEMBER_CORRUPT.
 */
export async function unpackMember(
  packed: Readable,
  facts: MemberFacts,
  limits: ImportLimits,
  take: TakeBytes,
  throwIfStopped: () => void,
): Promise<void> {
  const checked = new CheckedBytes(facts, (chunk) => {
    throwIfStopped();
    take(chunk);
  });
  try {
    if (facts.method === ZSTD) await unzstd(packed, (chunk) => checked.write(chunk), limits.zstdWindowBytes);
    else if (facts.method === DEFLATED) {
      await pipeline(packed, createInflateRaw(), async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) checked.write(chunk);
      });
    } else for await (const chunk of packed) checked.write(chunk as Buffer);
    checked.end();
  } catch (error) {
    // A stream that is torn down may say so in place of why.
    const cause = checked.failure ?? error;
    if (cause instanceof AssayError) throw cause;
    // A stop is no damage of the archive.
    throwIfStopped();
    throw corrupt(facts.name, `it cannot be unpacked: ${(cause as Error).message}`);
  }
}

class CheckedBytes {
  /** What the first piece that was not taken was refused for. */
  failure: unknown;
  private bytes = 0;
  private sum = 0;

  constructor(
    private readonly facts: MemberFacts,
    private readonly take: TakeBytes,
  ) {}

  write(chunk: Uint8Array): void {
    try {
      this.check(chunk);
      this.take(chunk);
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  }

  private check(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    const { name, unpackedBytes } = this.facts;
    if (this.bytes > unpackedBytes)
      throw corrupt(name, `it unpacks to more than the ${unpackedBytes} bytes that the archive says`);
    this.sum = crc32(chunk, this.sum);
  }

  end(): void {
    const { name, unpackedBytes } = this.facts;
    if (this.bytes < unpackedBytes)
      throw corrupt(name, `it unpacks to ${this.bytes} bytes; the archive says ${unpackedBytes}`);
    if (this.sum !== this.facts.crc32) throw corrupt(name, 'its checksum is not the one in the archive');
  }
}

export const corrupt = (name: string, what: string) =>
  importError(
    'IMPORT_ZIP_MEMBER_CORRUPT',
    `member ${quoted(name)}`,
    what,
    'Copy or download the archive again; it has been damaged or cut off.',
  );
