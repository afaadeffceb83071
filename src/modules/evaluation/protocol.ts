import { digestOf, type ColumnType } from '../../domain/canonical/index.js';
import { DEFAULT_BINS, metricRegistry } from '../../domain/metrics/index.js';
import { InvalidInputError, type FieldProblem } from '../../platform/errors/index.js';
import type { EvaluationInput } from '../datasets/index.js';

/** What a client may say about how predictions are judged; what is left out has a default. */
export interface ProtocolDocument {
  /** The class that counts as positive. Default: the last of two in the label's order. */
  positive?: string;
  /** Where there are scores and no predictions: positive from this score on. */
  threshold?: number;
  /** Bins of the reliability table. */
  bins?: number;
  /** Of everything random. */
  seed?: number;
}

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
  threshold: number;
  bins: number;
  seed: number;
  /** Metrics with their versions. */
  metrics: string;
  /** Protected attributes whose groups are counted. */
  groups: string[];
}

const FIELDS: Record<keyof ProtocolDocument, (value: unknown) => string | null> = {
  positive: (value) =>
    ['string', 'number', 'boolean'].includes(typeof value) && String(value).length <= 500
      ? null
      : 'expected the name of a class',
  threshold: (value) =>
    typeof value === 'number' && value > 0 && value <= 1 ? null : 'expected a number above 0, at most 1',
  bins: (value) =>
    Number.isInteger(value) && (value as number) >= 2 && (value as number) <= 100
      ? null
      : 'expected an integer from 2 to 100',
  seed: (value) =>
    Number.isSafeInteger(value) && (value as number) >= 0 ? null : 'expected an integer from 0 on',
};

/** Throws PROTOCOL_INVALID, naming every field that is unknown or wrong. */
export function readProtocol(document: object | null | undefined): ProtocolDocument {
  const fields: FieldProblem[] = [];
  const entries = Object.entries(document ?? {}).filter(([, value]) => value !== undefined && value !== null);
  for (const [name, value] of entries) {
    const check = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof ProtocolDocument] : null;
    const message = check ? check(value) : `unknown field, expected one of ${Object.keys(FIELDS).join(', ')}`;
    if (message !== null) fields.push({ path: `protocol.${name}`, message });
  }
  const [first] = fields;
  if (first) throw new InvalidInputError('PROTOCOL_INVALID', `${first.path}: ${first.message}`, { fields });
  const read = Object.fromEntries(entries) as ProtocolDocument;
  return read.positive === undefined ? read : { ...read, positive: String(read.positive) };
}

/** The protocol for labels of these classes. It says nothing that only sealed splits show. Throws POSITIVE_UNKNOWN. */
export function resolveProtocol(
  document: ProtocolDocument,
  label: { openClasses: readonly string[]; labelType: ColumnType; protected: readonly string[] },
): Protocol {
  const { openClasses, labelType } = label;
  return {
    version: 1,
    positive: positiveOf(document, openClasses, labelType),
    threshold: document.threshold ?? 0.5,
    bins: document.bins ?? DEFAULT_BINS,
    seed: document.seed ?? 0,
    metrics: metricRegistry.version,
    groups: [...label.protected].sort(),
  };
}

/** The fields in which a protocol differs from the default one for the same labels, and which move numbers. */
export function chosenFields(
  document: ProtocolDocument,
  label: Parameters<typeof resolveProtocol>[1],
): string[] {
  const [chosen, usual] = [resolveProtocol(document, label), resolveProtocol({}, label)];
  return (['positive', 'threshold', 'bins', 'seed'] as const).filter(
    (field) => chosen[field] !== usual[field],
  );
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
  protocol: Pick<Protocol, 'positive'>,
  input: Pick<EvaluationInput, 'sealed' | 'labelClasses' | 'openClasses' | 'labelType'>,
): KnownLabels {
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
