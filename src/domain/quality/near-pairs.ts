import { equalHashes, MAX_ITEMS } from './equal-hashes.js';
import { BandHasher, BANDS, jaccard, shinglesOf } from './min-hash.js';

/** A text that is near to an earlier one. */
export interface NearText {
  /** In the order of adding, from 0. */
  item: number;
  earlier: number;
  similarity: number;
}

/** Beyond these it is not told which texts are near. */
export const MAX_SHINGLES = 2 ** 28;
export const MAX_TEXTS = MAX_ITEMS;
/** Comparisons for each text, on average: as many as texts that are all alike and yet not near would take are not made. */
export const MAX_COMPARISONS = 500;

/**
 * Finds texts that are near to earlier ones: candidates by MinHash with LSH (Indyk and Motwani 1998), each compared exactly. Memory is
 * four bytes for each different run of characters of each text, and 80 for each text.
 */
export class NearTexts {
  private items = new Uint32Array(1 << 16);
  private ends: number[] = [];

  constructor(private readonly options: { threshold: number; shingle: number; seed: number }) {}

  /** Null and empty texts are near to nothing. Throws RangeError beyond MAX_SHINGLES and MAX_TEXTS. */
  add(text: string | null): void {
    const shingles = shinglesOf(text ?? '', this.options.shingle);
    if (this.ends.length === MAX_TEXTS)
      throw new RangeError(`there are more than ${MAX_TEXTS.toLocaleString('en-US')} texts`);
    const start = this.ends.at(-1) ?? 0;
    const end = start + shingles.length;
    if (end > MAX_SHINGLES)
      throw new RangeError(
        `the texts have more than ${MAX_SHINGLES.toLocaleString('en-US')} runs of characters`,
      );
    if (end > this.items.length) {
      const larger = new Uint32Array(Math.min(MAX_SHINGLES, Math.max(end, this.items.length * 2)));
      larger.set(this.items.subarray(0, start));
      this.items = larger;
    }
    this.items.set(shingles, start);
    this.ends.push(end);
  }

  /** For each near text the first candidate that it was found near to, in the order of texts. Throws RangeError beyond MAX_COMPARISONS. */
  near(): NearText[] {
    const count = this.ends.length;
    const hasher = new BandHasher(this.options.seed);
    const hashes = new Uint32Array(BANDS * count);
    for (let i = 0; i < count; i++) {
      const [start, end] = this.range(i);
      if (end > start) hasher.into(this.items, start, end, hashes, count, i);
    }
    const held = (item: number) => this.range(item)[1] > this.range(item)[0];
    const found = new Map<number, NearText>();
    const budget = { left: MAX_COMPARISONS * count };
    for (let band = 0; band < BANDS; band++)
      for (const bucket of equalHashes(hashes.subarray(band * count, (band + 1) * count), held))
        this.compare(bucket, found, budget);
    return [...found.values()].sort((a, b) => a.item - b.item);
  }

  private range(item: number): [number, number] {
    return [item === 0 ? 0 : this.ends[item - 1]!, this.ends[item]!];
  }

  private compare(bucket: Uint32Array, found: Map<number, NearText>, budget: { left: number }): void {
    for (let i = 1; i < bucket.length; i++) {
      const item = bucket[i]!;
      if (found.has(item)) continue;
      const [start, end] = this.range(item);
      for (let j = 0; j < i; j++) {
        if (budget.left-- <= 0)
          throw new RangeError('too many texts are alike and yet not near: they were not all compared');
        const earlier = bucket[j]!;
        const [other, otherEnd] = this.range(earlier);
        // Sets whose sizes differ more cannot be near.
        const [small, large] =
          end - start < otherEnd - other ? [end - start, otherEnd - other] : [otherEnd - other, end - start];
        if (small < this.options.threshold * large) continue;
        const similarity = jaccard(this.items, start, end, other, otherEnd);
        if (similarity < this.options.threshold) continue;
        found.set(item, { item, earlier, similarity });
        break;
      }
    }
  }
}
