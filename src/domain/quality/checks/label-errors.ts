import { invalid } from '../../policy/policy-problem.js';
import type { CheckDefinition } from '../check-definition.js';
import { columnNamed, isNumeric } from '../fit-columns.js';

export interface LabelErrorParameters {
  file?: string;
  probabilities: { class: string; column: string }[];
}

/** Labels that a model of the other rows contradicts. */
export const labelErrors: CheckDefinition<LabelErrorParameters> = {
  id: 'label-errors',
  version: 1,
  description:
    "Rows whose label is not the class that a model is confident of, by confident learning. The model's probabilities stand in columns of the version or of an uploaded file of predictions, one for each class, and come from a model that did not see the row.",
  source: 'Northcutt, Jiang and Chuang 2021, Confident Learning, JAIR 70; rounding as in cleanlab',
  unit: 'rows',
  splits: 'open',
  needs: ['label'],
  file: 'file',
  fields: {
    file: {
      kind: 'text',
      pattern: /^[0-9a-f]{64}$/,
      form: 'the SHA-256 of an uploaded file, 64 lowercase hexadecimal digits',
      description:
        'SHA-256 of a file with the key column and the columns of probabilities, a row for each of the split; whoever asks names its upload instead. Default: the columns of the version.',
    },
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
    const { parameters, version, splits, path, problems } = context;
    const { file } = parameters;
    if (file !== undefined && !version.columns.some(({ role }) => role === 'key'))
      problems.push(invalid(`${path}.file`, 'a version without a key', 'one whose rows a file can name'));
    if (file !== undefined && splits.length !== 1)
      problems.push(invalid('splits', `${splits.length} splits`, 'the one that the file is about'));
    const own = file === undefined ? parameters.probabilities : [];
    const columns = own.map(({ column }, i) =>
      columnNamed(context, `probabilities[${i}].column`, column, isNumeric, 'a column of numbers'),
    );
    return {
      parameters: {
        ...(file !== undefined && { file }),
        probabilities: [...parameters.probabilities].sort((a, b) => (a.class < b.class ? -1 : 1)),
      },
      reads: [
        ...columns.flatMap((column) => column?.name ?? []),
        ...version.columns.filter(({ role }) => role === 'label').map(({ name }) => name),
      ],
    };
  },
};
