import { invalid } from '../../policy/policy-problem.js';
import type { CheckDefinition } from '../check-definition.js';
import { columnNamed } from '../fit-columns.js';

/** Groups of which there are too few to say anything. */
export const representation: CheckDefinition<{ columns?: string[]; minRows: number }> = {
  id: 'representation',
  version: 1,
  description: 'Groups of a column with fewer than `minRows` rows in a split.',
  source: 'count of rows; 30 is a rule of thumb of textbooks for means, not a theorem',
  unit: 'groups',
  splits: 'each',
  needs: [],
  fields: {
    columns: {
      kind: 'texts',
      min: 1,
      max: 100,
      description: 'Columns whose values are groups. Default: the protected ones.',
    },
    minRows: {
      kind: 'integer',
      min: 1,
      max: 1_000_000_000,
      default: 30,
      description: 'Rows that each group must have.',
    },
  },
  fit(context) {
    const columns = groupColumns(context);
    return { parameters: { columns, minRows: context.parameters.minRows }, reads: columns };
  },
};

/** The named columns, or the protected ones. */
export function groupColumns(
  context: Parameters<CheckDefinition<{ columns?: string[] }>['fit']>[0],
): string[] {
  const { parameters, version, path, problems } = context;
  const named = parameters.columns?.flatMap((name, i) => columnNamed(context, `columns[${i}]`, name) ?? []);
  const columns = (named ?? version.columns.filter(({ role }) => role === 'protected')).map(
    ({ name }) => name,
  );
  if (named === undefined && columns.length === 0)
    problems.push(invalid(`${path}.columns`, 'nothing, and no protected column', 'a column'));
  return columns;
}
