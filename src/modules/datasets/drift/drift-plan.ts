import { DEFAULT_DRIFT_TERMS, DRIFT_METHODS, type DriftMethod } from '../../../domain/drift/index.js';
import type { ColumnType } from '../../../domain/canonical/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetColumn, DatasetSplitView, DatasetVersionView } from '../dataset-version.js';

/** A split of a version, as a client names it. */
export interface SampleRequest {
  /** NAME@VERSION, NAME for the latest, or id. */
  datasetVersion: string;
  split: string;
}

export interface DriftRequest {
  reference: SampleRequest;
  sample: SampleRequest;
  /** Rows, or profiles that are stored of both: then nothing else is read. Default: rows. */
  from?: string | null;
  /** Default: every column that both have, but keys, groups and times, and the label where either split is sealed. */
  columns?: string[] | null;
  /** How numeric columns are decided. Default: ks, of profiles ks_sketch. */
  numericMethod?: string | null;
  /** How other columns are decided. Default: js_base2. */
  categoricalMethod?: string | null;
  /** The effect from which a column has drifted. Default: that of its method. */
  threshold?: number | null;
  /** Level of the p-values after Holm's correction. */
  alpha?: number | null;
  /** The share of drifted columns from which the whole has drifted. */
  shareAtLeast?: number | null;
}

/** One side, ready to be read. */
export interface PlannedSample {
  datasetVersionId: string;
  /** NAME@VERSION. */
  ref: string;
  split: string;
  rows: number;
}

export interface PlannedColumn {
  column: string;
  kind: 'numeric' | 'categorical';
}

export const DRIFT_SOURCES = ['rows', 'profiles'] as const;
export type DriftSource = (typeof DRIFT_SOURCES)[number];

/** What the job is given. */
export interface DriftPlan {
  reference: PlannedSample;
  sample: PlannedSample;
  from: DriftSource;
  columns: PlannedColumn[];
  numericMethod: string;
  categoricalMethod: string;
  threshold: number | null;
  alpha: number;
  shareAtLeast: number;
  /** Measure by the methods that decide, and no other. */
  decidingAlone?: true;
}

export const DEFAULT_NUMERIC_METHOD = 'ks';
export const DEFAULT_CATEGORICAL_METHOD = 'js_base2';
const PROFILED_NUMERIC_METHOD = 'ks_sketch';
/** Methods by what is compared, and by the kind of column that they may decide. A profile keeps no values, and no counts over bins of another's. */
export const METHODS = {
  rows: {
    numeric: methodsFor('numeric', ['binned', 'values']),
    categorical: methodsFor('categorical', ['binned']),
  },
  profiles: {
    numeric: methodsFor('numeric', ['sketch']),
    categorical: methodsFor('categorical', ['binned']),
  },
};
export const NUMERIC_METHODS = [...METHODS.rows.numeric, ...METHODS.profiles.numeric];

/** Roles whose columns differ from sample to sample by what they are. */
const NOT_COMPARED = ['key', 'group', 'time'];

/** Throws DRIFT_COLUMN_UNKNOWN, DRIFT_COLUMN_SEALED, DRIFT_COLUMN_TYPES, DRIFT_NO_COLUMNS, DRIFT_METHOD_UNFIT. */
export function planDrift(
  request: DriftRequest,
  reference: { version: DatasetVersionView; split: DatasetSplitView },
  sample: { version: DatasetVersionView; split: DatasetSplitView },
): DriftPlan {
  const sealed = [reference, sample].some(({ split }) => split.sealed);
  const columns = (request.columns ?? defaultColumns(reference.version, sample.version, sealed)).map(
    (column): PlannedColumn => {
      const found = [reference, sample].map(({ version }) => columnOf(version, column));
      if (sealed && found.some(({ role }) => role === 'label')) throw sealedColumn(column);
      return { column, kind: kindOf(column, found) };
    },
  );
  if (columns.length === 0)
    throw new InvalidInputError('DRIFT_NO_COLUMNS', 'the two samples have no column in common to compare', {
      remedy: 'Name columns that both have.',
    });
  const from = request.from === 'profiles' ? 'profiles' : 'rows';
  const numericMethod =
    request.numericMethod ?? (from === 'rows' ? DEFAULT_NUMERIC_METHOD : PROFILED_NUMERIC_METHOD);
  if (!METHODS[from].numeric.includes(numericMethod))
    throw new InvalidInputError(
      'DRIFT_METHOD_UNFIT',
      `${numericMethod} does not decide numeric columns of ${from}, but ${METHODS[from].numeric.join(', ')} do`,
    );
  return {
    reference: planned(reference),
    sample: planned(sample),
    from,
    columns,
    numericMethod,
    categoricalMethod: request.categoricalMethod ?? DEFAULT_CATEGORICAL_METHOD,
    threshold: request.threshold ?? null,
    alpha: request.alpha ?? DEFAULT_DRIFT_TERMS.alpha,
    shareAtLeast: request.shareAtLeast ?? DEFAULT_DRIFT_TERMS.shareAtLeast,
  };
}

function methodsFor(kind: 'numeric' | 'categorical', needed: readonly DriftMethod['needs'][]): string[] {
  return DRIFT_METHODS.filter(({ kinds, needs }) => kinds.includes(kind) && needed.includes(needs)).map(
    ({ id }) => id,
  );
}

const planned = ({ version, split }: { version: DatasetVersionView; split: DatasetSplitView }) => ({
  datasetVersionId: version.id,
  ref: `${version.dataset}@${version.version}`,
  split: split.name,
  rows: split.rows,
});

function defaultColumns(a: DatasetVersionView, b: DatasetVersionView, sealed: boolean): string[] {
  const others = new Set(b.schema.columns.map(({ name }) => name));
  return a.schema.columns
    .filter(({ role }) => !NOT_COMPARED.includes(role) && !(sealed && role === 'label'))
    .map(({ name }) => name)
    .filter((name) => others.has(name) && !(sealed && b.schema.label === name));
}

function columnOf({ schema, dataset, version }: DatasetVersionView, name: string): DatasetColumn {
  const found = schema.columns.find((column) => column.name === name);
  if (found) return found;
  throw new InvalidInputError(
    'DRIFT_COLUMN_UNKNOWN',
    `${dataset}@${version} has no column ${JSON.stringify(name)}; found ${schema.columns.map((column) => column.name).join(', ')}`,
  );
}

const NUMERIC: readonly ColumnType[] = ['int64', 'double'];

function kindOf(column: string, found: readonly DatasetColumn[]): PlannedColumn['kind'] {
  const kinds = new Set(found.map(({ type }) => (NUMERIC.includes(type) ? 'numeric' : type)));
  if (kinds.size > 1)
    throw new InvalidInputError(
      'DRIFT_COLUMN_TYPES',
      `column ${JSON.stringify(column)} is ${found.map(({ type }) => type).join(' in the reference and ')} in the sample: their values do not compare`,
      { remedy: 'Leave it out, or push a version that declares its type.' },
    );
  return kinds.has('numeric') ? 'numeric' : 'categorical';
}

const sealedColumn = (column: string) =>
  new InvalidInputError(
    'DRIFT_COLUMN_SEALED',
    `column ${JSON.stringify(column)} is the label, and a split that is compared is sealed`,
    { remedy: 'Leave it out: what is known of sealed labels, evaluations say.' },
  );
