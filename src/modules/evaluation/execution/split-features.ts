import {
  identifier,
  type DuckSession,
  type ParquetPart,
  rowsOfParts,
} from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { EvaluationInput } from '../../datasets/index.js';
import type { FeatureBatch, FeatureValues } from './model-runtime.js';

/** Rows that go to the model's process at a time. */
const BATCH_ROWS = 8_192;

export interface Feature {
  name: string;
  type: 'int64' | 'double' | 'boolean' | 'text';
}

/**
 * The features of a split in key order, in batches: only these columns are read, and the label is in none of them. Throws
 * FEATURE_TOO_LARGE for an integer that is no double.
 */
export async function* splitFeatures(
  db: DuckSession,
  { rows, split }: EvaluationInput,
  parts: readonly ParquetPart[],
  features: readonly Feature[],
): AsyncGenerator<FeatureBatch, void, void> {
  const file = rowsOfParts(parts);
  await refuseLarge(db, file, split, features);
  const select = features.map(({ name, type }) =>
    type === 'text' ? identifier(name) : `CAST(${numberOf(type, name)} AS DOUBLE)`,
  );
  let batch = emptyBatch(features, Math.min(BATCH_ROWS, rows));
  let filled = 0;
  let read = 0;
  for await (const chunk of db.columns(`SELECT ${select.join(', ')} FROM ${file}`)) {
    const columns = features.map(({ type }, i) => (type === 'text' ? chunk.texts(i) : chunk.doubles(i)));
    for (let from = 0; from < chunk.rowCount;) {
      const take = Math.min(chunk.rowCount - from, batch.rows - filled);
      features.forEach(({ name }, i) => copy(columns[i]!, from, take, batch.columns[name]!, filled));
      [from, filled, read] = [from + take, filled + take, read + take];
      if (filled < batch.rows) continue;
      yield batch;
      batch = emptyBatch(features, Math.min(BATCH_ROWS, rows - read));
      filled = 0;
    }
  }
  if (read !== rows) throw new Error(`split ${split} has ${read} rows in its file, not ${rows}`);
}

const numberOf = (type: Feature['type'], name: string) =>
  type === 'boolean' ? `CAST(${identifier(name)} AS INTEGER)` : identifier(name);

function emptyBatch(features: readonly Feature[], rows: number): FeatureBatch {
  const columns = features.map(({ name, type }): [string, FeatureValues] => [
    name,
    type === 'text' ? new Array<string | null>(rows).fill(null) : new Float64Array(rows),
  ]);
  return { rows, columns: Object.fromEntries(columns) };
}

function copy(source: FeatureValues, from: number, count: number, target: FeatureValues, at: number): void {
  if (target instanceof Float64Array)
    return target.set((source as Float64Array).subarray(from, from + count), at);
  for (let i = 0; i < count; i += 1) target[at + i] = source[from + i] as string | null;
}

async function refuseLarge(
  db: DuckSession,
  file: string,
  split: string,
  features: readonly Feature[],
): Promise<void> {
  for (const { name } of features.filter(({ type }) => type === 'int64')) {
    const [found] = await db.rows<{ large: boolean }>(
      `SELECT coalesce(bool_or(${identifier(name)} NOT BETWEEN -9007199254740991 AND 9007199254740991), false) AS large FROM ${file}`,
    );
    if (!found?.large) continue;
    throw new InvalidInputError(
      'FEATURE_TOO_LARGE',
      `column ${JSON.stringify(name)} of split ${split} has integers beyond 2^53, which a model would be given rounded`,
      { remedy: 'Push the column as text, or leave it out: numbers of this size are mostly names.', split },
    );
  }
}
