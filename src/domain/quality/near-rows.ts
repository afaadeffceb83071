import { equalHashes, MAX_ITEMS } from './equal-hashes.js';
import { mixed } from './min-hash.js';
import { MAX_COMPARISONS, MAX_SHINGLES, type NearText } from './near-pairs.js';

/** Ways to leave blocks of columns out, at most where there is a choice. */
const MAX_WAYS = 64;
/** Rows by which columns are told apart that differ much. */
const SAMPLE = 10_000;

/**
 * Finds rows that are near to earlier ones: of d cells k are equal, and k / (2d - k), the Jaccard similarity of the sets of cells, reaches the
 * threshold. None is missed: two rows that differ in at most m cells are equal in all but m of any blocks of columns, so they meet in one of the
 * ways to leave m blocks out (the pigeonhole principle; Manku, Jain and Das Sarma 2007, 3.1). Each pair that meets is compared, cell
 * by cell as 32 bits. Memory is at most eight bytes for each cell.
 */
export class NearRows {
  private cells = new Uint32Array(1 << 16);
  private rows = 0;
  /** Cells that may differ. */
  private readonly most: number;

  constructor(
    private readonly width: number,
    threshold: number,
  ) {
    let equal = width;
    while (equal > 0 && similarityOf(equal - 1, width) >= threshold) equal--;
    this.most = width - equal;
  }

  /** No value is a value. Throws RangeError beyond MAX_ITEMS rows and MAX_SHINGLES cells. */
  add(row: readonly (string | null)[]): void {
    const start = this.rows * this.width;
    const end = start + this.width;
    if (this.rows === MAX_ITEMS)
      throw new RangeError(`there are more than ${MAX_ITEMS.toLocaleString('en-US')} rows`);
    if (end > MAX_SHINGLES)
      throw new RangeError(`there are more than ${MAX_SHINGLES.toLocaleString('en-US')} cells`);
    if (end > this.cells.length) {
      const larger = new Uint32Array(Math.min(MAX_SHINGLES, Math.max(end, this.cells.length * 2)));
      larger.set(this.cells.subarray(0, start));
      this.cells = larger;
    }
    for (let i = 0; i < this.width; i++) this.cells[start + i] = cellOf(row[i] ?? null);
    this.rows++;
  }

  /** For each near row the first that it was found near to, in the order of rows. Throws RangeError beyond MAX_COMPARISONS for each row. */
  near(): NearText[] {
    const count = blocksFor(this.width, this.most);
    const blocks = this.hashesOfBlocks(count);
    const found = new Map<number, NearText>();
    const budget = { left: MAX_COMPARISONS * this.rows };
    for (const left of waysToLeave(count, this.most)) {
      const kept = Array.from({ length: count }, (_, block) => block).filter(
        (block) => !left.includes(block),
      );
      const hashes = new Uint32Array(this.rows);
      for (let row = 0; row < this.rows; row++) {
        let h = 0;
        for (const block of kept) h = Math.imul(h ^ blocks[row * count + block]!, 0x01000193) + 1;
        hashes[row] = mixed(h);
      }
      for (const bucket of equalHashes(hashes)) this.compare(bucket, found, budget);
    }
    return [...found.values()].sort((a, b) => a.item - b.item);
  }

  /** One hash for each block of each row. Columns are dealt out by how many values they have, so that no block is of few alone. */
  private hashesOfBlocks(count: number): Uint32Array {
    const sampled = Math.min(this.rows, SAMPLE);
    const kinds = Array.from({ length: this.width }, (_, column) => {
      const values = new Set<number>();
      for (let row = 0; row < sampled; row++) values.add(this.cells[row * this.width + column]!);
      return { column, values: values.size };
    }).sort((a, b) => b.values - a.values || a.column - b.column);
    const hashes = new Uint32Array(this.rows * count);
    for (let row = 0; row < this.rows; row++)
      kinds.forEach(({ column }, i) => {
        const at = row * count + (i % count);
        hashes[at] = mixed(Math.imul(hashes[at]! ^ this.cells[row * this.width + column]!, 0x01000193) + 1);
      });
    return hashes;
  }

  private compare(bucket: Uint32Array, found: Map<number, NearText>, budget: { left: number }): void {
    for (let i = 1; i < bucket.length; i++) {
      const item = bucket[i]!;
      if (found.has(item)) continue;
      for (let j = 0; j < i; j++) {
        if (budget.left-- <= 0)
          throw new RangeError('too many rows are alike and yet not near: they were not all compared');
        const differing = this.differing(item, bucket[j]!);
        if (differing > this.most) continue;
        const similarity = similarityOf(this.width - differing, this.width);
        found.set(item, { item, earlier: bucket[j]!, similarity });
        break;
      }
    }
  }

  /** Cells that are not equal; beyond `most` it does not count on. */
  private differing(a: number, b: number): number {
    const { cells, width, most } = this;
    let differing = 0;
    for (let i = 0; i < width && differing <= most; i++)
      if (cells[a * width + i] !== cells[b * width + i]) differing++;
    return differing;
  }
}

const similarityOf = (equal: number, width: number) => equal / (2 * width - equal);

/** A value as 32 bits: FNV-1a over UTF-16. */
function cellOf(value: string | null): number {
  if (value === null) return 0;
  let h = 0x811c9dc5;
  for (let i = 0; i < value.length; i++) h = Math.imul(h ^ value.charCodeAt(i), 0x01000193);
  return mixed(h);
}

/** The more blocks, the more columns two rows share that meet, and the more ways there are: as many as MAX_WAYS allows. */
function blocksFor(width: number, left: number): number {
  let blocks = Math.min(width, left + 1);
  while (blocks < width && choices(blocks + 1, left) <= MAX_WAYS) blocks++;
  return blocks;
}

function choices(of: number, some: number): number {
  let ways = 1;
  for (let i = 1; i <= some; i++) ways = (ways * (of - some + i)) / i;
  return ways;
}

/** Every set of `some` of the numbers below `of`. */
function* waysToLeave(of: number, some: number, from = 0): Generator<number[]> {
  if (some === 0) {
    yield [];
    return;
  }
  for (let first = from; first <= of - some; first++)
    for (const rest of waysToLeave(of, some - 1, first + 1)) yield [first, ...rest];
}
