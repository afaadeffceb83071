import { isNumber } from '../canonical/index.js';
import { invalid, shown } from '../policy/policy-problem.js';
import type { CheckContext, CheckedColumn } from './check-definition.js';

/** Types whose values are numbers. */
export function isNumeric({ type }: CheckedColumn): boolean {
  return isNumber(type);
}

/** The column of a name; a problem at `parameters.FIELD` where there is none, or one that does not fit. */
export function columnNamed(
  { version, path, problems }: Pick<CheckContext<unknown>, 'version' | 'path' | 'problems'>,
  field: string,
  name: string,
  fits: (column: CheckedColumn) => boolean = () => true,
  what = 'a column of the version',
): CheckedColumn | undefined {
  const column = version.columns.find((each) => each.name === name);
  if (column && fits(column)) return column;
  const candidates = version.columns.filter(fits).map((each) => each.name);
  const some = candidates.length > 12 ? [...candidates.slice(0, 12), '...'] : candidates;
  problems.push(
    invalid(
      `${path}.${field}`,
      shown(name),
      `${what}${some.length > 0 ? `: ${some.join(', ')}` : ', and there is none'}`,
    ),
  );
  return undefined;
}

/**
 * The columns by which rows are compared: all but the key, those to ignore, and the label where a split is sealed. In the order of
 * the schema.
 */
export function comparedColumns(context: CheckContext<{ ignore: string[] }>, withLabel = true): string[] {
  const { parameters, version, splits, path, problems } = context;
  parameters.ignore.forEach((name, i) => columnNamed(context, `ignore[${i}]`, name));
  const sealed = splits.some((split) => split.sealed);
  const compared = version.columns.filter(
    ({ name, role }) =>
      role !== 'key' && !parameters.ignore.includes(name) && (role !== 'label' || (withLabel && !sealed)),
  );
  if (compared.length === 0)
    problems.push(invalid(`${path}.ignore`, 'every column', 'a column that is left to compare'));
  return compared.map(({ name }) => name);
}

/** Names in one order, so that the same question is the same text. */
export const sorted = (names: readonly string[]): string[] => [...names].sort();
