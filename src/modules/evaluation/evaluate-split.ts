import { randomBytes } from 'node:crypto';
import { digestOf } from '../../domain/canonical/index.js';
import { fairnessOf, groupsOf, type FairnessReport, type GroupReport } from '../../domain/fairness/index.js';
import {
  buildSplitEvidence,
  metricsOf,
  type Metric,
  type SplitEvidence,
} from '../../domain/metrics/index.js';
import type { DuckSession } from '../../platform/duckdb/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';
import type { BlobFacts, BlobStore } from '../../platform/storage/index.js';
import type { EvaluationInput } from '../datasets/index.js';
import { checkPredictions } from './predictions/check-predictions.js';
import { loadPredictions } from './predictions/load-predictions.js';
import { loadSplit } from './predictions/load-split.js';
import { predictionColumns, type PredictionColumns } from './predictions/prediction-columns.js';
import { openPredictions } from './predictions/read-predictions.js';
import {
  joinSplit,
  predictionsDigest,
  readColumns,
  writePredictions,
  type SplitColumnsRead,
} from './predictions/split-columns.js';
import { orderedClasses, type Protocol } from './protocol.js';

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
}

/**
 * Joins a predictions file to the labels of a split and reduces both to evidence. Throws InvalidInputError for predictions that do
 * not fit the split; no label leaves this function but as a count.
 */
export async function evaluateSplit(
  db: DuckSession,
  blobs: BlobStore,
  input: EvaluationInput,
  upload: { digest: string },
  protocol: Protocol,
): Promise<EvaluatedSplit> {
  if (input.labelClasses.length === 0) throw notClasses(input);
  const classes = orderedClasses(input.labelClasses, protocol.positive);
  const files = {
    labelParquet: await blobs.localPath(input.labelParquet),
    publicParquet: await blobs.localPath(input.publicParquet),
  };
  const file = await openPredictions(db, await blobs.localPath(upload.digest), input.split);
  const columns = predictionColumns(file.header, { ...input, classes, positive: protocol.positive });
  const cells = await loadSplit(db, input, files, classes);
  await loadPredictions(db, file, columns, input, protocol.threshold);
  await checkPredictions(db, input.split, input.rows, columns);
  await joinSplit(db, columns);
  const read = await readColumns(db, input.rows, columns, cells.length > 0);
  const built = buildSplitEvidence({
    ...evidenceColumns(read, columns),
    classes,
    positive: protocol.positive,
    cells,
    bins: protocol.bins,
    seed: protocol.seed,
  });
  const evidence = input.sealed ? { ...built, salt: newSalt() } : built;
  return {
    input,
    predictionsDigest: predictionsDigest(input.root, classes, read),
    predictions: await blobs.putFile(await writePredictions(db, input.split, columns)),
    evidence,
    evidenceDigest: digestOf(evidence),
    report: reportOf(evidence),
  };
}

/** What keeps the digest of sealed numbers from being guessed. */
export function newSalt(): string {
  return randomBytes(16).toString('hex');
}

function evidenceColumns(
  { labels, predictions, scores, cellOf }: SplitColumnsRead,
  columns: PredictionColumns,
) {
  return {
    labels,
    predictions,
    ...(columns.score === null ? {} : { scores: scores[0]! }),
    ...(columns.classScores === null ? {} : { classScores: scores }),
    ...(cellOf.length > 0 ? { cellOf } : {}),
  };
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

const notClasses = ({ split, labelColumn }: EvaluationInput) =>
  new InvalidInputError(
    'LABEL_NOT_CLASSES',
    `the label ${JSON.stringify(labelColumn)} of split ${split} has more than 1,000 values: it is a quantity, and only classes are judged so far`,
    { remedy: 'Push a dataset version whose label is a class.', split },
  );
