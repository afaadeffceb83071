import { ErrorSums } from '../../domain/metrics/index.js';
import { type DuckSession, literal } from '../../platform/duckdb/index.js';
import type { ComparedFiles } from './compare-predictions.js';
import type { PairedStatistics } from './paired-statistics.js';

/** As `comparePredictions`, of numbers: the rows' differences between the sizes of both models' errors. */
export async function compareNumbers(
  db: DuckSession,
  files: ComparedFiles,
  rows: number,
): Promise<PairedStatistics> {
  // Sums of prediction less label: here of the candidate's error less the baseline's.
  const sums = new ErrorSums(0.5);
  const chunks = db.columns(
    `SELECT CAST(l.label AS DOUBLE), a.prediction, b.prediction
     FROM read_parquet(${literal(files.labels)}) l
     JOIN read_parquet(${literal(files.candidate)}) a ON a.key = l.key
     JOIN read_parquet(${literal(files.baseline)}) b ON b.key = a.key`,
  );
  for await (const chunk of chunks) {
    const [labels, candidate, baseline] = [0, 1, 2].map((column) => chunk.doubles(column));
    const sizes = (predictions: ArrayLike<number>) =>
      Float64Array.from(labels!, (label, row) =>
        Math.min(Number.MAX_VALUE, Math.abs(predictions[row]! - label)),
      );
    sums.addAll(sizes(baseline!), sizes(candidate!));
  }
  if (sums.n !== rows) throw new Error(`joined ${sums.n} rows of a split of ${rows}`);
  const { errors } = sums.finish();
  if (errors === null) return { accuracy: null, auc: null, mae: null };
  const { signed: difference, label } = errors;
  const [baseline, candidate] = [label.mean, label.mean + difference.mean];
  return { accuracy: null, auc: null, mae: { n: rows, difference, candidate, baseline } };
}
