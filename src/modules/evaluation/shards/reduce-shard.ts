import { join } from 'node:path';
import { reductionBytes } from '../../../domain/metrics/index.js';
import { type DuckSession, literal } from '../../../platform/duckdb/index.js';
import type { BlobStore, SealedFiles } from '../../../platform/storage/index.js';
import { type EvaluationInput, openLabels, openParts } from '../../datasets/index.js';
import { problemsOf } from '../predictions/check-predictions.js';
import { loadNames, scoreNames, viewPredictions } from '../predictions/load-predictions.js';
import { loadSplit } from '../predictions/load-split.js';
import { joinSplit, readColumns } from '../predictions/split-columns.js';
import { tableWords } from '../predictions/words.js';
import { labelsOf, reduceColumns, splitColumnsOf } from '../split-reduction.js';
import type { FileFacts, ShardOrder, ShardResult } from './shard-plan.js';
import { sliceShard } from './shard-slices.js';
import { openJson, sealBytes, sealJson } from './sealed-parts.js';

/**
 * Checks and reduces the rows of one shard. What is wrong with them is stored, not thrown: the first thing that is wrong with the
 * whole file may be in another shard. Throws for files that are not there or were changed.
 */
export async function reduceShard(
  db: DuckSession,
  stores: { blobs: BlobStore; sealedFiles: SealedFiles },
  input: EvaluationInput,
  order: ShardOrder,
): Promise<ShardResult> {
  const { blobs: store } = stores;
  const { columns, words, cells, cut, cuts } = await openJson<FileFacts>(stores, db.scratch, order.facts);
  const files = {
    labelParquet: await openLabels(db, stores, input),
    publicParquet: await openParts(store, input.publicParquet),
  };
  const { from, to } = order;
  const grouped = { ...input, protected: order.protocol.groups };
  const { task, classes } = labelsOf(order.protocol, input);
  await loadSplit(db, grouped, files, task === 'regression' ? null : classes, { from, to, cells });
  const given = await Promise.all(order.given.map((digest) => store.localPath(digest)));
  await db.run(
    `CREATE TEMP TABLE given AS SELECT * EXCLUDE (shard) FROM read_parquet([${given.map(literal).join(', ')}])
     WHERE shard = ${order.shard}`,
  );
  await loadNames(db, input);
  await tableWords(db, words.said);
  await viewPredictions(db, columns, cut);
  const problems = await problemsOf(db, to - from, columns);
  if (problems.length > 0) {
    const digest = await sealJson(stores, db.scratch, problems);
    return { reduction: null, problems: digest, rows: null, slices: null, blobs: [digest] };
  }
  await joinSplit(db, columns);
  const read = await readColumns(db, to - from, columns, cells.length > 0, { first: from });
  const all = splitColumnsOf({ input, protocol: order.protocol, columns, words, cells }, read);
  const reduction = await sealBytes(stores, db.scratch, reductionBytes(reduceColumns(all)));
  const range = { ...input, range: { from, to } };
  const slices = await sliceShard(db, stores, files, range, order.protocol, cuts, all);
  const rows = (await store.putFile(await writeRows(db, scoreNames(columns)))).digest;
  const blobs = [reduction, rows, slices.slices, slices.search].filter((digest) => digest !== null);
  return { reduction, problems: null, rows, slices, blobs };
}

/** What was predicted, without the labels: it stands in the client's own file as well. */
async function writeRows(db: DuckSession, scores: readonly string[]): Promise<string> {
  const path = join(db.scratch, 'rows.parquet');
  const select = ['position', 'key', 'predicted', ...scores].join(', ');
  await db.run(
    `COPY (SELECT ${select} FROM joined) TO ${literal(path)} (FORMAT parquet, COMPRESSION snappy)`,
  );
  return path;
}
