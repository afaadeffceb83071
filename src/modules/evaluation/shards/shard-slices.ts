import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  finishReduction,
  mergeReductions,
  reductionBytes,
  reductionFromBytes,
  sliceReduction,
} from '../../../domain/metrics/index.js';
import { sumSliceCounts, type SliceCounts } from '../../../domain/slices/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import type { SealedFiles } from '../../../platform/storage/index.js';
import type { SliceEvidence } from '../evaluate-split.js';
import type { SplitFiles } from '../predictions/load-split.js';
import type { Protocol } from '../protocol.js';
import type { SearchCuts } from '../slices/cut-columns.js';
import type { RowsToRead } from '../slices/read-rows.js';
import { countRows, rankedSlices } from '../slices/search-slices.js';
import { sliceMembers } from '../slices/slice-members.js';
import { wrongRows, type CountedRows } from '../split-reduction.js';
import type { EvaluationInput } from '../../datasets/index.js';
import { readPacked, writePacked } from './packed-file.js';
import { openJson, sealJson } from './sealed-parts.js';

/** What a shard hands over of slices: digests of sealed blobs, null of what the protocol does not ask for. */
export interface ShardSlices {
  /** Of each declared slice, the reduction of its rows in the shard. */
  slices: string | null;
  /** SliceCounts as JSON. */
  search: string | null;
}

type Stores = { sealedFiles: SealedFiles };

/** Reduces and counts the slices of some rows, `rows`, of which the range tells where they are. */
export async function sliceShard(
  db: DuckSession,
  stores: Stores,
  files: SplitFiles,
  input: RowsToRead & Pick<EvaluationInput, 'columns'>,
  { slices = [] }: Protocol,
  cuts: SearchCuts | undefined,
  rows: CountedRows,
): Promise<ShardSlices> {
  const handed: ShardSlices = { slices: null, search: null };
  if (slices.length > 0) {
    const members = await sliceMembers(db, files, input, slices);
    const path = join(db.scratch, `slices-${randomUUID()}`);
    await writePacked(path, slices.length, (i) => reductionBytes(sliceReduction(rows, members(i))));
    handed.slices = (await stores.sealedFiles.putFile(path)).digest;
  }
  if (cuts) {
    const counts = await countRows(db, files, input, cuts, wrongRows(rows));
    handed.search = await sealJson(stores, db.scratch, counts);
  }
  return handed;
}

/** To the bit what is found of all rows at once. One slice at a time is in memory. */
export async function mergeSlices(
  db: DuckSession,
  stores: Stores,
  { slices = [], search }: Protocol,
  cuts: SearchCuts | undefined,
  shards: readonly ShardSlices[],
): Promise<SliceEvidence> {
  const evidence: SliceEvidence = {};
  if (slices.length > 0) {
    const paths: string[] = [];
    for (const shard of shards)
      paths.push(await stores.sealedFiles.openedIn(db.scratch, handedOver(shard.slices)));
    evidence.slices = [];
    for (const [i, slice] of slices.entries())
      evidence.slices.push({ ...slice, evidence: await mergeSlice(paths, i, slices.length) });
  }
  if (search) {
    const counts: SliceCounts[] = [];
    for (const shard of shards) counts.push(await openJson(stores, db.scratch, handedOver(shard.search)));
    if (!cuts) throw new Error('a search has no cuts');
    evidence.search = rankedSlices(cuts, sumSliceCounts(counts), search);
  }
  return evidence;
}

async function mergeSlice(paths: readonly string[], index: number, count: number) {
  const [first, ...others] = paths as [string, ...string[]];
  const state = reductionFromBytes(await readPacked(first, index, count));
  for (const path of others) mergeReductions(state, reductionFromBytes(await readPacked(path, index, count)));
  return finishReduction(state);
}

function handedOver(digest: string | null | undefined): string {
  if (!digest) throw new Error('a shard did not hand over what the protocol asks of slices');
  return digest;
}
