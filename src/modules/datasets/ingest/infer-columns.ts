import { expectationOf, parseAs, TypeInference, type ColumnType } from '../../../domain/canonical/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import { columnAt, type RowsFile } from './rows-file.js';

interface Misfits {
  type: ColumnType;
  count: number;
  split: RowsFile['split'];
  row: number;
  value: string;
}

/**
 * The type of each column over every value of every split; a declared type skips inference and is checked instead.
 * Throws DATASET_TYPE_MISMATCH with the first value that does not fit (not the value of a sealed split's label).
 */
export async function inferColumns(
  db: DuckSession,
  files: readonly RowsFile[],
  columns: readonly string[],
  declared: Readonly<Record<string, ColumnType>>,
  label: string | null,
): Promise<ColumnType[]> {
  const passes = columns.map(
    (name) => new ColumnPass(Object.hasOwn(declared, name) ? declared[name] : undefined),
  );
  const list = columns.map((_, i) => columnAt(i)).join(', ');
  for (const file of files) {
    let first = 1;
    for await (const chunk of db.columns(`SELECT ${list} FROM ${file.from}`)) {
      passes.forEach((pass, i) => pass.add(chunk.column(i) as (string | null)[], file, first, columns[i]!));
      first += chunk.rowCount;
    }
  }
  return passes.map((pass, i) => pass.finish(columns[i]!, label));
}

class ColumnPass {
  private readonly inference = new TypeInference();
  private misfits?: Misfits;

  constructor(private readonly declared: ColumnType | undefined) {}

  add(values: readonly (string | null)[], file: RowsFile, first: number, name: string): void {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value?.includes('\0')) throw nul(name, file, first + i);
      if (this.declared === undefined) this.inference.add(value);
      else if (value !== null && !fits(this.declared, value))
        this.misfit(this.declared, value, file, first + i);
    }
  }

  finish(name: string, label: string | null): ColumnType {
    if (this.misfits) throw mismatch(name, this.misfits, name === label);
    return this.declared ?? this.inference.finish().type;
  }

  private misfit(type: ColumnType, value: string, file: RowsFile, row: number): void {
    if (this.misfits) this.misfits.count += 1;
    else this.misfits = { type, count: 1, split: file.split, row, value };
  }
}

function fits(type: ColumnType, text: string): boolean {
  try {
    parseAs(type, text);
    return true;
  } catch {
    return false;
  }
}

function mismatch(
  column: string,
  { type, count, split, row, value }: Misfits,
  isLabel: boolean,
): InvalidInputError {
  const found =
    split.sealed && isLabel
      ? 'a value (not shown: the split is sealed)'
      : JSON.stringify(value.slice(0, 100));
  const more = count > 1 ? `, the first of ${count} such values` : '';
  return new InvalidInputError(
    'DATASET_TYPE_MISMATCH',
    `split ${split.name}, row ${row}, column ${JSON.stringify(column)}: found ${found}${more}; expected ${expectationOf(type)}`,
    {
      remedy: `Correct the file, or declare ${JSON.stringify(column)} as text.`,
      split: split.name,
      row,
      column,
      count,
    },
  );
}

function nul(column: string, file: RowsFile, row: number): InvalidInputError {
  return new InvalidInputError(
    'CSV_ENCODING',
    `split ${file.split.name}, row ${row}, column ${JSON.stringify(column)}: found a NUL character; expected text in UTF-8`,
    {
      remedy: 'Save the file as CSV in UTF-8 (UTF-16 shows up like this).',
      split: file.split.name,
      row,
      column,
    },
  );
}
