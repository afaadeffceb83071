import type { CheckDefinition } from '../check-definition.js';
import { comparedColumns, sorted } from '../fit-columns.js';
import { IGNORE } from '../ignore-field.js';

/** What no model can get right. */
export const conflictingLabels: CheckDefinition<{ ignore: string[] }> = {
  id: 'conflicting-labels',
  version: 1,
  description:
    'Rows that are the same but for the key, the columns to ignore and the label, over all named splits together. Every row of such a group fails.',
  source:
    'exact comparison of values; Brodley and Friedl 1999, Identifying Mislabeled Training Data, JAIR 11',
  unit: 'rows',
  splits: 'open',
  needs: ['label'],
  fields: IGNORE,
  fit: (context) => ({
    parameters: { ignore: sorted(context.parameters.ignore) },
    reads: [
      ...comparedColumns(context, false),
      ...context.version.columns.filter(({ role }) => role === 'label').map(({ name }) => name),
    ],
  }),
};
