import type { CheckRequest } from '../../../domain/quality/index.js';
import type { ColumnRole, DatasetVersionView } from '../dataset-version.js';
import { LIVE_SPLIT } from './sample-plan.js';

/** Names of rows, people and times differ by what they are; labels are often not known when a row is offered. */
const NOT_COMPARED: readonly ColumnRole[] = ['key', 'group', 'time', 'label'];

/**
 * What is asked of every sample: whether it has drifted from the split of its plan. `reference`: the version that the plan names.
 * `parameters` of parent-drift, where they are to be others. Null: there is no column to compare.
 */
export function driftOfSample(
  plan: { split: string },
  reference: DatasetVersionView,
  parameters: Record<string, unknown> = {},
): CheckRequest | null {
  const columns = reference.schema.columns
    .filter(({ name, role }) => !NOT_COMPARED.includes(role) && name !== reference.subjectColumn)
    .map(({ name }) => name);
  if (columns.length === 0 && parameters['columns'] === undefined) return null;
  return {
    check: 'parent-drift',
    splits: [LIVE_SPLIT],
    parameters: { against: plan.split, columns, ...parameters },
  };
}
