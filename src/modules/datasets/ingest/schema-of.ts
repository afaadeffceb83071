import type { ColumnType } from '../../../domain/canonical/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { ColumnRole, DatasetColumn, DatasetSchema } from '../dataset-version.js';
import type { PushPlan } from '../push-plan.js';

export interface SplitHeader {
  split: string;
  names: readonly string[];
}

/** The columns that all splits share, in the first split's order. Throws DATASET_SCHEMA_MISMATCH. */
export function sharedColumns(headers: readonly SplitHeader[]): string[] {
  const [first, ...others] = headers;
  if (!first) throw new Error('a push without splits');
  const expected = new Set(first.names);
  for (const { split, names } of others) {
    const missing = first.names.filter((name) => !names.includes(name));
    const surplus = names.filter((name) => !expected.has(name));
    if (missing.length === 0 && surplus.length === 0) continue;
    throw new InvalidInputError(
      'DATASET_SCHEMA_MISMATCH',
      `split ${split} has other columns than split ${first.split}: ${[...said('misses', missing), ...said('adds', surplus)].join(', ')}`,
      {
        remedy: 'Give all splits the same header; the order of columns may differ.',
        missing: missing.slice(0, 20),
        surplus: surplus.slice(0, 20),
      },
    );
  }
  return [...first.names];
}

/** Every column that the push names is in the data. Throws DATASET_COLUMN_UNKNOWN. */
export function checkNamedColumns(plan: PushPlan, columns: readonly string[]): void {
  const named: [role: string, name: string | null][] = [
    ['key', plan.key],
    ['label', plan.label],
    ...plan.protected.map((name): [string, string] => ['protected', name]),
    ['group', plan.group],
    ['time', plan.time],
    ['split', plan.splitBy?.column ?? null],
    // Plans from before there were such columns say nothing of them.
    ['source', plan.sourceColumn ?? null],
    ['subject', plan.subject ?? null],
    ...Object.keys(plan.declaredTypes).map((name): [string, string] => ['declared', name]),
    ...(plan.columnLineage ?? []).map(({ column }): [string, string | null] => ['columnLineage', column]),
  ];
  for (const [role, name] of named) {
    if (name === null || columns.includes(name)) continue;
    throw new InvalidInputError(
      'DATASET_COLUMN_UNKNOWN',
      `the ${role} column ${JSON.stringify(name)} is not in the data; found the columns ${listed(columns)}`,
      {
        remedy: 'Check its spelling, and that the first line of each file holds the column names.',
        column: name,
      },
    );
  }
}

export function schemaOf(
  plan: PushPlan,
  names: readonly string[],
  types: readonly ColumnType[],
): DatasetSchema {
  const { key, label, group, time } = plan;
  const role = (name: string): ColumnRole => {
    if (name === key) return 'key';
    if (name === label) return 'label';
    if (plan.protected.includes(name)) return 'protected';
    return name === group ? 'group' : name === time ? 'time' : 'feature';
  };
  const columns = names.map((name, i): DatasetColumn => ({ name, type: types[i]!, role: role(name) }));
  return { columns, key, label, protected: plan.protected, group, time };
}

const said = (verb: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${verb} ${listed(names)}`];

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => JSON.stringify(name.slice(0, 60)));
  return shown.join(', ') + (names.length > 20 ? ` and ${names.length - 20} more` : '');
}
