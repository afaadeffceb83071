import type { CheckDefinition } from '../check-definition.js';
import { comparedColumns, sorted } from '../fit-columns.js';
import { IGNORE } from '../ignore-field.js';

/** Copies beyond the first, within each split. */
export const duplicates: CheckDefinition<{ ignore: string[] }> = {
  id: 'duplicates',
  version: 1,
  description:
    'Rows that stand before in the same split, but for the key and the columns to ignore. Copies beyond the first fail. In a sealed split the label does not count.',
  source: 'exact comparison of values, as in `DatasetVersion.duplicates`',
  unit: 'rows',
  splits: 'each',
  needs: [],
  fields: IGNORE,
  fit: (context) => ({
    parameters: { ignore: sorted(context.parameters.ignore) },
    reads: comparedColumns(context),
  }),
};
