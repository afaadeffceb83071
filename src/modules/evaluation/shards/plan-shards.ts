import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckSession, literal } from '../../../platform/duckdb/index.js';
import type { BlobStore, SealedFiles } from '../../../platform/storage/index.js';
import {
  type EvaluationInput,
  openLabels,
  openParts,
  openPredictions,
  unreadable,
} from '../../datasets/index.js';
import { givenRows, loadNames, sameRows } from '../predictions/load-predictions.js';
import { cellsOfSplit, refuseEmptyLabels, refuseInfiniteLabels } from '../predictions/load-split.js';
import { scoreCut } from '../predictions/score-cut.js';
import { loadWords } from '../predictions/words.js';
import type { Protocol } from '../protocol.js';
import { cutColumns } from '../slices/cut-columns.js';
import { columnsOf, labelsOf } from '../split-reduction.js';
import { shardBounds, type FileFacts, type SplitPlan } from './shard-plan.js';
import { sealJson } from './sealed-parts.js';

/**
 * Reads a predictions file once and deals its rows out to `count` shards by ranges of the split's keys; nothing is joined and no row is
 * judged yet. Null for a file without rows, of which there is nothing to deal. Throws InvalidInputError for a file that cannot be read.
 */
export async function planShards(
  db: DuckSession,
  stores: { blobs: BlobStore; sealedFiles: SealedFiles },
  input: EvaluationInput,
  upload: { digest: string },
  protocol: Protocol,
  count: number,
): Promise<SplitPlan | null> {
  const { blobs } = stores;
  const labels = labelsOf(protocol, input);
  const labelParquet = await openLabels(db, stores, input);
  const file = await openPredictions(db, await blobs.localPath(upload.digest), input.split);
  const columns = columnsOf(file.header, input, labels);
  const grouped = { ...input, protected: protocol.groups };
  const publicParquet = await openParts(blobs, input.publicParquet);
  const cells = await cellsOfSplit(db, grouped, publicParquet);
  if (labels.task === 'regression') await requireNumbers(db, input, labelParquet);
  else await requireLabels(db, input, labelParquet, labels.classes);
  await loadBounds(db, labelParquet, input, count);

  const folder = join(db.scratch, `given-${input.split}`);
  await mkdir(folder);
  const numbers = Array.from({ length: count - 1 }, (_, i) => i + 1);
  // Of a key below the first bound, and of what is no key at all, the first shard says what is wrong.
  const shard = `(${['0', ...numbers.map((i) => `coalesce(given.key >= bounds.b${i}, false)::INTEGER`)].join(' + ')}) AS shard`;
  try {
    await db.run(
      `COPY (SELECT given.*, ${shard} FROM (${givenRows(file, columns, input)}) given, bounds) TO ${literal(folder)}
       (FORMAT parquet, COMPRESSION snappy, PARTITION_BY (shard), WRITE_PARTITION_COLUMNS true)`,
    );
  } catch (error) {
    throw unreadable(error, input.split);
  }
  const written = await Promise.all(
    [0, ...numbers].map(async (i) => {
      const of = join(folder, `shard=${i}`);
      return (await readdir(of).catch(() => [] as string[])).sort().map((name) => join(of, name));
    }),
  );
  const all = written.flat();
  if (all.length === 0) return null;
  await db.run(
    `CREATE TEMP VIEW given AS SELECT * FROM read_parquet([${all.map(literal).join(', ')}], hive_partitioning = false)`,
  );
  await sameRows(db, file, input.split);
  await loadNames(db, input);
  const words = await loadWords(db, columns, input, labels.open.classes);
  const cut = await scoreCut(db, columns, protocol.threshold, input.split);

  const given: string[][] = [];
  for (const paths of written) {
    const stored: string[] = [];
    // Of a shard that was dealt no rows, any file has the columns.
    for (const path of paths.length > 0 ? paths : all.slice(0, 1))
      stored.push((await blobs.putFile(path)).digest);
    given.push(stored);
  }
  const cuts = protocol.search && (await cutColumns(db, { publicParquet }, input, protocol.search));
  const facts: FileFacts = { columns, words, cells, cut, ...(cuts ? { cuts } : {}) };
  return { split: input.split, facts: await sealJson(stores, db.scratch, facts), given };
}

/** Throws LABEL_EMPTY, LABEL_NOT_FINITE. */
async function requireNumbers(db: DuckSession, input: EvaluationInput, labelParquet: string): Promise<void> {
  const from = `(SELECT label AS class, CAST(label AS DOUBLE) AS number FROM read_parquet(${literal(labelParquet)}))`;
  await refuseEmptyLabels(db, input, from);
  await refuseInfiniteLabels(db, input, from);
}

/** Throws LABEL_EMPTY. */
async function requireLabels(
  db: DuckSession,
  input: EvaluationInput,
  labelParquet: string,
  classes: readonly string[],
): Promise<void> {
  const names = classes.map((name) => `(${literal(name)}, 0)`).join(', ');
  await refuseEmptyLabels(
    db,
    input,
    `read_parquet(${literal(labelParquet)}) l LEFT JOIN (VALUES ${names}) c(name, class) ON c.name = CAST(l.label AS VARCHAR)`,
  );
}

/** Table `bounds`: one row; b1, b2, ...: the keys of the rows at which shards 1, 2, ... begin. */
async function loadBounds(
  db: DuckSession,
  labelParquet: string,
  { split, rows }: EvaluationInput,
  count: number,
): Promise<void> {
  const starts = shardBounds(rows, count).slice(1, -1);
  const bounds = starts.map((at, i) => `any_value(key) FILTER (WHERE file_row_number = ${at}) AS b${i + 1}`);
  await db.run(
    `CREATE TEMP TABLE bounds AS SELECT ${bounds.length > 0 ? bounds.join(', ') : '0 AS b0'}
     FROM read_parquet(${literal(labelParquet)}, file_row_number = true) WHERE file_row_number IN (${[0, ...starts].join(', ')})`,
  );
  const rising = starts.slice(1).map((_, i) => `b${i + 1} < b${i + 2}`);
  const [found] = await db.rows<{ rising: boolean | null }>(
    `SELECT (${['true', ...rising].join(' AND ')}) AS rising FROM bounds`,
  );
  if (found?.rising !== true)
    throw new Error(`the labels of split ${split} are not in the order of its keys`);
}
