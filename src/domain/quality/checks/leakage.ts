import type { CheckDefinition } from '../check-definition.js';
import { comparedColumns, sorted } from '../fit-columns.js';
import { IGNORE } from '../ignore-field.js';

/** Rows that a model may have seen. */
export const leakage: CheckDefinition<{ ignore: string[] }> = {
  id: 'leakage',
  version: 1,
  description:
    'Rows of the second split that stand in the first, but for the key and the columns to ignore. Where either is sealed the label does not count.',
  source: 'exact comparison of values; Kaufman et al. 2012, Leakage in Data Mining, ACM TKDD 6(4)',
  unit: 'rows',
  splits: 'pair',
  needs: [],
  fields: IGNORE,
  fit: (context) => ({
    parameters: { ignore: sorted(context.parameters.ignore) },
    reads: comparedColumns(context),
  }),
};
