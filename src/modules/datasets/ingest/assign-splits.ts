import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createHmac } from 'node:crypto';
import {
  assignByCuts,
  assignByHash,
  assignByShares,
  assignGroups,
  assignStratified,
  Draw,
} from '../../../domain/splitting/index.js';
import { type DuckSession, literal } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import type { SplitPlan } from '../push-plan.js';
import type { SplitBy, SplitRecord } from '../split-by.js';
import type { RoleColumns } from './check-rows.js';
import { columnAt, parquetOptions, type RowsFile } from './rows-file.js';
import { type CutTimes, cutTimes, requireTimes, timeSql } from './split-times.js';
import { comparable } from './typed-sql.js';

export interface AssignedSplits {
  files: RowsFile[];
  record: SplitRecord;
}

interface Assigned {
  splits: Uint8Array;
  cuts: string[] | null;
}

/**
 * Deal the rows of one file out to splits: by hashes of keys (of whole rows without a key), never by their places, so that the
 * same rows and the same seed give the same splits. Throws SPLIT_COLUMN_NULL, SPLIT_GROUP_TOO_LARGE, SPLIT_CUTS_INVALID, SPLIT_EMPTY.
 */
export async function assignSplits(
  db: DuckSession,
  whole: RowsFile,
  plan: { splits: readonly SplitPlan[]; splitBy: SplitBy },
  columns: readonly DatasetColumn[],
  roles: RoleColumns,
  projectKey: Uint8Array,
): Promise<AssignedSplits> {
  const { splits, splitBy } = plan;
  // Whoever could compute the draws could tell by a row's split on which side of its class's threshold it lies, and so its class.
  const keyed =
    roles.label !== null && splitBy.column === roles.label.name && splits.some(({ sealed }) => sealed);
  const secret = keyed ? createHmac('sha256', projectKey).update('assay/split/v1').digest() : undefined;
  const rows = new SplitRows(db, whole, columns, roles, new Draw(splitBy.seed, secret));
  const { splits: assigned, cuts } = await assignedBy(rows, splitBy);
  const counts = splits.map((_, i) => assigned.reduce((n, split) => n + Number(split === i), 0));
  const empty = counts.indexOf(0);
  if (empty >= 0) {
    throw new InvalidInputError(
      'SPLIT_EMPTY',
      `split ${splits[empty]!.name} gets none of the ${whole.rows} rows; expected at least one`,
      { remedy: 'Give it a larger share, other cuts or another seed, or push more rows.' },
    );
  }
  const files = await writeSplits(db, whole, splits, assigned, counts, columns.length);
  return { files, record: { ...splitBy, cuts, version: 1, keyed } };
}

async function assignedBy(rows: SplitRows, splitBy: SplitBy): Promise<Assigned> {
  const { method, column, cuts } = splitBy;
  const shares = (splitBy.shares ?? []).map(({ share }) => share);
  const named = column ?? '';
  const only = (splits: Uint8Array): Assigned => ({ splits, cuts: null });
  switch (method) {
    case 'random':
      return only(assignByShares(await rows.draws(null), shares));
    case 'hash':
      return only(assignByHash(await rows.draws(named), shares));
    case 'stratified':
      return only(assignStratified(await rows.draws(null), (await rows.values(named)).of, shares));
    case 'group': {
      const { of, texts, sizes } = await rows.values(named);
      const found = assignGroups(
        sizes,
        texts.map((text) => rows.draw.of(text)),
        shares,
      );
      if (!found.ok) throw groupTooLarge(named, texts[found.tooLarge]!, sizes[found.tooLarge]!, found.most);
      return only(Uint8Array.from(of, (group) => found.splits[group]!));
    }
    case 'time': {
      const times = await rows.times(named, cuts ?? shares);
      return { splits: assignByCuts(times.of, times.cuts), cuts: times.texts };
    }
  }
}

/** What splitting reads of the rows of one file, in their order. */
class SplitRows {
  constructor(
    private readonly db: DuckSession,
    private readonly whole: RowsFile,
    private readonly columns: readonly DatasetColumn[],
    private readonly roles: RoleColumns,
    readonly draw: Draw,
  ) {}

  /** By the values of a column; null: by the key, or without one by the whole row. */
  async draws(column: string | null): Promise<Float64Array> {
    const text = column === null ? this.identity() : this.notNull(column);
    const draws = new Float64Array(this.whole.rows);
    let row = 0;
    for await (const chunk of this.db.columns(`SELECT ${await text} FROM ${this.whole.from}`))
      for (const value of chunk.texts(0)) draws[row++] = this.draw.of(value!);
    return draws;
  }

  /** The number of each row's value, counted from 0 in the order of the values' bytes, with their texts and how many rows each has. */
  async values(column: string): Promise<{ of: Uint32Array; texts: string[]; sizes: number[] }> {
    const text = await this.notNull(column);
    const found = await this.db.rows<{ text: string; n: number }>(
      `SELECT ${text} AS text, count(*)::DOUBLE AS n FROM ${this.whole.from} GROUP BY text ORDER BY text`,
    );
    const place = new Map(found.map(({ text: value }, i) => [value, i]));
    const of = new Uint32Array(this.whole.rows);
    let row = 0;
    for await (const chunk of this.db.columns(`SELECT ${text} FROM ${this.whole.from}`))
      for (const value of chunk.texts(0)) of[row++] = place.get(value!)!;
    return { of, texts: found.map(({ text: value }) => value), sizes: found.map(({ n }) => n) };
  }

  async times(column: string, parts: readonly (string | number)[]): Promise<CutTimes & { of: Float64Array }> {
    const at = this.at(column);
    requireTimes(at);
    await this.notNull(column);
    const of = new Float64Array(this.whole.rows);
    let row = 0;
    for await (const chunk of this.db.columns(
      `SELECT ${timeSql(at, columnAt(at.index))} FROM ${this.whole.from}`,
    )) {
      const values = chunk.doubles(0);
      of.set(values, row);
      row += values.length;
    }
    return { of, ...(await cutTimes(this.db, this.whole, at, of, parts)) };
  }

  private identity(): string {
    const { key } = this.roles;
    if (key) return comparable(key.type, columnAt(key.index));
    return `to_json([${this.columns.map(({ type }, i) => comparable(type, columnAt(i))).join(', ')}])::VARCHAR`;
  }

  private async notNull(column: string): Promise<string> {
    const { type, index } = this.at(column);
    const [found] = await this.db.rows<{ n: number; first: number | null }>(
      `SELECT count(*)::DOUBLE AS n, min(row)::DOUBLE AS first FROM ${this.whole.from} WHERE ${columnAt(index)} IS NULL`,
    );
    if (found && found.n > 0) {
      throw new InvalidInputError(
        'SPLIT_COLUMN_NULL',
        `column ${JSON.stringify(column)}, by which rows are split, is empty in ${found.n} rows; the first is row ${found.first}`,
        { remedy: 'Give every row a value there, or split by another column.', column, count: found.n },
      );
    }
    return comparable(type, columnAt(index));
  }

  private at(column: string): DatasetColumn & { index: number } {
    const index = this.columns.findIndex(({ name }) => name === column);
    return { ...this.columns[index]!, index };
  }
}

/** One file for each split, with the rows' numbers in the file that was pushed. */
async function writeSplits(
  db: DuckSession,
  whole: RowsFile,
  splits: readonly SplitPlan[],
  assigned: Uint8Array,
  counts: readonly number[],
  width: number,
): Promise<RowsFile[]> {
  const path = join(db.scratch, 'assigned.csv');
  await pipeline(Readable.from(lines(assigned)), createWriteStream(path));
  await db.run(
    `CREATE TABLE assigned AS SELECT row_number() OVER () AS row, column0 AS split FROM read_csv(${literal(path)}, auto_detect = false,
       header = false, parallel = false, columns = {'column0': 'UTINYINT'})`,
  );
  const files: RowsFile[] = [];
  for (const [i, split] of splits.entries()) {
    const target = join(db.scratch, `rows-${split.name}.parquet`);
    await db.run(
      `COPY (SELECT w.* FROM ${whole.from} w SEMI JOIN (SELECT row FROM assigned WHERE split = ${i}) a ON a.row = w.row ORDER BY w.row)
       TO ${literal(target)} (${parquetOptions(width, 'snappy')})`,
    );
    files.push({ split, from: `read_parquet(${literal(target)})`, rows: counts[i]! });
  }
  await db.run('DROP TABLE assigned');
  return files;
}

const LINES = 65_536;

function* lines(assigned: Uint8Array): Generator<string> {
  for (let from = 0; from < assigned.length; from += LINES)
    yield `${assigned.subarray(from, from + LINES).join('\n')}\n`;
}

const groupTooLarge = (column: string, group: string, size: number, most: number) =>
  new InvalidInputError(
    'SPLIT_GROUP_TOO_LARGE',
    `group ${JSON.stringify(group.slice(0, 100))} of ${JSON.stringify(column)} has ${size} rows, and the largest split is to have ${most}: it fits into none`,
    { remedy: 'Give one split a larger share, or split by another column.', column, rows: size },
  );
