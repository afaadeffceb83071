import { Injectable } from '@nestjs/common';
import { Records } from '../../../platform/audit/index.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../platform/errors/index.js';
import {
  decodeCursor,
  encodeCursor,
  type Page,
  type PageRequest,
  pageSize,
} from '../../../platform/http/page.js';
import { DATASET_VERSION } from '../dataset.records.js';
import { DatasetReader } from '../dataset-reader.js';
import type { DatasetVersionView } from '../dataset-version.js';
import { SortedRowsStore } from '../sorted-rows/sorted-rows.store.js';
import type { DatasetDiffView, SplitDiff } from './dataset-diff.view.js';
import { diffSchema } from './diff-schema.js';
import { type RowChange, RowComparer, sameColumns, shownColumns } from './row-change.js';
import { mergeRows, type Places, type RowPair } from './merge-rows.js';
import { pairSplits, type SplitPair, unmatched, withoutRows } from './pair-splits.js';

/** A page ends early where its rows have this many cells. */
const CELLS_PER_PAGE = 50_000;

/** What differs between two dataset versions. Reads what differs, and no more. */
@Injectable()
export class DatasetDiffReader {
  constructor(
    private readonly datasets: DatasetReader,
    private readonly records: Records,
    private readonly sorted: SortedRowsStore,
  ) {}

  /** Throws DATASET_VERSION_NOT_FOUND, RECORD_ALTERED. */
  async summary(from: string, to: string): Promise<DatasetDiffView> {
    const [before, after] = await this.versions(from, to);
    const splits: SplitDiff[] = [];
    for (const pair of pairSplits(before, after)) splits.push(await this.counts(pair));
    const facts = ({ id, dataset, version, contentId }: DatasetVersionView) => ({
      id,
      dataset,
      version,
      contentId,
    });
    return {
      before: facts(before),
      after: facts(after),
      identical: before.contentId === after.contentId,
      columns: diffSchema(before.schema, after.schema),
      splits,
    };
  }

  /**
   * The rows of one split that differ, in the order of their encoded keys. Throws DATASET_VERSION_NOT_FOUND, SPLIT_NOT_FOUND,
   * ROWS_UNMATCHED (other key columns), CURSOR_INVALID, RECORD_ALTERED.
   */
  async rows(from: string, to: string, split: string, page: PageRequest): Promise<Page<RowChange>> {
    const size = pageSize(page.first);
    const start = cursorOf(page.after);
    const [before, after] = await this.versions(from, to);
    const pairs = pairSplits(before, after);
    const pair = pairs.find((each) => each.name === split);
    if (!pair)
      throw new NotFoundError(
        'SPLIT_NOT_FOUND',
        `neither version has a split ${JSON.stringify(split)}; found ${pairs.map(({ name }) => name).join(', ')}`,
      );
    const reason = unmatched(pair);
    if (reason !== null)
      throw new ConflictError('ROWS_UNMATCHED', `split ${split}: ${reason}`, {
        remedy: 'Compare versions that name their rows by the same column.',
      });
    const items: RowChange[] = [];
    let cells = 0;
    let end: Places | null = null;
    for await (const { change, next } of this.changes(pair, start)) {
      if (items.length === size || cells > CELLS_PER_PAGE)
        return { items, endCursor: end && encodeCursor(end), hasNextPage: true };
      items.push(change);
      cells += change.cells.length;
      end = next;
    }
    return { items, endCursor: end && encodeCursor(end), hasNextPage: false };
  }

  private async counts(pair: SplitPair): Promise<SplitDiff> {
    const known = withoutRows(pair);
    if (known) return known;
    const count = { added: 0, removed: 0, changed: 0 };
    const cells = new Map<string, number>();
    for await (const { change } of this.changes(pair)) {
      count[change.change] += change.count;
      if (change.change !== 'changed') continue;
      for (const { column } of change.cells) cells.set(column, (cells.get(column) ?? 0) + 1);
    }
    const some = count.added + count.removed + count.changed > 0;
    return {
      ...pair.facts,
      change: some ? 'changed' : 'same',
      reason: null,
      ...count,
      cells: [...cells].map(([column, rows]) => ({ column, rows })),
    };
  }

  private async *changes(
    pair: SplitPair,
    from?: Places,
  ): AsyncGenerator<{ change: RowChange; next: Places }, void, void> {
    const [a, b] = [pair.before, pair.after].map(
      (side) => side && shownColumns(side.version.schema, side.split.sealed),
    );
    const same = a && b ? sameColumns(a, b) : false;
    if (same && pair.before!.split.root === pair.after!.split.root) return;
    const keyed = (pair.before ?? pair.after)!.version.schema.key !== null;
    const comparer = new RowComparer(a ?? [], b ?? [], keyed);
    const before = pair.before && (await this.sorted.open(pair.before.version, pair.before.split));
    try {
      const after = pair.after && (await this.sorted.open(pair.after.version, pair.after.split));
      try {
        const pairs = mergeRows(before, after, { skipEqual: same, from });
        for await (const rows of pairs) {
          if (isSame(rows, same)) continue;
          const change = comparer.compare(rows);
          if (change) yield { change, next: rows.next };
        }
      } finally {
        await after?.close();
      }
    } finally {
      await before?.close();
    }
  }

  private async versions(from: string, to: string): Promise<[DatasetVersionView, DatasetVersionView]> {
    const before = await this.datasets.byRef(from);
    const after = await this.datasets.byRef(to);
    await this.records.require([before, after].map(({ id }) => ({ kind: DATASET_VERSION, id })));
    return [before, after];
  }
}

/** Most pairs of a block that was read are equal: told apart without taking them apart. */
const isSame = ({ before, after }: RowPair, sameColumns: boolean) =>
  sameColumns && before !== null && after !== null && before.equals(after);

function cursorOf(after: string | undefined): Places | undefined {
  const places = decodeCursor(after, 2);
  if (places === null) return undefined;
  if (!places.every((place) => Number.isSafeInteger(place) && Number(place) >= 0))
    throw new InvalidInputError('CURSOR_INVALID', 'after is not a cursor of this list', {
      remedy: 'Pass the endCursor of the previous page unchanged.',
    });
  return [Number(places[0]), Number(places[1])];
}
