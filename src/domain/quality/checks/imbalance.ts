import type { CheckDefinition } from '../check-definition.js';

/** Classes of which there are few. */
export const imbalance: CheckDefinition<{ maxRatio: number }> = {
  id: 'imbalance',
  version: 1,
  description:
    'Classes of the label of which the largest class of the same split has more than `maxRatio` times the rows.',
  source:
    'imbalance ratio; above 9 is high in the KEEL repository (Alcala-Fdez et al. 2011, J. Mult.-Valued Logic 17)',
  unit: 'classes',
  splits: 'open',
  needs: ['label'],
  fields: {
    maxRatio: {
      kind: 'number',
      min: 1,
      max: 1e9,
      default: 9,
      description: 'Rows of the largest class for each row of another.',
    },
  },
  fit: ({ parameters, version }) => ({
    parameters: { maxRatio: parameters.maxRatio },
    reads: version.columns.filter(({ role }) => role === 'label').map(({ name }) => name),
  }),
};
