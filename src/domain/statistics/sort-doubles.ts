/** Below this, the engine's own sort is as fast. */
const FEW = 4096;
const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
const MASK = BUCKETS - 1;
/** Digits of a word of 32 bits start at these bits; the last has 10. */
const SHIFTS = [0, DIGIT_BITS, 2 * DIGIT_BITS] as const;

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const LOW = LITTLE_ENDIAN ? 0 : 1;
const HIGH = 1 - LOW;

/**
 * Sorts doubles ascending in place (-0 before 0, NaN not allowed) and returns them: by digits of 11 bits of their binary form, as
 * non-negative doubles have the order of their bits. O(n); a digit that all values share costs nothing.
 */
export function sortDoubles(values: Float64Array): Float64Array {
  if (values.length < FEW) return values.sort();
  const own = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  orderBits(own);
  let from: Uint32Array = own;
  let to: Uint32Array = new Uint32Array(own.length);
  for (const word of [LOW, HIGH]) {
    const counts = countDigits(own, word);
    for (let digit = 0; digit < SHIFTS.length; digit++) {
      const starts = counts[digit]!;
      if (!toStarts(starts, values.length)) continue;
      scatter(from, to, starts, word, SHIFTS[digit]!);
      [from, to] = [to, from];
    }
  }
  if (from !== own) own.set(from);
  restoreBits(own);
  return values;
}

/** Bits whose unsigned order is that of the doubles: of negative ones all are flipped, of others the sign. */
function orderBits(words: Uint32Array): void {
  for (let i = 0; i < words.length; i += 2) {
    const high = words[i + HIGH]!;
    if (high >>> 31 === 1) {
      words[i + LOW] = ~words[i + LOW]!;
      words[i + HIGH] = ~high;
    } else words[i + HIGH] = high ^ 0x80000000;
  }
}

function restoreBits(words: Uint32Array): void {
  for (let i = 0; i < words.length; i += 2) {
    const high = words[i + HIGH]!;
    if (high >>> 31 === 0) {
      words[i + LOW] = ~words[i + LOW]!;
      words[i + HIGH] = ~high;
    } else words[i + HIGH] = high ^ 0x80000000;
  }
}

/** How often each digit of one word of the doubles has each value. Any order of the doubles counts the same. */
function countDigits(words: Uint32Array, word: number): readonly Uint32Array[] {
  const first = new Uint32Array(BUCKETS);
  const second = new Uint32Array(BUCKETS);
  const third = new Uint32Array(BUCKETS);
  for (let i = word; i < words.length; i += 2) {
    const bits = words[i]!;
    first[bits & MASK]!++;
    second[(bits >>> SHIFTS[1]) & MASK]!++;
    third[bits >>> SHIFTS[2]]!++;
  }
  return [first, second, third];
}

/** Counts become the places at which their buckets start. False where one bucket has all n values. */
function toStarts(counts: Uint32Array, n: number): boolean {
  let start = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = counts[bucket]!;
    if (count === n) return false;
    counts[bucket] = start;
    start += count;
  }
  return true;
}

function scatter(from: Uint32Array, to: Uint32Array, starts: Uint32Array, word: number, shift: number): void {
  for (let i = 0; i < from.length; i += 2) {
    const bucket = (from[i + word]! >>> shift) & MASK;
    const place = 2 * starts[bucket]!;
    starts[bucket]!++;
    to[place] = from[i]!;
    to[place + 1] = from[i + 1]!;
  }
}
