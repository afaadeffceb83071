import type { BlobFacts } from '../../platform/storage/index.js';
import { type SortedIndex, TRAILER_BYTES } from './sorted-rows/sorted-rows-format.js';

/** A Parquet file of some rows. */
export interface StoredPart {
  digest: string;
  rows: number;
}

/**
 * What a version keeps of a split by itself: which chunks it is made of, and the upper nodes of its tree. The chunks are stored once,
 * whichever splits have them.
 */
export interface SplitManifest {
  /** Public columns as Parquet: together all rows in key order; those of a split without a key in the file's order. */
  public: (StoredPart & { bytes: number })[];
  sorted: SortedIndex;
  /** As in WrittenRows. */
  nodes: Buffer;
}

const MAGIC = Buffer.from('ASSAYSM1', 'latin1');

/** nodes || index as JSON || its length (uint32, big endian) || magic (docs/encoding.md, section 11). */
export function manifestBytes({ nodes, ...index }: SplitManifest): Buffer {
  const json = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([nodes, json, length, MAGIC]);
}

export function parseManifest(bytes: Buffer): SplitManifest {
  const end = bytes.length - TRAILER_BYTES;
  if (end < 0 || !bytes.subarray(end + 4).equals(MAGIC)) throw new Error('this is no manifest of a split');
  const start = end - bytes.readUInt32BE(end);
  const index = JSON.parse(bytes.toString('utf8', start, end)) as Omit<SplitManifest, 'nodes'>;
  return { ...index, nodes: bytes.subarray(0, start) };
}

/** The chunks of a split, each once: of what it is made beside its manifest. */
export function chunksOf({ public: parts, sorted }: Omit<SplitManifest, 'nodes'>): BlobFacts[] {
  const all = [...parts, ...sorted.chunks].map(({ digest, bytes }): [string, number] => [digest, bytes]);
  return [...new Map(all)].map(([digest, size]) => ({ digest, size }));
}
