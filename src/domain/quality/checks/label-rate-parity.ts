import type { CheckDefinition } from '../check-definition.js';
import { groupColumns } from './representation.js';

interface Parameters {
  columns?: string[];
  positive: string;
  minRatio: number;
}

/** Groups whose labels say yes less often. */
export const labelRateParity: CheckDefinition<Parameters> = {
  id: 'label-rate-parity',
  version: 1,
  description:
    'Groups of a column whose share of positive labels in a split is below `minRatio` times that of the group with the largest. A description of the rows, without an error level.',
  source: 'four-fifths rule, 29 CFR 1607.4(D)',
  unit: 'groups',
  splits: 'open',
  needs: ['label'],
  fields: {
    columns: {
      kind: 'texts',
      min: 1,
      max: 100,
      description: 'Columns whose values are groups. Default: the protected ones.',
    },
    positive: { kind: 'text', required: true, description: 'The positive value of the label, as text.' },
    minRatio: { kind: 'number', above: 0, max: 1, default: 0.8, description: 'Of the largest share.' },
  },
  fit(context) {
    const { parameters, version } = context;
    const columns = groupColumns(context);
    const { positive, minRatio } = parameters;
    return {
      parameters: { columns, positive, minRatio },
      reads: [...columns, ...version.columns.filter(({ role }) => role === 'label').map(({ name }) => name)],
    };
  },
};
