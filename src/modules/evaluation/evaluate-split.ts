import { randomBytes } from 'node:crypto';
import { digestOf } from '../../domain/canonical/index.js';
import {
  buildSplitEvidence,
  sliceEvidence,
  type SplitColumns,
  type SplitEvidence,
} from '../../domain/metrics/index.js';
import type { DuckSession } from '../../platform/duckdb/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';
import type { BlobFacts, BlobStore, SealedFiles } from '../../platform/storage/index.js';
import type { EvaluationInput } from '../datasets/index.js';
import { checkPredictions } from './predictions/check-predictions.js';
import { loadPredictions } from './predictions/load-predictions.js';
import { loadSplit } from './predictions/load-split.js';
import { predictionColumns, type PredictionColumns } from './predictions/prediction-columns.js';
import { openPredictions } from './predictions/read-predictions.js';
import { classesOfWords, type Words } from './predictions/words.js';
import {
  joinSplit,
  predictionsDigest,
  readColumns,
  writePredictions,
  type SplitColumnsRead,
} from './predictions/split-columns.js';
import { searchSlices } from './slices/search-slices.js';
import { sliceMembers } from './slices/slice-members.js';
import { reportOf, type SplitReport } from './split-report.js';
import { knownLabels, orderedClasses, tellingClasses, type Protocol } from './protocol.js';

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
  { blobs, sealedFiles }: { blobs: BlobStore; sealedFiles: SealedFiles },
  input: EvaluationInput,
  upload: { digest: string },
  protocol: Protocol,
): Promise<EvaluatedSplit> {
  const known = knownLabels(protocol, input);
  if (known.classes.length === 0) throw notClasses(input);
  const classes = orderedClasses(known.classes, known.positive);
  const files = {
    labelParquet: await sealedFiles.openedIn(db.scratch, input.labelParquet),
    publicParquet: await blobs.localPath(input.publicParquet),
  };
  const file = await openPredictions(db, await blobs.localPath(upload.digest), input.split);
  // What a file may say depends on what everybody knows, and on no sealed label.
  const open = knownLabels(protocol, { ...input, sealed: false });
  const openClasses = orderedClasses(
    input.sealed ? tellingClasses(open.classes) : open.classes,
    open.positive,
  );
  const columns = predictionColumns(file.header, {
    ...input,
    classes: openClasses,
    positive: open.positive,
  });
  const cells = await loadSplit(db, { ...input, protected: protocol.groups }, files, classes);
  const words = await loadPredictions(db, file, columns, input, {
    threshold: protocol.threshold,
    openClasses,
  });
  await checkPredictions(db, input.split, input.rows, columns);
  await joinSplit(db, columns);
  const read = await readColumns(db, input.rows, columns, cells.length > 0);
  const meant = classesOfWords(words.said, classes, known, input.labelType);
  const shown = meant.includes(-1)
    ? [...shownClasses(classes, input), NO_CLASS]
    : shownClasses(classes, input);
  const binary = shown.length === 2 && known.positive !== null;
  const all: SplitColumns = {
    labels: read.labels,
    predictions: read.predictions.map((word) => (meant[word] === -1 ? classes.length : meant[word]!)),
    ...(cells.length > 0 ? { cellOf: read.cellOf } : {}),
    ...scoresOf(read, columns, words, { shown, classes, binary }, input),
    classes: shown,
    positive: binary ? shown[1]! : null,
    cells,
    bins: protocol.bins,
    seed: protocol.seed,
  };
  const { slices = [] } = protocol;
  const members = await sliceMembers(db, files, input, slices);
  const built: SplitEvidence = {
    ...buildSplitEvidence(all),
    ...(slices.length === 0
      ? {}
      : { slices: slices.map((slice, i) => ({ ...slice, evidence: sliceEvidence(all, members(i)) })) }),
    ...(protocol.search
      ? { search: await searchSlices(db, files, input, protocol.search, wrongRows(all)) }
      : {}),
  };
  const evidence = input.sealed ? { ...built, salt: newSalt() } : built;
  return {
    input,
    predictionsDigest: predictionsDigest(input.root, words.said, read),
    predictions: await blobs.putFile(await writePredictions(db, input.split, columns)),
    evidence,
    evidenceDigest: digestOf(evidence),
    report: reportOf(evidence, protocol),
  };
}

function wrongRows({ labels, predictions }: SplitColumns): Uint8Array {
  return Uint8Array.from(labels, (label, row) => (label === predictions[row] ? 0 : 1));
}

/** What keeps the digest of sealed numbers from being guessed. */
export function newSalt(): string {
  return randomBytes(16).toString('hex');
}

/** Stands in evidence for every prediction that names no class of the label. */
const NO_CLASS = '(no class of the label)';

/** Classes as evidence names them: those that sealed splits alone show by number. */
function shownClasses(classes: readonly string[], { openClasses }: EvaluationInput): string[] {
  return classes.map((name, i) => (openClasses.includes(name) ? name : `(sealed class ${i + 1})`));
}

/** The scores that the evidence can use: of the positive class where it is binary, else of each class, 0 where none was sent. */
function scoresOf(
  { scores }: SplitColumnsRead,
  columns: PredictionColumns,
  { scored }: Words,
  { shown, classes, binary }: { shown: readonly string[]; classes: readonly string[]; binary: boolean },
  { labelType }: EvaluationInput,
): { scores?: Float64Array; classScores?: Float64Array[] } {
  if (columns.score !== null) return binary ? { scores: scores[0]! } : {};
  if (columns.classScores === null) return {};
  const of = classesOfWords(scored, classes, { classes, positive: null }, labelType);
  const column = (index: number) => scores[of.indexOf(index)];
  if (!binary) return { classScores: shown.map((_, i) => column(i) ?? new Float64Array(scores[0]!.length)) };
  const positive = column(1);
  return positive ? { scores: positive } : {};
}

const notClasses = ({ split, labelColumn }: EvaluationInput) =>
  new InvalidInputError(
    'LABEL_NOT_CLASSES',
    `the label ${JSON.stringify(labelColumn)} of split ${split} has more than 1,000 values: it is a quantity, and only classes are judged so far`,
    { remedy: 'Push a dataset version whose label is a class.', split },
  );
