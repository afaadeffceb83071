/** What one file can be packed with; archives of several are none. */
export type Packing = 'gzip' | 'zstd';

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

/** By the first bytes of a file, at least four where it has them. */
export function packingOf(first: Uint8Array): Packing | null {
  const begins = (mark: readonly number[]) => mark.every((byte, i) => first[i] === byte);
  if (begins(GZIP)) return 'gzip';
  // Frames that are skipped may stand before the first one: 0x184d2a50 to 0x184d2a5f, little endian.
  const skipped = (first[0]! & 0xf0) === 0x50 && first[1] === 0x2a && first[2] === 0x4d && first[3] === 0x18;
  return begins(ZSTD) || skipped ? 'zstd' : null;
}
