import { metricRegistry, type MetricName, type Task } from '../metrics/index.js';
import type { Field, Fields } from '../policy/field.js';
import { MAX_SLICE_LENGTH } from '../slices/index.js';

/** A named subset of the rows, by an expression over their columns (see `parseSlice`). */
export interface DeclaredSlice {
  name: string;
  where: string;
}

/** A search for the columns' values on which a model errs most. */
export interface SearchDocument {
  /** Rows that a slice, and the rest, needs to be tried. */
  minimumRows?: number;
  /** Columns to combine; left out: all that are neither key, label, entity nor time. */
  columns?: string[];
}

/** What a client may say about how predictions are judged; what is left out has a default. */
export interface ProtocolDocument {
  /** What labels are: classes, or numbers. Default: classes. */
  task?: Task;
  /** The class that counts as positive. Default: the last of two in the label's order. */
  positive?: string;
  /** Where there are scores and no predictions: positive from this score on, or above the median of the split's scores. */
  threshold?: number | 'median';
  /** Bins of the reliability table. */
  bins?: number;
  /** Of everything random. */
  seed?: number;
  /** Level of the quantile loss, of a regression. */
  quantile?: number;
  /** Those that the evaluation shows. Default: all. */
  metrics?: MetricName[];
  /** Protected attributes whose groups are counted. Default: all. */
  attributes?: string[];
  /** Whether the groups of all attributes crossed are shown. Default: true. */
  intersections?: boolean;
  /** A column whose equal values make rows hang together, such as a patient or a household. */
  cluster?: string;
  slices?: DeclaredSlice[];
  search?: SearchDocument;
  /** Shares of labels, each in (0, 0.5): how far metrics can be off if so many were wrong. */
  labelNoise?: number[];
}

export const MAX_SLICES = 50;
export const MAX_SEARCH_COLUMNS = 30;
export const SLICE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** The column of clusters, as protocols and policies write it. */
export const CLUSTER_FIELD: Field = {
  kind: 'text',
  description:
    'The column whose equal values make rows hang together, such as a patient: intervals and decisions then rest on clusters. Left out: rows are independent.',
};

/** Declared slices, as protocols and policies write them. */
export const SLICES_FIELD: Field = {
  kind: 'objects',
  min: 0,
  max: MAX_SLICES,
  description: 'Subsets of the rows, each measured on its own.',
  fields: {
    name: {
      kind: 'text',
      required: true,
      pattern: SLICE_NAME,
      form: 'a name of letters, digits, dots, hyphens and underscores, at most 100',
      description: 'Its name.',
    },
    where: {
      kind: 'text',
      required: true,
      maxLength: MAX_SLICE_LENGTH,
      lines: true,
      description: "The rows that it holds: an expression over columns, such as age < 25 AND sex = 'f'.",
    },
  },
};

/** The fields of a protocol document. */
export const PROTOCOL_FIELDS: Fields = {
  positive: {
    kind: 'scalar',
    maxLength: 500,
    form: 'the name of a class',
    description: 'The class that counts as positive. Left out: the last of two in the order of the label.',
  },
  threshold: {
    kind: 'number',
    above: 0,
    max: 1,
    or: 'median',
    description:
      "Positive from this score on, where no class is predicted; median: above the median of the split's scores, so that selection rates are scoring rates. Left out: 0.5.",
  },
  bins: { kind: 'integer', min: 2, max: 100, description: 'Bins of the reliability table. Left out: 15.' },
  seed: {
    kind: 'integer',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    description: 'Of everything random. Left out: 0.',
  },
  task: {
    kind: 'choice',
    of: ['classification', 'regression'],
    description:
      'What labels and predictions are: classes, or numbers. Left out: classes, whatever the type of the label.',
  },
  quantile: {
    kind: 'number',
    above: 0,
    below: 1,
    description: 'Of a regression: the level of the quantile loss. Left out: 0.5.',
  },
  metrics: {
    kind: 'texts',
    min: 1,
    max: metricRegistry.ids.length,
    of: metricRegistry.ids,
    description: 'The metrics that the evaluation shows. Left out: all.',
  },
  attributes: {
    kind: 'texts',
    min: 0,
    max: 50,
    description: 'The protected attributes whose groups are counted. Left out: all of the dataset version.',
  },
  intersections: {
    kind: 'boolean',
    description: 'Whether the groups of all attributes crossed are shown. Left out: true.',
  },
  cluster: CLUSTER_FIELD,
  slices: SLICES_FIELD,
  search: {
    kind: 'object',
    description: 'A search for the values of one or two columns on which the model errs most.',
    fields: {
      minimumRows: {
        kind: 'integer',
        min: 5,
        max: 1_000_000_000,
        description: 'Rows that a slice, and the rest, needs to be tried. Left out: 50.',
      },
      columns: {
        kind: 'texts',
        min: 1,
        max: MAX_SEARCH_COLUMNS,
        description: 'The columns to combine. Left out: all that are neither key, label, entity nor time.',
      },
    },
  },
  labelNoise: {
    kind: 'numbers',
    min: 1,
    max: 10,
    above: 0,
    below: 0.5,
    description: 'Shares of labels: how far metrics can be off if so many labels were wrong.',
  },
};
