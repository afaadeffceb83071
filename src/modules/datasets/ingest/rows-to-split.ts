import type { Draw } from '../../../domain/splitting/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import type { RoleColumns } from './check-rows.js';
import { columnAt, type RowsFile } from './rows-file.js';
import { type CutTimes, cutTimes, requireTimes, timeSql } from './split-times.js';
import { comparable } from './typed-sql.js';

/** What splitting reads of the rows of one file, in their order. */
export class RowsToSplit {
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
