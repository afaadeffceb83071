import { compareNames } from '../../../domain/canonical/index.js';
import type { DatasetSchema } from '../dataset-version.js';

/** How a column differs. `before` and `after` are its `TYPE ROLE`, or the type or role alone where only that changed. */
export interface ColumnChange {
  column: string;
  change: 'added' | 'removed' | 'type' | 'role';
  before: string | null;
  after: string | null;
}

/** What differs between two schemas, by the names of columns. Their order in the file is no difference. */
export function diffSchema(before: DatasetSchema, after: DatasetSchema): ColumnChange[] {
  const [old, now] = [before, after].map(({ columns }) => new Map(columns.map((each) => [each.name, each])));
  const names = [...new Set([...old!.keys(), ...now!.keys()])].sort(compareNames);
  return names.flatMap((column): ColumnChange[] => {
    const [a, b] = [old!.get(column), now!.get(column)];
    if (!a) return [{ column, change: 'added', before: null, after: `${b!.type} ${b!.role}` }];
    if (!b) return [{ column, change: 'removed', before: `${a.type} ${a.role}`, after: null }];
    const changes: ColumnChange[] = [];
    if (a.type !== b.type) changes.push({ column, change: 'type', before: a.type, after: b.type });
    if (a.role !== b.role) changes.push({ column, change: 'role', before: a.role, after: b.role });
    return changes;
  });
}
