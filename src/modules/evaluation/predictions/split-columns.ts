import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ColumnChunk, DuckSession } from '../../../platform/duckdb/index.js';
import type { PredictionColumns } from './prediction-columns.js';

/** The rows of a split in key order, as numbers. */
export interface SplitColumnsRead {
  labels: Uint16Array;
  predictions: Uint16Array;
  /** One array, or one per class, or none. */
  scores: Float64Array[];
  /** Empty without protected attributes. */
  cellOf: Uint32Array;
}

/** Reads the checked tables of `loadSplit` and `loadPredictions`. */
export async function readColumns(
  db: DuckSession,
  rows: number,
  columns: PredictionColumns,
  withCells: boolean,
): Promise<SplitColumnsRead> {
  const scores = scoreNames(columns);
  const read: SplitColumnsRead = {
    labels: new Uint16Array(rows),
    predictions: new Uint16Array(rows),
    scores: scores.map(() => new Float64Array(rows)),
    cellOf: new Uint32Array(withCells ? rows : 0),
  };
  const select = [
    'l.class',
    'p.class',
    ...scores.map((name) => `p.${name}`),
    ...(withCells ? ['g.cell'] : []),
  ];
  const chunks = db.columns(
    `SELECT ${select.join(', ')} FROM labels l JOIN predictions p ON p.key = l.key
     ${withCells ? 'JOIN row_cells g ON g.key = l.key' : ''} ORDER BY l.position`,
  );
  let offset = 0;
  for await (const chunk of chunks) {
    read.labels.set(integers(chunk, 0), offset);
    read.predictions.set(integers(chunk, 1), offset);
    read.scores.forEach((target, i) => target.set(chunk.doubles(2 + i), offset));
    if (withCells) read.cellOf.set(integers(chunk, 2 + scores.length), offset);
    offset += chunk.rowCount;
  }
  if (offset !== rows) throw new Error(`joined ${offset} rows of a split of ${rows}`);
  return read;
}

function integers(chunk: ColumnChunk, index: number): ArrayLike<number> {
  return chunk.column(index) as Int32Array;
}

function scoreNames({ score, classScores }: PredictionColumns): string[] {
  if (classScores) return classScores.map((_, i) => `score${i}`);
  return score === null ? [] : ['score0'];
}

/** Writes key, predicted class by name and scores, in key order: what a later comparison reads. */
export async function writePredictions(
  db: DuckSession,
  split: string,
  columns: PredictionColumns,
): Promise<string> {
  const scores = scoreNames(columns).map(
    (name, i) => `p.${name} AS ${columns.classScores ? `score_${i}` : 'score'}`,
  );
  const path = join(db.scratch, `predictions-${split}.parquet`);
  await db.copyToParquet(
    `SELECT ${['l.key', 'c.name AS prediction', ...scores].join(', ')} FROM labels l
     JOIN predictions p ON p.key = l.key JOIN classes c ON c.class = p.class ORDER BY l.position`,
    path,
  );
  return path;
}

/**
 * What was predicted for which rows, as one digest: SHA-256 over the split's root and classes, then the predicted class indices
 * (uint16) and scores (float64) in key order, little endian. The file's row order, format and spelling of numbers do not matter.
 */
export function predictionsDigest(root: string, classes: readonly string[], read: SplitColumnsRead): string {
  const hash = createHash('sha256');
  hash.update(`${JSON.stringify({ root, classes, scores: read.scores.length })}\n`);
  for (const column of [read.predictions, ...read.scores]) {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  return hash.digest('hex');
}
