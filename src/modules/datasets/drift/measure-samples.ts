import {
  categoricalBins,
  countedCategories,
  countNumbers,
  decideDrift,
  driftMethod,
  measureDrift,
  numericBins,
  sortedValues,
  storedColumns,
  type ColumnProfile,
  type DriftDecision,
  type DriftMeasure,
  type StoredProfile,
} from '../../../domain/drift/index.js';
import { type DuckSession, identifier } from '../../../platform/duckdb/index.js';
import {
  METHODS,
  type DriftPlan,
  type DriftSource,
  type PlannedColumn,
  type PlannedSample,
} from './drift-plan.js';

/** More different values than this are not counted one by one: such a column holds texts, not categories. */
const MOST_CATEGORIES = 100_000;

export interface MeasuredColumn {
  column: string;
  kind: 'numeric' | 'categorical';
  status: 'drifted' | 'not_drifted' | 'undefined';
  /** What decided it. */
  method: string;
  threshold: number;
  /** Null where it is not defined. */
  effect: number | null;
  p: number | null;
  /** After Holm's correction over all columns. */
  adjustedP: number | null;
  reason: string;
  /** By every method for its kind, the deciding one among them. */
  measures: Record<string, DriftMeasure>;
}

/** Two samples compared, column by column and as a whole. */
export interface DriftReport extends Omit<DriftDecision, 'columns'> {
  reference: PlannedSample;
  sample: PlannedSample;
  /** What was compared. */
  from: DriftSource;
  columns: MeasuredColumn[];
  /** Seed of the p-values that are drawn. */
  seed: number;
}

const SEED = 0;

/** Compares two splits' public columns, each read by SQL in a FROM clause. Bins are those of the reference's quantiles, or its categories. */
export function measureSamples(
  db: DuckSession,
  rows: { reference: string; sample: string },
  plan: DriftPlan,
  progress: (fraction: number, message: string) => Promise<void>,
): Promise<DriftReport> {
  return measureColumns(plan, progress, ({ column, kind }) =>
    (kind === 'numeric' ? numbers : categories)(db, rows, column),
  );
}

/** Compares two splits by what their profiles keep: no row is read. */
export function measureProfiles(
  profiles: { reference: StoredProfile; sample: StoredProfile },
  plan: DriftPlan,
  progress: (fraction: number, message: string) => Promise<void>,
): Promise<DriftReport> {
  const of = ({ columns }: StoredProfile, name: string) => columns.find(({ column }) => column === name)!;
  return measureColumns(plan, progress, ({ column }) =>
    Promise.resolve(storedColumns(of(profiles.reference, column), of(profiles.sample, column))),
  );
}

async function measureColumns(
  plan: DriftPlan,
  progress: (fraction: number, message: string) => Promise<void>,
  read: (column: PlannedColumn) => Promise<Profiles>,
): Promise<DriftReport> {
  const measured: { planned: PlannedColumn; method: string; measures: Record<string, DriftMeasure> }[] = [];
  for (const [i, planned] of plan.columns.entries()) {
    await progress(i / plan.columns.length, `comparing ${planned.column}`);
    const [reference, sample] = await read(planned);
    const measures = Object.fromEntries(
      methodsOf(plan, planned).map((id) => [id, measureDrift(driftMethod(id), reference, sample, SEED)]),
    );
    measured.push({ planned, method: plan[`${planned.kind}Method`], measures });
  }
  const { columns, ...decision } = decideDrift(
    measured.map(({ planned, method, measures }) => ({
      column: planned.column,
      methodId: method,
      threshold: plan.threshold ?? driftMethod(method).threshold,
      measure: measures[method]!,
    })),
    { alpha: plan.alpha, shareAtLeast: plan.shareAtLeast },
  );
  return {
    ...decision,
    reference: plan.reference,
    sample: plan.sample,
    from: plan.from,
    seed: SEED,
    columns: columns.map(({ column, methodId, threshold, measure, status, adjustedP, reason }, i) => ({
      column,
      kind: measured[i]!.planned.kind,
      status,
      method: methodId,
      threshold,
      effect: measure.defined ? measure.effect : null,
      p: measure.defined ? measure.p : null,
      adjustedP,
      reason,
      measures: measured[i]!.measures,
    })),
  };
}

const methodsOf = ({ from, decidingAlone, ...plan }: DriftPlan, { kind }: PlannedColumn): readonly string[] =>
  decidingAlone ? [plan[`${kind}Method`]] : METHODS[from][kind];

type Profiles = [reference: ColumnProfile, sample: ColumnProfile];

async function numbers(
  db: DuckSession,
  rows: { reference: string; sample: string },
  column: string,
): Promise<Profiles> {
  const read = async (from: string) => {
    const parts: Float64Array[] = [];
    for await (const chunk of db.columns(`SELECT CAST(${identifier(column)} AS DOUBLE) FROM ${from}`))
      parts.push(chunk.doubles(0).slice());
    return joined(parts);
  };
  const [all, others] = [await read(rows.reference), await read(rows.sample)];
  const values = sortedValues(all);
  const bins = numericBins(values);
  const profile = (rows: Float64Array, sorted: Float64Array): ColumnProfile => ({
    column,
    kind: 'numeric',
    binned: countNumbers(bins, rows),
    values: sorted,
    sketch: null,
  });
  return [profile(all, values), profile(others, sortedValues(others))];
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function categories(
  db: DuckSession,
  rows: { reference: string; sample: string },
  column: string,
): Promise<Profiles> {
  const read = async (from: string) => {
    const rows = await db.rows<{ value: string | null; count: number }>(
      `SELECT CAST(${identifier(column)} AS VARCHAR) AS value, count(*)::DOUBLE AS count
       FROM ${from} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MOST_CATEGORIES + 1}`,
    );
    const missing = rows.find(({ value }) => value === null)?.count ?? 0;
    const named = rows.flatMap(({ value, count }): [string, number][] =>
      value === null ? [] : [[value, count]],
    );
    return { counted: new Map(named), missing, tooMany: rows.length > MOST_CATEGORIES };
  };
  const [reference, sample] = [await read(rows.reference), await read(rows.sample)];
  const bins = categoricalBins(reference.counted);
  const profile = ({ counted, missing }: typeof reference): ColumnProfile => ({
    column,
    kind: 'categorical',
    // Without a count of all there is none: a text in every row is no category.
    binned: reference.tooMany || sample.tooMany ? null : countedCategories(bins, counted, missing),
    values: null,
    sketch: null,
  });
  return [profile(reference), profile(sample)];
}
