/** Bands of MinHash values: two texts are candidates when one band of theirs is equal. */
export const BANDS = 20;
/** Values in a band. */
export const BAND_ROWS = 5;
/**
 * One-permutation hashing (Li, Owen and Zhang 2012): each pass hashes every item once and keeps the least value of each bin, where
 * MinHash keeps one of all. An empty bin borrows from another of its pass, chosen by the seed alone (Shrivastava 2017), so that two
 * values are equal with the probability that the sets' similarity is.
 */
const BIN_BITS = 3;
const BINS = 2 ** BIN_BITS;
const PASSES = Math.ceil((BANDS * BAND_ROWS) / BINS);
const EMPTY = 0xffffffff;

/** Murmur3's finalizer: every bit of the input reaches every bit of the output. Appleby 2008. */
export function mixed(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * The different runs of `size` characters (UTF-16) of a text, each as 32 bits, ascending. Case and the width of spaces do not count. A
 * shorter text is one run; an empty one is none.
 */
export function shinglesOf(text: string, size: number): Uint32Array {
  const plain = text.toLowerCase().replace(/\s+/g, ' ').trim();
  if (plain.length === 0) return new Uint32Array(0);
  const count = Math.max(1, plain.length - size + 1);
  const width = Math.min(size, plain.length);
  const all = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    let h = 0x811c9dc5;
    for (let j = i; j < i + width; j++) h = Math.imul(h ^ plain.charCodeAt(j), 0x01000193);
    all[i] = mixed(h);
  }
  all.sort();
  let kept = 0;
  for (let i = 0; i < count; i++) if (i === 0 || all[i] !== all[i - 1]) all[kept++] = all[i]!;
  return all.subarray(0, kept);
}

/** Makes band hashes of sets. The same seed, the same hashes. */
export class BandHasher {
  private readonly factors = new Uint32Array(PASSES);
  private readonly offsets = new Uint32Array(PASSES);
  private readonly least = new Uint32Array(PASSES * BINS);
  /** Which bins an empty one may borrow from, in order. */
  private readonly lenders: Uint8Array[];

  constructor(seed: number) {
    let state = mixed(seed ^ 0x9e3779b9);
    const next = () => (state = mixed((state + 0x9e3779b9) >>> 0));
    for (let pass = 0; pass < PASSES; pass++) {
      // Odd factors make each function a permutation of 32 bits.
      this.factors[pass] = next() | 1;
      this.offsets[pass] = next();
    }
    this.lenders = Array.from({ length: PASSES * BINS }, () =>
      Uint8Array.from({ length: BINS * 8 }, () => next() % BINS),
    );
  }

  /** One hash for each band of `items` from `start` to `end`, into `out[band * stride + at]`. The set is not empty. */
  into(items: Uint32Array, start: number, end: number, out: Uint32Array, stride: number, at: number): void {
    const { factors, offsets, least } = this;
    least.fill(EMPTY);
    for (let pass = 0; pass < PASSES; pass++) {
      const [factor, offset, first] = [factors[pass]!, offsets[pass]!, pass * BINS];
      for (let s = start; s < end; s++) {
        let h = (Math.imul(items[s]!, factor) + offset) | 0;
        h = (h ^ (h >>> 15)) >>> 0;
        const bin = first + (h >>> (32 - BIN_BITS));
        if (h < least[bin]!) least[bin] = h;
      }
    }
    for (let band = 0; band < BANDS; band++) {
      let h = band;
      for (let r = 0; r < BAND_ROWS; r++) {
        // Values of one band come from different passes: those of one pass are not independent.
        const place = band * BAND_ROWS + r;
        h = Math.imul(h ^ this.valueOf(place % PASSES, Math.floor(place / PASSES)), 0x01000193);
        h ^= h >>> 15;
      }
      out[band * stride + at] = mixed(h);
    }
  }

  private valueOf(pass: number, bin: number): number {
    const own = this.least[pass * BINS + bin]!;
    if (own !== EMPTY) return own;
    for (const lender of this.lenders[pass * BINS + bin]!) {
      const lent = this.least[pass * BINS + lender]!;
      if (lent !== EMPTY) return lent;
    }
    return EMPTY;
  }
}

/** Jaccard similarity of two ascending runs of one array. Two empty sets are alike. */
export function jaccard(items: Uint32Array, a: number, aEnd: number, b: number, bEnd: number): number {
  const sizes = aEnd - a + (bEnd - b);
  if (sizes === 0) return 1;
  let shared = 0;
  while (a < aEnd && b < bEnd) {
    const [x, y] = [items[a]!, items[b]!];
    if (x === y) shared++;
    if (x <= y) a++;
    if (y <= x) b++;
  }
  return shared / (sizes - shared);
}
