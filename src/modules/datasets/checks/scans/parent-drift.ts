import {
  decideDrift,
  driftMethod,
  type ColumnToDecide,
  type DriftMeasure,
} from '../../../../domain/drift/index.js';
import {
  notDefined,
  outcomeOfDecided,
  type CheckedColumn,
  type CheckOutcome,
  type ParentDriftParameters,
} from '../../../../domain/quality/index.js';
import { measureSamples } from '../../drift/measure-samples.js';
import { addFindings, type Scan } from '../load-rows.js';
import { namedOther, standsIn, type ScannedVersion } from '../other-version.js';

type Placed = Omit<ColumnToDecide, 'column'> & { split: string; column: string };

/** Columns that have drifted from the parent, split by split. */
export async function scanParentDrift(
  scan: Scan,
  columns: readonly CheckedColumn[],
  parent: ScannedVersion | null,
  parameters: ParentDriftParameters,
): Promise<CheckOutcome> {
  if (parent === null) return notDefined('columns', 'the version has no parent');
  const placed: Placed[] = [];
  for (const split of scan.splits)
    placed.push(...(await measureSplit(scan, split, columns, parent, parameters)));
  const decided = decideDrift(
    placed.map(({ split, column, ...rest }) => ({ ...rest, column: `${split}: ${column}` })),
    { alpha: parameters.alpha, shareAtLeast: 1 },
  ).columns.map(({ status, adjustedP, reason }, i) => ({ ...placed[i]!, status, adjustedP, reason }));
  const drifted = decided.filter(({ status }) => status === 'drifted');
  await addFindings(
    scan,
    drifted.map(({ split, column, methodId, measure, adjustedP }) => ({
      split,
      rule: column,
      detail: `${methodId} ${measure.defined ? measure.effect.toFixed(4) : ''}, corrected p ${adjustedP!.toPrecision(3)}`,
    })),
  );
  return outcomeOfDecided(
    'columns',
    {
      failing: drifted.length,
      undecided: decided.flatMap(({ status, column, reason }) =>
        status === 'undefined' ? `${column}: ${reason}` : [],
      ),
      total: decided.length,
    },
    `have drifted from ${parent.ref}`,
    {
      parent: namedOther(parent),
      columns: decided.map(({ measure, methodId, ...one }) => ({
        ...one,
        method: methodId,
        effect: measure.defined ? measure.effect : null,
        p: measure.defined ? measure.p : null,
        n: measure.defined ? measure.n : null,
      })),
    },
  );
}

/** Every column of a split; undefined where the parent has nothing to compare. */
async function measureSplit(
  { db }: Scan,
  split: Scan['splits'][number],
  columns: readonly CheckedColumn[],
  parent: ScannedVersion,
  { columns: names, against, numericMethod, categoricalMethod, threshold }: ParentDriftParameters,
): Promise<Placed[]> {
  const other = against ?? split.name;
  const before = parent.splits.find(({ name }) => name === other);
  const compared = names!.map((name) => {
    const kind = kindOf(columns.find((one) => one.name === name)!);
    const column = parent.columns.find((one) => one.name === name);
    const missing = parent.erased.includes(other)
      ? `rows of ${other} of ${parent.ref} were erased with their subject`
      : !before
        ? `${parent.ref} has no split ${other}`
        : !standsIn(parent, before, name)
          ? `${parent.ref} shows no column ${name} in ${other}`
          : kindOf(column!) !== kind
            ? `${name} is ${column!.type} in ${parent.ref}: their values do not compare`
            : null;
    return { column: name, kind: kind === 'numeric' ? 'numeric' : 'categorical', missing } as const;
  });
  const plan = {
    reference: {
      datasetVersionId: parent.datasetVersionId,
      ref: parent.ref,
      split: other,
      rows: before?.rows ?? 0,
    },
    sample: { datasetVersionId: '', ref: '', split: split.name, rows: split.rows },
    from: 'rows',
    columns: compared.filter(({ missing }) => missing === null),
    numericMethod,
    categoricalMethod,
    threshold: threshold ?? null,
    alpha: 0.05,
    shareAtLeast: 1,
    decidingAlone: true,
  } as const;
  const rows = { reference: before?.from ?? '', sample: split.from };
  const report = await measureSamples(db, rows, { ...plan, columns: [...plan.columns] }, () =>
    Promise.resolve(),
  );
  return compared.map(({ column, kind, missing }) => {
    const methodId = kind === 'numeric' ? numericMethod : categoricalMethod;
    const measure: DriftMeasure =
      missing === null
        ? report.columns.find((one) => one.column === column)!.measures[methodId]!
        : { defined: false, reason: missing };
    return {
      split: split.name,
      column,
      methodId,
      threshold: threshold ?? driftMethod(methodId).threshold,
      measure,
    };
  });
}

const kindOf = ({ type }: CheckedColumn) => (type === 'int64' || type === 'double' ? 'numeric' : type);
