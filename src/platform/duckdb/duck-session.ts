import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { ColumnChunk } from './column-chunk.js';
import { readable } from './duck-errors.js';
import { literal } from './sql-text.js';

/** The values of `$1`, `$2`, ... */
export type DuckParameters = DuckDBValue[];

/** One open DuckDB: its tables live as long as the call of `Duck.with` that opened it. */
export class DuckSession {
  constructor(
    private readonly connection: DuckDBConnection,
    /** A folder of this session alone, which DuckDB may read and write. It goes with the session. */
    readonly scratch: string,
    private readonly signal?: AbortSignal,
    private readonly another?: () => Promise<DuckDBConnection>,
  ) {}

  /** The same database, for statements that run while others of this session do. Temporary tables are each one's own. */
  async beside(): Promise<DuckSession> {
    if (!this.another) throw new Error('this session has one connection');
    return new DuckSession(await this.another(), this.scratch, this.signal, this.another);
  }

  /** Run one statement, or several without parameters. */
  async run(sql: string, parameters?: DuckParameters): Promise<void> {
    await this.guarded(() => this.connection.run(sql, parameters));
  }

  /**
   * All rows of a small result, as objects. BIGINT and HUGEINT (what `count(*)` and `sum` give) are bigint: cast in SQL
   * (`count(*)::DOUBLE`) where a number is wanted. Dates and timestamps are Date, lists arrays, structs objects.
   */
  rows<Row = Record<string, unknown>>(sql: string, parameters?: DuckParameters): Promise<Row[]> {
    return this.guarded(async () => {
      const reader = await this.connection.runAndReadAll(sql, parameters);
      return reader.getRowObjectsJS() as unknown as Row[];
    });
  }

  /** A result of any size, streamed by column, in chunks of up to 2,048 rows. */
  async *columns(sql: string, parameters?: DuckParameters): AsyncGenerator<ColumnChunk, void, void> {
    const result = await this.guarded(() => this.connection.stream(sql, parameters));
    for (;;) {
      const chunk = await this.guarded(() => result.fetchChunk());
      if (!chunk || chunk.rowCount === 0) return;
      yield new ColumnChunk(chunk);
    }
  }

  /** Write the rows of `sql` to a Parquet file (zstd) under `scratch` or another folder that was allowed. */
  async copyToParquet(sql: string, path: string): Promise<void> {
    await this.run(`COPY (${sql}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`);
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    this.signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      // An interrupted query says only that it was interrupted; the signal knows why.
      this.signal?.throwIfAborted();
      throw readable(error);
    }
  }
}
