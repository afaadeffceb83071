import { createWriteStream } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  identifier,
  literal,
  type DuckSession,
  type ParquetPart,
  rowsOfParts,
} from '../../../platform/duckdb/index.js';
import type { Task } from '../../../domain/metrics/index.js';
import type { BlobFacts, BlobStore } from '../../../platform/storage/index.js';
import { type EvaluationInput, openParts } from '../../datasets/index.js';
import type { ExecutionPlan, SplitRun } from './execution-plan.js';
import { type ModelLimits, ModelRunner, trustedAuthorities } from './model-runner.js';
import type { LoadedModel, ModelAnswer } from './model-runtime.js';
import { type Feature, splitFeatures } from './split-features.js';

export interface ExecutedSplit {
  /** Parquet with the key and what was predicted, as a client would send it. */
  predictions: BlobFacts;
  loaded: LoadedModel;
  run: SplitRun;
}

export interface ExecuteOptions {
  plan: ExecutionPlan;
  /** What the model answers in numbers that are no scores. */
  task: Task;
  features: readonly Feature[];
  limits: ModelLimits;
  /** Hosts of endpoints that the operator named. */
  hosts: readonly string[];
  signal: AbortSignal;
  progress(rows: number): Promise<void>;
}

/**
 * Runs a model on a split, and keeps what it predicts as a predictions file. The labels are neither read nor opened while it runs. Throws
 * InvalidInputError, MODEL_... and FEATURE_...
 */
export async function executeSplit(
  db: DuckSession,
  blobs: BlobStore,
  input: EvaluationInput,
  { plan, task, features, limits, hosts, signal, progress }: ExecuteOptions,
): Promise<ExecutedSplit> {
  let kind: ModelAnswer['kind'] | undefined;
  const parts = await openParts(blobs, input.publicParquet);
  const artifact = plan.artifact === null ? null : await blobs.localPath(plan.artifact);
  const runner = new ModelRunner(
    await mkdtemp(join(db.scratch, 'model-')),
    limits,
    signal,
    // A model of an artifact reaches no server.
    plan.runtime === 'http' ? trustedAuthorities() : {},
  );
  try {
    const texts = features.filter(({ type }) => type === 'text').map(({ name }) => name);
    const loaded = await runner.load({ plan, path: artifact, texts, hosts: [...hosts] });
    const csv = join(db.scratch, `answers-${input.split}.csv`);
    const started = performance.now();
    await pipeline(Readable.from(answers()), createWriteStream(csv, { flags: 'wx', mode: 0o600 }));
    const seconds = (performance.now() - started) / 1000;
    const columns = columnsOf(kind!, task, plan);
    const predictions = await blobs.putFile(await keyed(db, input, parts, csv, columns));
    return { predictions, loaded, run: runOf(input, seconds) };
  } finally {
    runner.close();
  }

  async function* answers(): AsyncGenerator<string> {
    let rows = 0;
    for await (const batch of splitFeatures(db, input, parts, features)) {
      const answer = await runner.run(batch);
      kind = answer.kind;
      yield linesOf(answer, batch.rows);
      rows += batch.rows;
      await progress(rows);
    }
  }
}

const runOf = ({ split, rows }: EvaluationInput, seconds: number): SplitRun => ({
  split,
  rows,
  seconds: Number(seconds.toFixed(3)),
  rowsPerSecond: Math.round(rows / Math.max(seconds, 1e-3)),
});

function linesOf(answer: ModelAnswer, rows: number): string {
  const lines = new Array<string>(rows);
  for (let row = 0; row < rows; row += 1)
    lines[row] =
      answer.kind === 'prediction'
        ? `"${answer.classes[row]!.replaceAll('"', '""')}"`
        : answer.scores.map((scores) => `"${scores[row]}"`).join(',');
  return `${lines.join('\n')}\n`;
}

/** As `predictionColumns` or `numberColumns` want them. */
function columnsOf(kind: ModelAnswer['kind'], task: Task, { output }: ExecutionPlan): string[] {
  if (kind === 'score' && task === 'regression') return ['prediction'];
  if (kind === 'classScores') return output.classes!.map((name) => `score_${name}`);
  return [kind];
}

/** Keys beside answers: both are in key order, and there are as many. */
async function keyed(
  db: DuckSession,
  { keyColumn, split, rows }: EvaluationInput,
  parts: readonly ParquetPart[],
  csv: string,
  columns: readonly string[],
): Promise<string> {
  const texts = columns.map((_, i) => `'c${i}': 'VARCHAR'`);
  await db.run(
    `CREATE TEMP TABLE answers AS SELECT row_number() OVER () - 1 AS position, * FROM read_csv(${literal(csv)}, auto_detect = false,
       header = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false, parallel = false, columns = {${texts.join(', ')}})`,
  );
  const [counted] = await db.rows<{ rows: number }>('SELECT count(*)::DOUBLE AS rows FROM answers');
  if (counted?.rows !== rows) throw new Error(`${counted?.rows} answers were read for the ${rows} rows`);
  const file = join(db.scratch, `executed-${split}.parquet`);
  const named = columns.map((name, i) => `a.c${i} AS ${identifier(name)}`);
  await db.copyToParquet(
    `SELECT p.${identifier(keyColumn)}, ${named.join(', ')} FROM ${rowsOfParts(parts)} p
     POSITIONAL JOIN (SELECT * FROM answers ORDER BY position) a ORDER BY a.position`,
    file,
  );
  return file;
}
