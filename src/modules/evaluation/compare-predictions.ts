import { type DuckSession, literal } from '../../platform/duckdb/index.js';
import { meantBy } from './predictions/words.js';
import type { KnownLabels } from './protocol.js';
import { pairedStatistics, type PairedColumns, type PairedClasses } from './paired-statistics.js';

/** Local paths of the Parquet files of one split. */
export interface ComparedFiles {
  /** Columns `key` and `label`. */
  labels: string;
  /** Columns `key`, `prediction` and possibly `score`, as stored by an evaluation. */
  candidate: string;
  baseline: string;
}

/** Joins the stored predictions of two models to the labels of a split, and reduces them to counts and placements. */
export async function comparePredictions(
  db: DuckSession,
  files: ComparedFiles,
  rows: number,
  { classes, positive }: KnownLabels,
): Promise<PairedClasses> {
  const scored =
    positive !== null && (await hasScore(db, files.candidate)) && (await hasScore(db, files.baseline));
  const columns: PairedColumns = {
    positive: new Uint8Array(rows),
    candidateRight: new Uint8Array(rows),
    baselineRight: new Uint8Array(rows),
    scores: scored ? { candidate: new Float64Array(rows), baseline: new Float64Array(rows) } : null,
  };
  const label = 'CAST(l.label AS VARCHAR)';
  const meant = (side: string) => meantBy(`${side}.prediction`, classes, positive);
  const chunks = db.columns(
    `SELECT (${positive === null ? 'false' : `${label} = ${literal(positive)}`})::INTEGER,
       (${label} = ${meant('a')})::INTEGER, (${label} = ${meant('b')})::INTEGER ${scored ? ', a.score, b.score' : ''}
     FROM read_parquet(${literal(files.labels)}, file_row_number = true) l
     JOIN read_parquet(${literal(files.candidate)}) a ON a.key = l.key
     JOIN read_parquet(${literal(files.baseline)}) b ON b.key = a.key
     ORDER BY l.file_row_number`,
  );
  let offset = 0;
  for await (const chunk of chunks) {
    columns.positive.set(chunk.doubles(0), offset);
    columns.candidateRight.set(chunk.doubles(1), offset);
    columns.baselineRight.set(chunk.doubles(2), offset);
    columns.scores?.candidate.set(chunk.doubles(3), offset);
    columns.scores?.baseline.set(chunk.doubles(4), offset);
    offset += chunk.rowCount;
  }
  if (offset !== rows) throw new Error(`joined ${offset} rows of a split of ${rows}`);
  return pairedStatistics(columns);
}

async function hasScore(db: DuckSession, path: string): Promise<boolean> {
  const columns = await db.rows<{ column_name: string }>(
    `SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet(${literal(path)}))`,
  );
  return columns.some(({ column_name }) => column_name === 'score');
}
