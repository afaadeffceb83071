/** Rows in the order of their clusters, and within one in their own: sums do not depend on how clusters are numbered by chance. */
export function rowsByCluster(of: Uint32Array, count: number): Uint32Array {
  const starts = new Uint32Array(count + 1);
  for (const cluster of of) starts[cluster + 1]! += 1;
  for (let cluster = 0; cluster < count; cluster++) starts[cluster + 1]! += starts[cluster]!;
  const order = new Uint32Array(of.length);
  for (let row = 0; row < of.length; row++) order[starts[of[row]!]!++] = row;
  return order;
}

/** The rows of each cluster that has any, as a run of `order`. */
export function forEachCluster(
  order: Uint32Array,
  of: Uint32Array,
  visit: (from: number, to: number) => void,
): void {
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && of[order[to]!] === of[order[from]!]) to++;
    visit(from, to);
    from = to;
  }
}
