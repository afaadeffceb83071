import { randomBytes } from 'node:crypto';
import { digestOf } from '../../domain/canonical/index.js';
import { fairnessOf, groupsOf, type FairnessReport, type GroupReport } from '../../domain/fairness/index.js';
import {
  finishReduction,
  metricsOf,
  scoreCharts,
  scoresOfReduction,
  type Metric,
  type Reduction,
  type ScoreCharts,
  type SplitEvidence,
} from '../../domain/metrics/index.js';
import type { DuckSession } from '../../platform/duckdb/index.js';
import type { BlobFacts, BlobStore, SealedFiles } from '../../platform/storage/index.js';
import type { EvaluationInput } from '../datasets/index.js';
import { checkPredictions } from './predictions/check-predictions.js';
import { loadPredictions } from './predictions/load-predictions.js';
import { loadSplit } from './predictions/load-split.js';
import { openPredictions } from './predictions/read-predictions.js';
import { joinSplit, predictionsDigest, readColumns, writePredictions } from './predictions/split-columns.js';
import type { Protocol } from './protocol.js';
import { columnsOf, labelsOf, reduceRows } from './split-reduction.js';

/** Every number of a split, as the API answers it to those who may see it. */
export interface SplitReport {
  n: number;
  metrics: Record<string, Metric>;
  groups: GroupReport[];
  fairness: FairnessReport;
}

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
    labelParquet: await sealedFiles.openedIn(db.scratch, input.labelParquet),
    publicParquet: await blobs.localPath(input.publicParquet),
  };
  const file = await openPredictions(db, await blobs.localPath(upload.digest), input.split);
  const columns = columnsOf(file.header, input, labels);
  const cells = await loadSplit(db, input, files, labels.classes);
  const words = await loadPredictions(db, file, columns, input, {
    threshold: protocol.threshold,
    openClasses: labels.open.classes,
  });
  await checkPredictions(db, input.split, input.rows, columns);
  await joinSplit(db, columns);
  const read = await readColumns(db, input.rows, columns, cells.length > 0);
  const state = reduceRows({ input, protocol, columns, words, cells }, read);
  return evaluatedSplit(input, state, {
    predictionsDigest: predictionsDigest(input.root, words.said, read),
    predictions: await blobs.putFile(await writePredictions(db, input.split, columns, words.said)),
  });
}

/** A split of which all rows are in the reduction. */
export function evaluatedSplit(
  input: EvaluationInput,
  state: Reduction,
  predictions: Pick<EvaluatedSplit, 'predictionsDigest' | 'predictions'>,
): EvaluatedSplit {
  const scores = scoresOfReduction(state);
  const built = finishReduction(state, scores);
  const evidence = input.sealed ? { ...built, salt: newSalt() } : built;
  return {
    input,
    ...predictions,
    evidence,
    evidenceDigest: digestOf(evidence),
    report: reportOf(evidence),
    charts: scores && scoreCharts(scores, input),
  };
}

/** What keeps the digest of sealed numbers from being guessed. */
export function newSalt(): string {
  return randomBytes(16).toString('hex');
}

/** The numbers of some evidence. */
export function reportOf(evidence: SplitEvidence): SplitReport {
  return {
    n: evidence.n,
    metrics: metricsOf(evidence),
    groups: groupsOf(evidence),
    fairness: fairnessOf(evidence),
  };
}
