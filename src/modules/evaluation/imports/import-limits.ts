const MIB = 1024 * 1024;

/** How much of anything is read. Files are read as streams, so that these, not the file, say how much memory it takes. */
export interface ImportLimits {
  fileBytes: number;
  /** XML is not taken apart while it comes, so there is less of it. */
  xmlBytes: number;
  /** Members of a ZIP archive. */
  entries: number;
  /** Of one member, unpacked, and of all of them together. */
  memberBytes: number;
  unpackedBytes: number;
  /** Unpacked to packed size of a member that is larger than `ratioFrom` bytes. */
  ratio: number;
  ratioFrom: number;
  /** Memory that one zstd frame may ask for. */
  zstdWindowBytes: number;
  /** Levels of nesting. */
  depth: number;
  /** Characters of a name or text that is kept. */
  textLength: number;
  /** Values that are held at once beside the items. */
  keptValues: number;
  items: number;
  /** Benchmarks, suites: each has numbers of its own. */
  tasks: number;
  metrics: number;
  totals: number;
}

export const IMPORT_LIMITS: Readonly<ImportLimits> = {
  fileBytes: 1024 * MIB,
  xmlBytes: 64 * MIB,
  entries: 250_000,
  memberBytes: 1024 * MIB,
  unpackedBytes: 8 * 1024 * MIB,
  ratio: 250,
  ratioFrom: 16 * MIB,
  zstdWindowBytes: 32 * MIB,
  depth: 256,
  textLength: 2_000,
  keptValues: 100_000,
  items: 200_000,
  tasks: 1_000,
  metrics: 200,
  totals: 5_000,
};
