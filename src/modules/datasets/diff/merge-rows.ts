import type { RowChunk } from '../sorted-rows/sorted-rows-format.js';
import { isErased, type PlacedBlock, type SortedRow, type SortedRows } from '../sorted-rows/sorted-rows.js';

/** A row on one side alone, or on both under one key. `count`: how often it stands there more than on the other side. */
export interface RowPair {
  order: Buffer;
  before: Buffer | null;
  after: Buffer | null;
  count: number;
  /** Where both sides go on behind it. */
  next: Places;
}

/** A place on either side: a number of rows in leaf order. */
export type Places = readonly [before: number, after: number];

export interface MergeOptions {
  /** Equal chunks and blocks hold equal values of the same columns: they are not read. */
  skipEqual: boolean;
  /** Only what stands there and behind: the `next` of a pair. */
  from?: Places;
}

/**
 * Both sides' rows, one beside the other, in the order of their keys, but for equal chunks and blocks. Pairs of the same key come whether
 * they differ or not. Without keys rows are matched whole: what is left of one side comes, with how often.
 */
export async function* mergeRows(
  before: SortedRows | null,
  after: SortedRows | null,
  { skipEqual, from = [0, 0] }: MergeOptions,
): AsyncGenerator<RowPair, void, void> {
  const unequal = <T extends { hash: string }>(sides: [T[], T[]]) =>
    skipEqual ? withoutCommon(sides) : sides;
  const [a, b] = unequal([before?.index.chunks ?? [], after?.index.chunks ?? []]);
  const [x, y] = unequal([await blocksOf(before, a), await blocksOf(after, b)]);
  const left = new RowStream(before, x, from[0]);
  const right = new RowStream(after, y, from[1]);
  const keyed = (before ?? after)?.index.keyed ?? true;
  let held: RowPair | undefined;
  for (;;) {
    const l = left.ready() ?? (await left.next());
    const r = right.ready() ?? (await right.next());
    if (!l && !r) break;
    const order = !l ? 1 : !r ? -1 : Buffer.compare(l.order, r.order);
    if (order <= 0) left.skip();
    if (order >= 0) right.skip();
    if (order === 0 && !keyed) continue;
    const next: Places = [left.place, right.place];
    const pair: RowPair =
      order < 0
        ? { order: l!.order, before: l!.row, after: null, count: 1, next }
        : { order: r!.order, before: order === 0 ? l!.row : null, after: r!.row, count: 1, next };
    if (held && !keyed && held.order.equals(pair.order)) {
      held.count += 1;
      held.next = next;
      continue;
    }
    if (held) yield held;
    held = pair;
  }
  if (held) yield held;
}

async function blocksOf(side: SortedRows | null, chunks: readonly RowChunk[]): Promise<PlacedBlock[]> {
  const blocks: PlacedBlock[] = [];
  for (const chunk of chunks) blocks.push(...(await side!.blocksOf(chunk)));
  return blocks;
}

/** Both sides but for what they have of the same hash, as often as both have it. */
function withoutCommon<T extends { hash: string }>([a, b]: [T[], T[]]): [T[], T[]] {
  const [left, right] = [a, b].map((parts) => {
    const counts = new Map<string, number>();
    for (const { hash } of parts) counts.set(hash, (counts.get(hash) ?? 0) + 1);
    return counts;
  });
  const common = new Map([...left!].map(([hash, count]) => [hash, Math.min(count, right!.get(hash) ?? 0)]));
  return [without(a, common), without(b, common)];
}

function without<T extends { hash: string }>(parts: readonly T[], common: ReadonlyMap<string, number>): T[] {
  const left = new Map(common);
  return parts.filter(({ hash }) => {
    const count = left.get(hash) ?? 0;
    if (count > 0) left.set(hash, count - 1);
    return count === 0;
  });
}

/** The rows of some blocks from a place on, one block in memory at a time. */
class RowStream {
  private rows: SortedRow[] = [];
  private at = 0;
  private block = 0;
  /** Of the next row. */
  place: number;
  private readonly blocks: PlacedBlock[];

  constructor(
    private readonly file: SortedRows | null,
    blocks: readonly PlacedBlock[],
    private readonly from: number,
  ) {
    this.place = from;
    this.blocks = blocks.filter(({ first, rows }) => first + rows > from);
  }

  ready(): SortedRow | undefined {
    // Nobody can say what an erased row was: it is on neither side.
    while (this.at < this.rows.length && isErased(this.rows[this.at]!.row)) this.skip();
    return this.rows[this.at];
  }

  async next(): Promise<SortedRow | undefined> {
    let row = this.ready();
    while (!row && this.block < this.blocks.length) {
      const block = this.blocks[this.block++]!;
      this.rows = await this.file!.rowsOf(block);
      this.at = Math.max(0, this.from - block.first);
      this.place = block.first + this.at;
      row = this.ready();
    }
    return row;
  }

  skip(): void {
    this.at += 1;
    this.place += 1;
  }
}
