import { type ColumnType } from '../../../domain/canonical/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import { ColumnPass } from './column-pass.js';
import { columnAt, type RowsFile } from './rows-file.js';
import { textForms } from './text-forms.js';

/**
 * The type of each column over every value of every split; a declared type skips inference and is checked instead, and so is the type
 * that a file gives where it holds values that are none of it. Throws DATASET_TYPE_MISMATCH with the first value that does not fit
 * (not the value of a sealed split's label), DATASET_TYPES_DIFFER.
 */
export async function inferColumns(
  db: DuckSession,
  files: readonly RowsFile[],
  columns: readonly string[],
  declared: Readonly<Record<string, ColumnType>>,
  label: string | null,
): Promise<ColumnType[]> {
  const passes = columns.map(
    (name, i) =>
      new ColumnPass(name, i, Object.hasOwn(declared, name) ? declared[name] : undefined, name === label),
  );
  await readAll(db, files, passes);
  const types = passes.map((each) => each.finish(files));
  // Integers of one file that are doubles beside another's have not been asked about yet.
  const widened = passes.flatMap((each) => each.widened ?? []);
  await readAll(db, files, widened);
  widened.forEach((each) => each.finish(files));
  return types;
}

/** What SQL tells of a column for certain need not be read text by text. */
async function readAll(
  db: DuckSession,
  files: readonly RowsFile[],
  passes: readonly ColumnPass[],
): Promise<void> {
  for (const file of files) {
    const asked = passes.filter((each) => each.wants(file));
    const forms = await textForms(
      db,
      file,
      asked.map(({ index }) => index),
    );
    asked.forEach((each, i) => each.know(file, forms[i]!));
  }
  for (const file of files) {
    await pass(
      db,
      file,
      passes.filter((each) => each.mustRead(file)),
    );
  }
}

async function pass(db: DuckSession, file: RowsFile, passes: readonly ColumnPass[]): Promise<void> {
  if (passes.length === 0) return;
  const list = passes.map(({ index }) => columnAt(index)).join(', ');
  let first = 1;
  for await (const chunk of db.columns(`SELECT ${list} FROM ${file.from}`)) {
    passes.forEach((each, i) => each.add(chunk.column(i) as (string | null)[], file, first));
    first += chunk.rowCount;
  }
}
