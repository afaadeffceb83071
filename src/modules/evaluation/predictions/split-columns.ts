import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type ColumnChunk, type DuckSession, literal } from '../../../platform/duckdb/index.js';
import { scoreNames } from './load-predictions.js';
import type { PredictionColumns } from './prediction-columns.js';

/** The rows of a split in key order, as numbers. */
export interface SplitColumnsRead {
  /** Class indices; of a regression nothing but zeros. */
  labels: Uint16Array;
  /** Indices of words; of a regression nothing but zeros. */
  predictions: Uint16Array;
  /** The labels of a regression; absent where it is none, and where labels are not read. */
  numbers?: Float64Array;
  /** One array, or one per class, or none; of a regression what is predicted. */
  scores: Float64Array[];
  /** Empty without protected attributes. */
  cellOf: Uint32Array;
}

/** Table `joined`: the checked tables of `loadSplit` and `loadPredictions`, row by row, in key order. */
export async function joinSplit(db: DuckSession, columns: PredictionColumns): Promise<void> {
  const select = ['l.position', 'l.key', 'l.class AS label', 'l.cell', 'p.word AS predicted'];
  if (columns.number !== undefined) select.push('l.number');
  const scores = scoreNames(columns).map((name) => `p.${name}`);
  await db.run(
    `CREATE TEMP TABLE joined AS SELECT ${[...select, ...scores].join(', ')}
     FROM labels l JOIN predictions p ON p.key = l.key ORDER BY l.position`,
  );
}

/** Reads table `joined`, whose rows are those of the split from position `first` on; `labelled`: with their labels. */
export async function readColumns(
  db: DuckSession,
  rows: number,
  columns: PredictionColumns,
  withCells: boolean,
  { first = 0, labelled = true }: { first?: number; labelled?: boolean } = {},
): Promise<SplitColumnsRead> {
  const scores = scoreNames(columns);
  const numbers = labelled && columns.number !== undefined ? new Float64Array(rows) : undefined;
  const read: SplitColumnsRead = {
    labels: new Uint16Array(rows),
    predictions: new Uint16Array(rows),
    scores: scores.map(() => new Float64Array(rows)),
    cellOf: new Uint32Array(withCells ? rows : 0),
    ...(numbers ? { numbers } : {}),
  };
  let offset = 0;
  const select = ['position::DOUBLE', 'label', 'predicted', 'cell', ...scores];
  if (numbers) select.push('number');
  for await (const chunk of db.columns(`SELECT ${select.join(', ')} FROM joined`)) {
    const positions = chunk.doubles(0);
    if (positions[0] !== first + offset || offset + chunk.rowCount > rows) throw outOfOrder(rows);
    read.labels.set(integers(chunk, 1), offset);
    read.predictions.set(integers(chunk, 2), offset);
    if (withCells) read.cellOf.set(integers(chunk, 3), offset);
    read.scores.forEach((target, i) => target.set(chunk.doubles(4 + i), offset));
    numbers?.set(chunk.doubles(4 + scores.length), offset);
    offset += chunk.rowCount;
  }
  if (offset !== rows) throw outOfOrder(rows);
  return read;
}

const outOfOrder = (rows: number) =>
  new Error(`the joined rows are not the ${rows} rows of the split in key order`);

function integers(chunk: ColumnChunk, index: number): ArrayLike<number> {
  return chunk.column(index) as Int32Array;
}

/** Writes key, what was predicted and scores, in key order: what a later comparison reads. */
export async function writePredictions(
  db: DuckSession,
  split: string,
  columns: PredictionColumns,
  words: readonly string[],
): Promise<string> {
  const path = join(db.scratch, `predictions-${split}.parquet`);
  if (columns.number !== undefined) {
    await db.copyToParquet('SELECT key, score0 AS prediction FROM joined', path);
    return path;
  }
  const scores = scoreNames(columns).map(
    (name, i) => `${name} AS ${columns.classScores ? `score_${i}` : 'score'}`,
  );
  // No join and no sort: the rows of `joined` are in order, and stay so.
  const word = `list_extract([${words.map(literal).join(', ')}], predicted + 1)`;
  await db.copyToParquet(
    `SELECT ${['key', `${word} AS prediction`, ...scores].join(', ')} FROM joined`,
    path,
  );
  return path;
}

/**
 * What was predicted for which rows, as one digest: SHA-256 over the split's root and the words, then the predicted words' indices
 * (uint16) and scores (float64) in key order, little endian; of a regression, of no words, its numbers (float64). The file's row order, format and spelling of numbers do not matter.
 */
export function predictionsDigest(root: string, words: readonly string[], read: SplitColumnsRead): string {
  const hash = createHash('sha256');
  hash.update(`${JSON.stringify({ root, classes: words, scores: read.scores.length })}\n`);
  // Of a regression no word is said: the indices are none.
  for (const column of words.length === 0 ? read.scores : [read.predictions, ...read.scores]) {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  return hash.digest('hex');
}
