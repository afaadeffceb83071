import { invalid } from '../../policy/policy-problem.js';
import type { CheckDefinition } from '../check-definition.js';
import { columnNamed, isNumeric } from '../fit-columns.js';

/** Numbers far from the others of their column and split. */
export const outliers: CheckDefinition<{ columns?: string[]; fence: number }> = {
  id: 'outliers',
  version: 1,
  description:
    'Rows with a number further than `fence` interquartile ranges outside the quartiles of its column in the same split, or one that is not finite. A column whose quartiles are equal has no fences.',
  source: 'Tukey 1977, Exploratory Data Analysis: outer fences at 3 interquartile ranges',
  unit: 'rows',
  splits: 'each',
  needs: [],
  fields: {
    columns: {
      kind: 'texts',
      min: 1,
      max: 1_000,
      description: 'Columns of numbers. Default: every feature that is one.',
    },
    fence: { kind: 'number', above: 0, max: 1e6, default: 3, description: 'Interquartile ranges.' },
  },
  fit(context) {
    const { parameters, version, path, problems } = context;
    const named = parameters.columns?.flatMap(
      (name, i) => columnNamed(context, `columns[${i}]`, name, isNumeric, 'a column of numbers') ?? [],
    );
    const features = version.columns.filter((column) => column.role === 'feature' && isNumeric(column));
    const columns = (named ?? features).map(({ name }) => name);
    if (named === undefined && columns.length === 0)
      problems.push(invalid(`${path}.columns`, 'nothing, and no feature of numbers', 'a column of numbers'));
    return { parameters: { columns, fence: parameters.fence }, reads: columns };
  },
};
