/** An item and its hash share the 53 bits of a double. */
export const MAX_ITEMS = 2 ** 21;

/** Items with equal hashes, of those that `holds`, in buckets of two and more, each in the order of items. At most MAX_ITEMS. */
export function* equalHashes(
  hashes: Uint32Array,
  holds: (item: number) => boolean = () => true,
): Generator<Uint32Array> {
  // Hash and item in one double: sorted as numbers, without a comparison function.
  const keys = new Float64Array(hashes.length);
  let used = 0;
  for (let i = 0; i < hashes.length; i++) if (holds(i)) keys[used++] = hashes[i]! * MAX_ITEMS + i;
  const sorted = keys.subarray(0, used).sort();
  for (let from = 0; from < used;) {
    const hash = Math.floor(sorted[from]! / MAX_ITEMS);
    let to = from + 1;
    while (to < used && Math.floor(sorted[to]! / MAX_ITEMS) === hash) to++;
    if (to - from > 1) yield Uint32Array.from(sorted.subarray(from, to), (key) => key % MAX_ITEMS);
    from = to;
  }
}
