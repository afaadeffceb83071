import type { DuckSession } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { SplitPlan } from '../push-plan.js';
import { countRecords } from './count-records.js';
import { readHeader } from './csv-header.js';
import { explainCsv } from './explain-csv.js';
import type { OpenedSplit } from './opened-split.js';
import { csvSource, type RowsFile, writeRows } from './rows-file.js';

/** Open a CSV file. Throws CSV_*, TOO_MANY_COLUMNS; reading it, SPLIT_EMPTY too. */
export async function openCsv(db: DuckSession, path: string, split: SplitPlan): Promise<OpenedSplit> {
  const header = await readHeader(path, split.name);
  return { names: header, isCsv: true, read: (order) => readCsv(db, path, split, header, order) };
}

async function readCsv(
  db: DuckSession,
  path: string,
  split: SplitPlan,
  header: readonly string[],
  order: readonly string[],
): Promise<RowsFile> {
  // Both readers at once: one runs here, one in DuckDB's threads.
  const counting = countRecords(path, header.length, split.name);
  counting.catch(() => undefined);
  const texts = order.map((name) => `f${header.indexOf(name)}`);
  let file: RowsFile;
  try {
    file = await writeRows(db, split, texts, csvSource(path, header.length, { header: true }));
  } catch (error) {
    // It names the line of a quote, where DuckDB names what it made of it.
    await counting;
    throw await explainCsv(error, path, split.name);
  }
  const records = await counting;
  if (file.rows !== Math.max(0, records - 1)) {
    throw new InvalidInputError(
      'CSV_MALFORMED',
      `split ${split.name}: quotes or line breaks read as ${records - 1} rows or as ${file.rows}, depending on the reader`,
      {
        remedy:
          'Write the file with a CSV writer as RFC 4180 describes it: no space before a quote, one kind of line break.',
      },
    );
  }
  if (file.rows === 0) {
    throw new InvalidInputError(
      'SPLIT_EMPTY',
      `split ${split.name} has a header and no rows; expected at least one row`,
    );
  }
  return file;
}
