import {
  addBatch,
  DEFAULT_QUANTILE,
  emptyReduction,
  type Batch,
  type Reduction,
  type ReductionShape,
  type Task,
} from '../../domain/metrics/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';
import type { EvaluationInput } from '../datasets/index.js';
import type { Cells } from './predictions/load-split.js';
import {
  numberColumns,
  predictionColumns,
  type PredictionColumns,
} from './predictions/prediction-columns.js';
import type { SplitColumnsRead } from './predictions/split-columns.js';
import { classesOfWords, type Words } from './predictions/words.js';
import { knownLabels, orderedClasses, tellingClasses, type KnownLabels, type Protocol } from './protocol.js';

/** The classes of a split's label, and what a predictions file may say of them. */
export interface SplitLabels {
  task: Task;
  known: KnownLabels;
  /** In the order of the evidence. */
  classes: string[];
  /** What everybody knows of them. */
  open: { classes: string[]; positive: string | null };
}

/** Throws LABEL_NOT_CLASSES, LABEL_NOT_NUMERIC. */
export function labelsOf(protocol: Protocol, input: EvaluationInput): SplitLabels {
  if (protocol.task === 'regression') {
    if (input.labelType !== 'int64' && input.labelType !== 'double') throw notNumeric(input);
    const none = { classes: [], positive: null };
    return { task: 'regression', known: none, classes: [], open: none };
  }
  const known = knownLabels(protocol, input);
  if (known.classes.length === 0) throw notClasses(input);
  // What a file may say depends on what everybody knows, and on no sealed label.
  const open = knownLabels(protocol, { ...input, sealed: false });
  return {
    task: 'classification',
    known,
    classes: orderedClasses(known.classes, known.positive),
    open: {
      classes: orderedClasses(input.sealed ? tellingClasses(open.classes) : open.classes, open.positive),
      positive: open.positive,
    },
  };
}

/** Throws PREDICTIONS_COLUMNS. */
export function columnsOf(
  header: readonly string[],
  input: EvaluationInput,
  { open, task }: SplitLabels,
): PredictionColumns {
  if (task === 'regression') return numberColumns(header, input);
  return predictionColumns(header, { ...input, ...open });
}

/** What rows of a split are reduced by. */
export interface SplitReading {
  input: EvaluationInput;
  protocol: Protocol;
  columns: PredictionColumns;
  /** Of the whole split. */
  words: Words;
  /** Of the whole split. */
  cells: Cells;
}

/** Rows of a split as the evidence counts them. */
export type CountedRows = ReductionShape & Batch;

export function splitColumnsOf(reading: SplitReading, read: SplitColumnsRead): CountedRows {
  const { input, columns, words, cells } = reading;
  const { shape, classes, meant } = shapeOf(reading);
  if (shape.regression) return { ...shape, labels: read.numbers!, predictions: read.scores[0]! };
  const binary = shape.positive !== null;
  return {
    ...shape,
    labels: read.labels,
    predictions: read.predictions.map((word) => (meant[word] === -1 ? classes.length : meant[word]!)),
    ...(cells.length > 0 ? { cellOf: read.cellOf } : {}),
    ...scoresOf(read, columns, words, { shown: shape.classes, classes, binary }, input),
  };
}

/** 1 where what was predicted is not the label, shape (n). */
export function wrongRows({ labels, predictions }: CountedRows): Uint8Array {
  return Uint8Array.from(labels, (label, row) => (label === predictions[row] ? 0 : 1));
}

/** The reduction of some rows, or of none; any two of one reading merge. */
export function reduceRows(reading: SplitReading, read?: SplitColumnsRead): Reduction {
  return read ? reduceColumns(splitColumnsOf(reading, read)) : emptyReduction(shapeOf(reading).shape);
}

export function reduceColumns(counted: CountedRows): Reduction {
  const { classes, positive, cells, bins, seed, regression, ...rows } = counted;
  const state = emptyReduction({ classes, positive, cells, bins, seed, ...(regression && { regression }) });
  addBatch(state, rows);
  return state;
}

function shapeOf({ input, protocol, words, cells }: SplitReading): {
  shape: ReductionShape;
  classes: string[];
  meant: number[];
} {
  if (protocol.task === 'regression') {
    const { bins, seed, quantile = DEFAULT_QUANTILE } = protocol;
    const shape = { classes: [], positive: null, cells: [], bins, seed, regression: { quantile } };
    return { shape, classes: [], meant: [] };
  }
  const { known, classes } = labelsOf(protocol, input);
  const meant = classesOfWords(words.said, classes, known, input.labelType);
  const shown = meant.includes(-1)
    ? [...shownClasses(classes, input), NO_CLASS]
    : shownClasses(classes, input);
  const binary = shown.length === 2 && known.positive !== null;
  const { bins, seed } = protocol;
  return {
    shape: { classes: shown, positive: binary ? shown[1]! : null, cells, bins, seed },
    classes,
    meant,
  };
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
    `the label ${JSON.stringify(labelColumn)} of split ${split} has more than 1,000 values: it is a quantity, and the protocol judges classes`,
    {
      remedy: 'Say task: regression in the protocol, or push a dataset version whose label is a class.',
      split,
    },
  );

const notNumeric = ({ split, labelColumn, labelType }: EvaluationInput) =>
  new InvalidInputError(
    'LABEL_NOT_NUMERIC',
    `the label ${JSON.stringify(labelColumn)} of split ${split} is ${labelType}, and the protocol judges numbers`,
    { remedy: 'Leave task out of the protocol, or push a dataset version whose label is a number.', split },
  );
