import { compareNames, fieldsOf, textOfField } from '../../../domain/canonical/index.js';
import type { DatasetColumn, DatasetSchema } from '../dataset-version.js';
import type { RowPair } from './merge-rows.js';

/** A value before and after, as texts of a CSV file; null is a missing value, or no row or column on that side. */
export interface CellChange {
  column: string;
  before: string | null;
  after: string | null;
}

export interface RowChange {
  change: 'added' | 'removed' | 'changed';
  /** Null without a key column. */
  key: string | null;
  /** How often; more than once only without a key. */
  count: number;
  /** Of a changed row the cells that differ, else all. Never a sealed label. */
  cells: CellChange[];
}

/** Columns of a side, in the order of their names, as its rows hold them. */
export type ShownColumns = readonly DatasetColumn[];

/** All but the label where the split is sealed: what it holds of that says nothing without the commitment key. */
export function shownColumns({ columns }: DatasetSchema, sealed: boolean): DatasetColumn[] {
  return columns
    .filter(({ role }) => !(sealed && role === 'label'))
    .sort((a, b) => compareNames(a.name, b.name));
}

/** Whether rows of equal bytes are equal rows. */
export function sameColumns(before: ShownColumns, after: ShownColumns): boolean {
  return (
    before.length === after.length &&
    before.every(({ name, type }, i) => after[i]!.name === name && after[i]!.type === type)
  );
}

/** Says of a pair of rows what differs; null where nothing that is shown does. */
export class RowComparer {
  private readonly common: { name: string; before: number; after: number; sameType: boolean }[];

  constructor(
    private readonly before: ShownColumns,
    private readonly after: ShownColumns,
    private readonly keyed: boolean,
  ) {
    this.common = before.flatMap(({ name, type }, i) => {
      const at = after.findIndex((column) => column.name === name);
      return at < 0 ? [] : [{ name, before: i, after: at, sameType: after[at]!.type === type }];
    });
  }

  compare({ order, before, after, count }: RowPair): RowChange | null {
    const key = this.keyed ? textOfField(order) : null;
    if (before && after) {
      const cells = this.cells(fieldsOf(before), fieldsOf(after));
      return cells.length === 0 ? null : { change: 'changed', key, count, cells };
    }
    const [row, columns] = before ? [before, this.before] : [after!, this.after];
    const fields = fieldsOf(row);
    const cells = columns.map(({ name: column }, i) => {
      const text = textOfField(fields[i]!);
      return before ? { column, before: text, after: null } : { column, before: null, after: text };
    });
    return { change: before ? 'removed' : 'added', key, count, cells };
  }

  private cells(before: readonly Buffer[], after: readonly Buffer[]): CellChange[] {
    const cells: CellChange[] = [];
    for (const { name, sameType, ...at } of this.common) {
      const [a, b] = [before[at.before]!, after[at.after]!];
      if (a.equals(b)) continue;
      const cell = { column: name, before: textOfField(a), after: textOfField(b) };
      // Of another type the bytes differ where the value is the same.
      if (sameType || cell.before !== cell.after) cells.push(cell);
    }
    return cells;
  }
}
