import type { Cells } from '../predictions/load-split.js';
import type { PredictionColumns } from '../predictions/prediction-columns.js';
import type { ScoreCut } from '../predictions/score-cut.js';
import type { Words } from '../predictions/words.js';
import type { Protocol } from '../protocol.js';
import type { SearchCuts } from '../slices/cut-columns.js';
import type { ShardSlices } from './shard-slices.js';

/** More shards than workers there can be gain nothing, and each reads the footers of all files. */
export const MAX_SHARDS = 64;

/** Into how many shards of at most `most` rows a split of `rows` rows is cut; 1: it is evaluated whole. */
export function shardCount(rows: number, most: number): number {
  return Math.min(MAX_SHARDS, Math.max(1, Math.ceil(rows / most)));
}

/** Positions at which the shards begin, and the end: `count + 1` numbers from 0 to `rows`, as even as can be. */
export function shardBounds(rows: number, count: number): number[] {
  return Array.from({ length: count + 1 }, (_, i) => Math.floor((i * rows) / count));
}

/** What holds for all rows of a predictions file. */
export interface FileFacts {
  columns: PredictionColumns;
  words: Words;
  cells: Cells;
  cut: ScoreCut;
  /** Where slices are searched: how the columns are cut, the same for all shards. */
  cuts?: SearchCuts;
}

/** How a split is cut: of all its shards. Digests of blobs. */
export interface SplitPlan {
  split: string;
  /** FileFacts as JSON, sealed. */
  facts: string;
  /** Parquet by shard: what the file says of the keys in it, as table `given` with column `shard`. */
  given: string[][];
}

/** What the job of one shard is told. */
export interface ShardOrder {
  datasetVersionId: string;
  split: string;
  protocol: Protocol;
  shard: number;
  /** Positions of its rows in key order. */
  from: number;
  to: number;
  facts: string;
  given: string[];
  /** All of these digests: kept until the evaluation is finished. */
  blobs: string[];
}

/** What it answers: digests of blobs, whose content is sealed or has been sent by the client. */
export interface ShardResult {
  /** The reduction's bytes, sealed; null where the predictions are wrong. */
  reduction: string | null;
  /** Problem[] as JSON, sealed; null where there are none. */
  problems: string | null;
  /** Parquet: position, predicted, scores, in key order; null where the predictions are wrong. */
  rows: string | null;
  /** Null where the predictions are wrong. */
  slices?: ShardSlices | null;
  blobs: string[];
}

export function ordersOf(
  plan: SplitPlan,
  rows: number,
  common: Pick<ShardOrder, 'datasetVersionId' | 'protocol'>,
): ShardOrder[] {
  const bounds = shardBounds(rows, plan.given.length);
  return plan.given.map((given, shard) => ({
    ...common,
    split: plan.split,
    shard,
    from: bounds[shard]!,
    to: bounds[shard + 1]!,
    facts: plan.facts,
    given,
    blobs: [plan.facts, ...given],
  }));
}
