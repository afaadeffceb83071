import { randomBytes } from 'node:crypto';
import { digestOf } from '../../domain/canonical/index.js';
import {
  clusterEvidence,
  finishReduction,
  scoreCharts,
  scoresOfReduction,
  sliceEvidence,
  type ClusterEvidence,
  type Reduction,
  type RowClusters,
  type ScoreCharts,
  type SplitEvidence,
} from '../../domain/metrics/index.js';
import type { DuckSession } from '../../platform/duckdb/index.js';
import type { BlobFacts, BlobStore, SealedFiles } from '../../platform/storage/index.js';
import { type EvaluationInput, openLabels, openParts, openPredictions } from '../datasets/index.js';
import { rowClusters } from './clusters/row-clusters.js';
import { checkPredictions } from './predictions/check-predictions.js';
import { loadPredictions } from './predictions/load-predictions.js';
import { loadSplit, type SplitFiles } from './predictions/load-split.js';
import { joinSplit, predictionsDigest, readColumns, writePredictions } from './predictions/split-columns.js';
import type { Protocol } from './protocol.js';
import { searchSlices } from './slices/search-slices.js';
import { sliceMembers } from './slices/slice-members.js';
import {
  columnsOf,
  labelsOf,
  reduceColumns,
  splitColumnsOf,
  wrongRows,
  type CountedRows,
} from './split-reduction.js';
import { reportOf, type SplitReport } from './split-report.js';

export interface EvaluatedSplit {
  input: EvaluationInput;
  predictionsDigest: string;
  predictions: BlobFacts;
  evidence: SplitEvidence;
  evidenceDigest: string;
  report: SplitReport;
  /** Null without scores of two classes. */
  charts: ScoreCharts | null;
}

/**
 * Joins a predictions file to the labels of a split and reduces both to evidence. Throws InvalidInputError for predictions that do
 * not fit the split; no label leaves this function but as a count.
 */
export async function evaluateSplit(
  db: DuckSession,
  { blobs, sealedFiles }: { blobs: BlobStore; sealedFiles: SealedFiles },
  input: EvaluationInput,
  upload: { digest: string },
  protocol: Protocol,
): Promise<EvaluatedSplit> {
  const labels = labelsOf(protocol, input);
  const files = {
    labelParquet: await openLabels(db, { blobs, sealedFiles }, input),
    publicParquet: await openParts(blobs, input.publicParquet),
  };
  const file = await openPredictions(db, await blobs.localPath(upload.digest), input.split);
  const columns = columnsOf(file.header, input, labels);
  const cells = await loadSplit(
    db,
    { ...input, protected: protocol.groups },
    files,
    labels.task === 'regression' ? null : labels.classes,
  );
  const words = await loadPredictions(db, file, columns, input, {
    threshold: protocol.threshold,
    openClasses: labels.open.classes,
  });
  await checkPredictions(db, input.split, input.rows, columns);
  await joinSplit(db, columns);
  const read = await readColumns(db, input.rows, columns, cells.length > 0);
  const clusters = await rowClusters(db, files, input, protocol);
  const all: ClusteredRows = {
    ...splitColumnsOf({ input, protocol, columns, words, cells }, read),
    ...(clusters ? { clusters } : {}),
  };
  const slices = await slicesOf(db, files, input, protocol, all);
  return evaluatedSplit(input, protocol, reduceColumns(all), {
    slices,
    clusters: clusters ? clusterEvidence(all, clusters) : undefined,
    predictionsDigest: predictionsDigest(input.root, words.said, read),
    predictions: await blobs.putFile(await writePredictions(db, input.split, columns, words.said)),
  });
}

type ClusteredRows = CountedRows & { clusters?: RowClusters };

/** What the protocol asks of slices. */
export type SliceEvidence = Pick<SplitEvidence, 'slices' | 'search'>;

async function slicesOf(
  db: DuckSession,
  files: SplitFiles,
  input: EvaluationInput,
  { slices = [], search }: Protocol,
  all: ClusteredRows,
): Promise<SliceEvidence> {
  const members = await sliceMembers(db, files, input, slices);
  return {
    ...(slices.length === 0
      ? {}
      : { slices: slices.map((slice, i) => ({ ...slice, evidence: sliceEvidence(all, members(i)) })) }),
    ...(search ? { search: await searchSlices(db, files, input, search, wrongRows(all)) } : {}),
  };
}

/** A split of which all rows are in the reduction. */
export function evaluatedSplit(
  input: EvaluationInput,
  protocol: Protocol,
  state: Reduction,
  {
    slices = {},
    clusters,
    ...predictions
  }: Pick<EvaluatedSplit, 'predictionsDigest' | 'predictions'> & {
    slices?: SliceEvidence;
    clusters?: ClusterEvidence | undefined;
  },
): EvaluatedSplit {
  const scores = scoresOfReduction(state);
  const built = { ...finishReduction(state, scores), ...(clusters ? { clusters } : {}), ...slices };
  const evidence = input.sealed ? { ...built, salt: newSalt() } : built;
  return {
    input,
    ...predictions,
    evidence,
    evidenceDigest: digestOf(evidence),
    report: reportOf(evidence, protocol),
    charts: scores && scoreCharts(scores, input),
  };
}

/** What keeps the digest of sealed numbers from being guessed. */
export function newSalt(): string {
  return randomBytes(16).toString('hex');
}
