import type { DuckSession } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import { SPLIT_ROLES } from '../split-role.js';
import { columnAt, type RowsFile } from './rows-file.js';
import { comparable, typed } from './typed-sql.js';

const SHOWN = 5;

/** Key and label column with their place in the rows files; null where the push names none. */
export interface RoleColumns {
  key: (DatasetColumn & { index: number }) | null;
  label: (DatasetColumn & { index: number }) | null;
}

export function roleColumns(columns: readonly DatasetColumn[]): RoleColumns {
  const find = (role: DatasetColumn['role']) => {
    const index = columns.findIndex((column) => column.role === role);
    return index < 0 ? null : { ...columns[index]!, index };
  };
  return { key: find('key'), label: find('label') };
}

/** Each row of a split has one key of its own, and a label where models are judged by it. */
export async function checkRows(db: DuckSession, file: RowsFile, { key, label }: RoleColumns): Promise<void> {
  if (key) {
    if (key.type === 'double' || key.type === 'boolean') {
      throw new InvalidInputError(
        'KEY_TYPE',
        `the key ${JSON.stringify(key.name)} is of type ${key.type}; expected int64, text, date or timestamp`,
        {
          remedy: `Keys are compared exactly: declare ${JSON.stringify(key.name)} as text, or name another key.`,
        },
      );
    }
    await refuseNulls(db, file, key, 'KEY_NULL', 'Give every row a key.');
    await refuseDuplicates(db, file, key);
  }
  if (label && (file.split.sealed || SPLIT_ROLES[file.split.role].evaluated)) {
    await refuseNulls(
      db,
      file,
      label,
      'LABEL_NULL',
      'Models are judged on this split: give every row a label, or leave it out.',
    );
  }
}

async function refuseNulls(
  db: DuckSession,
  { from, split }: RowsFile,
  column: DatasetColumn & { index: number },
  code: string,
  remedy: string,
): Promise<void> {
  const [found] = await db.rows<{ count: number; first: number[] }>(
    `SELECT count(*)::DOUBLE AS count, coalesce(min(row::DOUBLE, ${SHOWN}), []) AS first FROM ${from} WHERE ${columnAt(column.index)} IS NULL`,
  );
  if (!found || found.count === 0) return;
  throw new InvalidInputError(
    code,
    `split ${split.name}: ${column.role} ${JSON.stringify(column.name)} is empty in ${found.count} rows; the first are rows ${found.first.join(', ')}`,
    { remedy, split: split.name, column: column.name, count: found.count, rows: found.first },
  );
}

async function refuseDuplicates(
  db: DuckSession,
  { from, split }: RowsFile,
  key: DatasetColumn & { index: number },
): Promise<void> {
  const [value, text] = [typed(key.type, columnAt(key.index)), comparable(key.type, columnAt(key.index))];
  // Counts of all keys spill to disk where lists of their rows would not: rows are listed of the few keys that are shown.
  const found = await db.rows<{ key: string; rows: number[]; keys: number; surplus: number }>(
    `WITH repeated AS (SELECT ${value} AS value, min(row) AS first, count(*) AS n FROM ${from} GROUP BY value HAVING n > 1),
       shown AS (SELECT *, count(*) OVER () AS keys, sum(n - 1) OVER () AS surplus FROM repeated ORDER BY first LIMIT ${SHOWN})
     SELECT any_value(${text}) AS key, min(row::DOUBLE, ${SHOWN}) AS rows, any_value(keys)::DOUBLE AS keys, any_value(surplus)::DOUBLE AS surplus
     FROM ${from} JOIN shown ON shown.value = ${value} GROUP BY shown.first ORDER BY shown.first`,
  );
  const [first] = found;
  if (!first) return;
  const shown = found
    .map(({ key: value, rows }) => `${JSON.stringify(value.slice(0, 100))} in rows ${rows.join(', ')}`)
    .join('; ');
  throw new InvalidInputError(
    'KEY_DUPLICATED',
    `split ${split.name}: ${first.keys} keys of ${JSON.stringify(key.name)} stand in more than one row (${first.surplus} rows too many): ${shown}`,
    {
      remedy: 'Give every row a key of its own within its split.',
      split: split.name,
      column: key.name,
      count: first.keys,
      keys: found.map(({ key: value, rows }) => ({ key: value.slice(0, 100), rows })),
    },
  );
}
