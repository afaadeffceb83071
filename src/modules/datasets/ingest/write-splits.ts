import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type DuckSession, literal, rowsOfParquet } from '../../../platform/duckdb/index.js';
import type { SplitPlan } from '../push-plan.js';
import { parquetOptions, type RowsFile } from './rows-file.js';

/** One file for each split, with the rows' numbers in the file that was pushed. */
export async function writeSplits(
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
    files.push({ split, from: rowsOfParquet(target), rows: counts[i]! });
  }
  await db.run('DROP TABLE assigned');
  return files;
}

const LINES = 65_536;

function* lines(assigned: Uint8Array): Generator<string> {
  for (let from = 0; from < assigned.length; from += LINES)
    yield `${assigned.subarray(from, from + LINES).join('\n')}\n`;
}
