import { MAX_CELLS, pandasDigest } from '../../../domain/pandas/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import type { OpenedSplit } from '../ingest/opened-split.js';
import { columnAt, type RowsFile } from '../ingest/rows-file.js';
import type { DatasetDigest } from './dataset-digest.js';

/** A pushed file. */
export interface PushedFile {
  opened: OpenedSplit;
  rows: RowsFile;
  /** SHA-256. */
  digest: string;
}

/**
 * What MLflow calls the data frames that `pandas.read_csv` makes of pushed CSV files, where that is certain. None of a file that holds
 * labels of a sealed split. `names`: the columns of the rows files. `whole`: one file stands for all splits.
 */
export async function computeDigests(
  db: DuckSession,
  files: readonly PushedFile[],
  names: readonly string[],
  whole: boolean,
): Promise<DatasetDigest[]> {
  const sealed = new Set(files.filter(({ rows }) => rows.split.sealed).map(({ digest }) => digest));
  const found: DatasetDigest[] = [];
  for (const { opened, rows, digest: file } of files) {
    if (!opened.isCsv || sealed.has(file) || rows.rows * names.length > MAX_CELLS) continue;
    const places = opened.names.map((name) => columnAt(names.indexOf(name)));
    const cells = await db.rows<Record<string, string | null>>(
      `SELECT ${places.join(', ')} FROM ${rows.from} ORDER BY row`,
    );
    const digest = pandasDigest(
      opened.names.map((name, i) => ({ name, cells: cells.map((row) => row[places[i]!]!) })),
    );
    const split = whole ? null : rows.split.name;
    if (digest !== null)
      found.push({ system: 'mlflow', namespace: null, name: null, split, digest, origin: 'computed' });
  }
  return found;
}
