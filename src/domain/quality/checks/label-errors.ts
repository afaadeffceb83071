import type { CheckDefinition } from '../check-definition.js';
import { columnNamed, isNumeric } from '../fit-columns.js';

/** Labels that a model of the other rows contradicts. */
export const labelErrors: CheckDefinition<{ probabilities: { class: string; column: string }[] }> = {
  id: 'label-errors',
  version: 1,
  description:
    "Rows whose label is not the class that a model is confident of, by confident learning. The model's probabilities stand in columns of the version, one for each class, and come from a model that did not see the row.",
  source: 'Northcutt, Jiang and Chuang 2021, Confident Learning, JAIR 70; rounding as in cleanlab',
  unit: 'rows',
  splits: 'open',
  needs: ['label'],
  fields: {
    probabilities: {
      kind: 'objects',
      min: 2,
      max: 1_000,
      required: true,
      description: 'The column of each class of the label.',
      fields: {
        class: { kind: 'text', required: true, description: 'A value of the label, as text.' },
        column: { kind: 'text', required: true, description: 'The column with its probability.' },
      },
    },
  },
  fit(context) {
    const { parameters, version } = context;
    const columns = parameters.probabilities.map(({ column }, i) =>
      columnNamed(context, `probabilities[${i}].column`, column, isNumeric, 'a column of numbers'),
    );
    return {
      parameters: {
        probabilities: [...parameters.probabilities].sort((a, b) => (a.class < b.class ? -1 : 1)),
      },
      reads: [
        ...columns.flatMap((column) => column?.name ?? []),
        ...version.columns.filter(({ role }) => role === 'label').map(({ name }) => name),
      ],
    };
  },
};
