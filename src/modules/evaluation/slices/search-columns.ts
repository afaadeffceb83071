import type { DatasetColumn, DatasetSchema } from '../../datasets/index.js';

/** What a slice may be made of: not what names a row, an entity or a time, and not what is to be predicted. */
export const SEARCHED_ROLES: readonly DatasetColumn['role'][] = ['feature', 'protected'];
const SEARCHED_TYPES: readonly DatasetColumn['type'][] = ['int64', 'double', 'text', 'boolean'];

/** The columns that can be searched, or those of them that are named. */
export function searchColumns(
  { columns }: Pick<DatasetSchema, 'columns'>,
  named: readonly string[] | null = null,
): DatasetColumn[] {
  return columns.filter(
    ({ name, role, type }) =>
      SEARCHED_ROLES.includes(role) && SEARCHED_TYPES.includes(type) && (named?.includes(name) ?? true),
  );
}
