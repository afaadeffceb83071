import { open, type FileHandle } from 'node:fs/promises';

const LENGTH = 8;

/**
 * Writes a new file of `count` byte strings, of which only one is in memory at a time: their lengths (8 bytes each, little-endian),
 * then themselves.
 */
export async function writePacked(
  path: string,
  count: number,
  part: (index: number) => Uint8Array,
): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    const lengths = Buffer.alloc(count * LENGTH);
    let at = lengths.length;
    for (let i = 0; i < count; i++) {
      const bytes = part(i);
      await file.write(bytes, 0, bytes.length, at);
      lengths.writeBigUInt64LE(BigInt(bytes.length), i * LENGTH);
      at += bytes.length;
    }
    await file.write(lengths, 0, lengths.length, 0);
  } finally {
    await file.close();
  }
}

/** The byte string with this index in a file of `writePacked`. Throws for a file that is cut off. */
export async function readPacked(path: string, index: number, count: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const lengths = await readAt(file, 0, count * LENGTH);
    const length = (i: number) => Number(lengths.readBigUInt64LE(i * LENGTH));
    let at = count * LENGTH;
    for (let i = 0; i < index; i++) at += length(i);
    return await readAt(file, at, length(index));
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  if (bytesRead !== length) throw new Error('a file of the parts of a shard is cut off');
  return buffer;
}
