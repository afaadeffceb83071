import type { SortedBlock } from '../sorted-rows/sorted-rows-format.js';
import type { SortedRow, SortedRowsFile } from '../sorted-rows/sorted-rows-file.js';

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
  /** Equal blocks hold equal values of the same columns: they are not read. */
  skipEqual: boolean;
  /** Only what stands there and behind: the `next` of a pair. */
  from?: Places;
}

/**
 * Both sides' rows, one beside the other, in the order of their keys, but for equal blocks. Pairs of the same key come whether
 * they differ or not. Without keys rows are matched whole: what is left of one side comes, with how often.
 */
export async function* mergeRows(
  before: SortedRowsFile | null,
  after: SortedRowsFile | null,
  { skipEqual, from = [0, 0] }: MergeOptions,
): AsyncGenerator<RowPair, void, void> {
  const [a, b] = [before?.index.blocks ?? [], after?.index.blocks ?? []];
  const common = skipEqual ? inBoth(a, b) : new Map<string, number>();
  const left = new RowStream(before, without(a, common), from[0]);
  const right = new RowStream(after, without(b, common), from[1]);
  const keyed = (before ?? after)?.index.keyed ?? true;
  let held: RowPair | undefined;
  for (;;) {
    const x = left.ready() ?? (await left.next());
    const y = right.ready() ?? (await right.next());
    if (!x && !y) break;
    const order = !x ? 1 : !y ? -1 : Buffer.compare(x.order, y.order);
    if (order <= 0) left.skip();
    if (order >= 0) right.skip();
    if (order === 0 && !keyed) continue;
    const next: Places = [left.place, right.place];
    const pair: RowPair =
      order < 0
        ? { order: x!.order, before: x!.row, after: null, count: 1, next }
        : { order: y!.order, before: order === 0 ? x!.row : null, after: y!.row, count: 1, next };
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

/** How many blocks of each hash both sides have. */
function inBoth(a: readonly SortedBlock[], b: readonly SortedBlock[]): Map<string, number> {
  const [left, right] = [a, b].map((blocks) => {
    const counts = new Map<string, number>();
    for (const { hash } of blocks) counts.set(hash, (counts.get(hash) ?? 0) + 1);
    return counts;
  });
  return new Map([...left!].map(([hash, count]) => [hash, Math.min(count, right!.get(hash) ?? 0)]));
}

function without(blocks: readonly SortedBlock[], common: ReadonlyMap<string, number>): SortedBlock[] {
  const left = new Map(common);
  return blocks.filter(({ hash }) => {
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
  private readonly blocks: SortedBlock[];

  constructor(
    private readonly file: SortedRowsFile | null,
    blocks: readonly SortedBlock[],
    private readonly from: number,
  ) {
    this.place = from;
    this.blocks = blocks.filter(({ first, rows }) => first + rows > from);
  }

  ready(): SortedRow | undefined {
    return this.rows[this.at];
  }

  async next(): Promise<SortedRow | undefined> {
    if (this.at >= this.rows.length && this.block < this.blocks.length) {
      const block = this.blocks[this.block++]!;
      this.rows = await this.file!.rowsOf(block);
      this.at = Math.max(0, this.from - block.first);
      this.place = block.first + this.at;
    }
    return this.rows[this.at];
  }

  skip(): void {
    this.at += 1;
    this.place += 1;
  }
}
