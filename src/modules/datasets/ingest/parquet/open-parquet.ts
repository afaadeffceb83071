import type { ColumnType } from '../../../../domain/canonical/index.js';
import { type DuckSession, identifier, rowsOfParquet } from '../../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../../platform/errors/index.js';
import type { SplitPlan } from '../../push-plan.js';
import type { OpenedSplit } from '../opened-split.js';
import { type RowsFile, writeRows } from '../rows-file.js';
import { checkTexts } from './check-texts.js';
import { type ParquetColumn, parquetColumns } from './parquet-columns.js';
import { namedType, parquetError, unsupportedType } from './parquet-error.js';
import { parquetText, type ParquetText } from './parquet-type.js';

/** Open a Parquet file. Throws PARQUET_*, TOO_MANY_COLUMNS, COLUMN_NAME_*, DECOMPRESSED_TOO_LARGE, NUL_CHARACTER, SPLIT_EMPTY. */
export async function openParquet(
  db: DuckSession,
  path: string,
  split: SplitPlan,
  declared: Readonly<Record<string, ColumnType>>,
  maxBytes: number,
): Promise<OpenedSplit> {
  const told = <T>(reading: Promise<T>): Promise<T> =>
    reading.catch((error: unknown) => {
      throw parquetError(error, split.name);
    });
  const columns = await told(parquetColumns(db, path, split.name, maxBytes));
  const texts = new Map(
    columns.map((column) => [column.name, textOf(column, Object.hasOwn(declared, column.name), split.name)]),
  );
  return {
    names: columns.map(({ name }) => name),
    read: (names) =>
      told(
        readParquet(
          db,
          path,
          split,
          columns,
          names.map((name) => texts.get(name)!),
          maxBytes,
        ),
      ),
  };
}

async function readParquet(
  db: DuckSession,
  path: string,
  split: SplitPlan,
  columns: readonly ParquetColumn[],
  texts: readonly ParquetText[],
  maxBytes: number,
): Promise<RowsFile> {
  const source = rowsOfParquet(path);
  await checkTexts(db, source, columns, split.name, maxBytes);
  const file = await writeRows(
    db,
    split,
    texts.map(({ sql }) => sql),
    source,
  );
  return { ...file, given: texts.map(({ given }) => given) };
}

function textOf({ name, type }: ParquetColumn, isDeclared: boolean, split: string): ParquetText {
  const text = parquetText(type, identifier(name), isDeclared);
  if (text) return text;
  if (type.startsWith('DECIMAL(')) {
    throw new InvalidInputError(
      'PARQUET_DECIMAL',
      `${namedType(split, name, type)}, which is neither double nor text`,
      {
        remedy: `Declare it: double takes the nearest double of each, text keeps every digit (--type '${name}=text').`,
        split,
        column: name,
      },
    );
  }
  throw unsupportedType(split, name, type);
}
