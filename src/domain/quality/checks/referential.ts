import { invalid, shown } from '../../policy/policy-problem.js';
import type { CheckDefinition } from '../check-definition.js';
import { columnNamed } from '../fit-columns.js';

export interface ReferentialParameters {
  column: string;
  datasetVersion: string;
  inColumn?: string;
  inSplits?: string[];
}

/** Values that name nothing. */
export const referential: CheckDefinition<ReferentialParameters> = {
  id: 'referential',
  version: 1,
  description:
    'Rows whose value of a column does not stand in a column of another dataset version. Both columns are of one type. An empty cell refers to nothing, and does not fail: `notNull` is a rule of its own.',
  source: 'ISO/IEC 9075-2, referential constraints (foreign keys, MATCH SIMPLE)',
  unit: 'rows',
  splits: 'each',
  needs: [],
  fields: {
    column: { kind: 'text', required: true, description: 'The column that refers.' },
    datasetVersion: {
      kind: 'text',
      pattern: /^[^@\s]+@[1-9][0-9]{0,8}$/,
      form: 'NAME@VERSION: a version that does not change',
      required: true,
      description: 'The version that is referred to, NAME@VERSION.',
    },
    inColumn: { kind: 'text', description: 'Its column. Default: the one of the same name.' },
    inSplits: {
      kind: 'texts',
      min: 1,
      max: 50,
      description: 'Its splits, all together. Default: every one.',
    },
  },
  fit(context) {
    const { column, datasetVersion, inColumn = column, inSplits } = context.parameters;
    const found = columnNamed(context, 'column', column);
    return {
      parameters: { column, datasetVersion, inColumn, ...(inSplits && { inSplits }) },
      reads: found ? [found.name] : [],
    };
  },
  other: ({ datasetVersion, inSplits }) => ({ ref: datasetVersion, splits: inSplits ?? null }),
  fitOther({ parameters, version, path, problems }, other) {
    const { column, inColumn, inSplits } = parameters;
    const own = version.columns.find(({ name }) => name === column)!;
    const found = columnNamed({ version: other, path, problems }, 'inColumn', inColumn!);
    if (found && found.type !== own.type)
      problems.push(
        invalid(
          `${path}.inColumn`,
          `${shown(inColumn)} of type ${found.type}`,
          `a column of type ${own.type}`,
        ),
      );
    const names = other.splits.map(({ name }) => name);
    inSplits?.forEach((name, i) => {
      if (!names.includes(name))
        problems.push(invalid(`${path}.inSplits[${i}]`, shown(name), `one of ${names.join(', ')}`));
    });
    const sealed = other.splits.filter((split) => split.sealed && (inSplits ?? names).includes(split.name));
    if (found?.role === 'label' && sealed.length > 0)
      problems.push(
        invalid(
          `${path}.inColumn`,
          `a label that is sealed in ${sealed[0]!.name}`,
          'open splits, or another column',
        ),
      );
  },
};
