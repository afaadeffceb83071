import { digestOf, type ColumnType } from '../../domain/canonical/index.js';
import { DEFAULT_BINS, DEFAULT_QUANTILE, metricRegistry } from '../../domain/metrics/index.js';
import { parseProtocol, type DeclaredSlice, type ProtocolDocument } from '../../domain/protocol/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';
import type { EvaluationInput } from '../datasets/index.js';
import { protocolInvalid } from './evaluation.errors.js';

/** Positive from this score on, or above the median of all scores of a file. */
export type ScoreThreshold = number | 'median';

/** Rows that a slice needs to be tried, and the rest. */
const DEFAULT_MINIMUM_ROWS = 50;

/**
 * Everything that numbers depend on beside rows and predictions. Its hash names it; numbers of different hashes compare only where
 * `comparableProtocol` of their metric is the same.
 */
export interface Protocol {
  version: 1;
  /**
   * The positive class by name. Null: none is named, as there are not two, or as no open split shows which; then it is the last of
   * two in the label's order.
   */
  positive: string | null;
  threshold: ScoreThreshold;
  bins: number;
  seed: number;
  /** Those that are shown, with their versions. */
  metrics: string;
  /** Protected attributes whose groups are counted. */
  groups: string[];
  /** Labels are numbers: nothing here that is about classes or scores counts. Absent: they are classes. */
  task?: 'regression';
  /** Level of the quantile loss; of a regression alone. */
  quantile?: number;
  // What follows is absent where nothing is said of it: protocols that are older than a field keep their hash.
  /** The groups of all attributes crossed are not shown. */
  intersections?: false;
  /** Rows of equal values in this column hang together. */
  cluster?: string;
  /** In the order of their names. */
  slices?: DeclaredSlice[];
  search?: {
    minimumRows: number;
    /** Null: all that are neither key, label, entity nor time. */
    columns: string[] | null;
  };
  /** Ascending. */
  labelNoise?: number[];
}

/** Throws PROTOCOL_INVALID or SLICE_INVALID, naming every field that is unknown or wrong. */
export function readProtocol(document: object | null | undefined): ProtocolDocument {
  const parsed = parseProtocol(document);
  if (!parsed.ok) throw protocolInvalid(parsed.problems);
  return parsed.document;
}

/** What of a dataset version a protocol must fit. */
export interface ProtocolLabel {
  openClasses: readonly string[];
  labelType: ColumnType;
  protected: readonly string[];
}

/** The protocol for labels of these classes. It says nothing that only sealed splits show. Throws POSITIVE_UNKNOWN. */
export function resolveProtocol(document: ProtocolDocument, label: ProtocolLabel): Protocol {
  const { openClasses, labelType } = label;
  const { metrics, cluster, slices = [], search, labelNoise = [] } = document;
  const task = document.task ?? 'classification';
  const numbers = task === 'regression';
  return {
    version: 1,
    positive: numbers ? null : positiveOf(document, openClasses, labelType),
    threshold: document.threshold ?? 0.5,
    bins: document.bins ?? DEFAULT_BINS,
    seed: document.seed ?? 0,
    metrics: metricRegistry
      .of(task)
      .filter(({ id }) => metrics?.includes(id) ?? true)
      .map(({ id, version }) => `${id}@${version}`)
      .join(','),
    groups: numbers ? [] : [...(document.attributes ?? label.protected)].sort(),
    ...(numbers ? { task, quantile: document.quantile ?? DEFAULT_QUANTILE } : {}),
    ...(document.intersections === false ? { intersections: false as const } : {}),
    ...(cluster === undefined ? {} : { cluster }),
    ...(slices.length === 0 ? {} : { slices: [...slices].sort((a, b) => (a.name < b.name ? -1 : 1)) }),
    ...(search === undefined
      ? {}
      : {
          search: {
            minimumRows: search.minimumRows ?? DEFAULT_MINIMUM_ROWS,
            columns: search.columns === undefined ? null : [...search.columns].sort(),
          },
        }),
    ...(labelNoise.length === 0 ? {} : { labelNoise: [...labelNoise].sort((a, b) => a - b) }),
  };
}

/**
 * The fields in which a protocol differs from the default one for the same labels, and which move numbers that gates read: slices, and
 * what is shown, leave those of the whole split as they are.
 */
export function chosenFields(document: ProtocolDocument, label: ProtocolLabel): string[] {
  const { task } = document;
  const [chosen, usual] = [resolveProtocol(document, label), resolveProtocol({ task }, label)];
  const fields: string[] = (['positive', 'threshold', 'bins', 'seed', 'quantile', 'cluster'] as const).filter(
    (field) => chosen[field] !== usual[field],
  );
  return digestOf(chosen.groups) === digestOf(usual.groups) ? fields : [...fields, 'attributes'];
}

function positiveOf(document: ProtocolDocument, open: readonly string[], type: ColumnType): string | null {
  const { positive } = document;
  const classes = tellingClasses(open);
  if (positive === undefined) return classes.length === 2 ? classes[1]! : null;
  // Whether a sealed label has that value is not said: if none has, no number that needs it is defined.
  if (classes.length === 0) return positive;
  const found = findClass(positive, classes, type);
  if (found === null) {
    throw new InvalidInputError(
      'POSITIVE_UNKNOWN',
      `protocol.positive is ${JSON.stringify(positive)}, and no label of an open split has that value`,
      { remedy: 'Name a class of the label as it stands in the open splits of the dataset version.' },
    );
  }
  if (classes.length > 2) {
    throw new InvalidInputError(
      'POSITIVE_UNKNOWN',
      `protocol.positive needs labels of two classes, these have ${classes.length}`,
    );
  }
  return found;
}

/** The classes of open splits, if there are two or more: one alone (only `normal` was trained on) tells no task. */
export function tellingClasses(open: readonly string[]): readonly string[] {
  return open.length < 2 ? [] : open;
}

/** Labels as whoever may see them all knows them. */
export interface KnownLabels {
  /** In the label's order. */
  classes: readonly string[];
  positive: string | null;
}

/** The classes that a split is judged by: an open one by what open splits show, a sealed one by all. */
export function knownLabels(
  protocol: Pick<Protocol, 'positive' | 'task'>,
  input: Pick<EvaluationInput, 'sealed' | 'labelClasses' | 'openClasses' | 'labelType'>,
): KnownLabels {
  if (protocol.task === 'regression') return { classes: [], positive: null };
  const classes = input.sealed ? input.labelClasses : input.openClasses;
  if (classes.length !== 2) return { classes, positive: null };
  const { positive } = protocol;
  return {
    classes,
    positive: positive === null ? classes[1]! : findClass(positive, classes, input.labelType),
  };
}

/** The class that a text means: itself, or for numeric labels the equal number (`1.0` is class `1`). Null for none. */
export function findClass(text: string, classes: readonly string[], type: ColumnType): string | null {
  const exact = classes.find((name) => name === text);
  if (exact !== undefined) return exact;
  if ((type !== 'int64' && type !== 'double') || text.trim() === '') return null;
  return classes.find((name) => Number(name) === Number(text)) ?? null;
}

/** The classes in the order of all evidence: binary [negative, positive], otherwise as the label orders them. */
export function orderedClasses(classes: readonly string[], positive: string | null): string[] {
  return positive === null ? [...classes] : [...classes.filter((name) => name !== positive), positive];
}

export function protocolHash(protocol: Protocol): string {
  return digestOf(protocol);
}
