import { mergeReductions, reductionFromBytes } from '../../../domain/metrics/index.js';
import { type DuckSession, literal } from '../../../platform/duckdb/index.js';
import type { BlobStore, SealedFiles } from '../../../platform/storage/index.js';
import type { EvaluationInput } from '../../datasets/index.js';
import { evaluatedSplit, type EvaluatedSplit } from '../evaluate-split.js';
import { type Problem, refuseProblems } from '../predictions/check-predictions.js';
import { predictionsDigest, readColumns, writePredictions } from '../predictions/split-columns.js';
import { reduceRows } from '../split-reduction.js';
import type { FileFacts, ShardOrder, ShardResult } from './shard-plan.js';
import { mergeSlices, type ShardSlices } from './shard-slices.js';
import { openBytes, openJson } from './sealed-parts.js';

export interface DoneShard {
  order: ShardOrder;
  result: ShardResult;
}

/**
 * The evaluated split from all its shards: to the bit what `evaluateSplit` makes of the same rows. Throws InvalidInputError for
 * predictions that do not fit the split, with the counts and first keys of all shards.
 */
export async function mergeShards(
  db: DuckSession,
  stores: { blobs: BlobStore; sealedFiles: SealedFiles },
  input: EvaluationInput,
  shards: readonly DoneShard[],
): Promise<EvaluatedSplit> {
  const ordered = [...shards].sort((a, b) => a.order.from - b.order.from);
  requireWhole(input, ordered);
  const { protocol, facts } = ordered[0]!.order;
  const { columns, words, cells, cuts } = await openJson<FileFacts>(stores, db.scratch, facts);
  const problems: Problem[][] = [];
  for (const { result } of ordered)
    if (result.problems !== null) problems.push(await openJson(stores, db.scratch, result.problems));
  refuseProblems(input.split, columns, problems);

  const state = reduceRows({ input, protocol, columns, words, cells });
  const paths: string[] = [];
  const handed: ShardSlices[] = [];
  for (const { result } of ordered) {
    if (result.reduction === null || result.rows === null)
      throw new Error(`a shard of split ${input.split} has neither rows nor problems`);
    mergeReductions(state, reductionFromBytes(await openBytes(stores, db.scratch, result.reduction)));
    handed.push(result.slices ?? { slices: null, search: null });
    paths.push(await stores.blobs.localPath(result.rows));
  }
  if (state.n !== input.rows)
    throw new Error(`the shards of split ${input.split} have ${state.n} of its ${input.rows} rows`);

  // Without labels, of which nothing here needs any.
  await db.run(
    `CREATE TEMP VIEW joined AS SELECT *, 0 AS label, 0 AS cell FROM read_parquet([${paths.map(literal).join(', ')}])`,
  );
  const read = await readColumns(db, input.rows, columns, false, { labelled: false });
  return evaluatedSplit(input, protocol, state, {
    slices: await mergeSlices(db, stores, protocol, cuts, handed),
    predictionsDigest: predictionsDigest(input.root, words.said, read),
    predictions: await stores.blobs.putFile(await writePredictions(db, input.split, columns, words.said)),
  });
}

/** Each row is in one shard. */
function requireWhole({ split, rows }: EvaluationInput, ordered: readonly DoneShard[]): void {
  let next = 0;
  for (const { order } of ordered) {
    if (order.from !== next) break;
    next = order.to;
  }
  if (next !== rows) throw new Error(`the shards of split ${split} leave off at row ${next} of ${rows}`);
}
