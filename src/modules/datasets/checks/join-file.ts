import type { ColumnType } from '../../../domain/canonical/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import { openPredictions, unreadable } from '../predictions/read-predictions.js';
import { numberOf } from './load-rows.js';

/** What a check reads beside its version. */
export interface ScannedFile {
  path: string;
  key: { name: string; type: ColumnType };
}

/**
 * Table `given`: the key as text as `rows` has it, and the named columns of a file as doubles f0, f1, ... For the one split of `rows`.
 * Throws CHECK_FILE_COLUMNS, CHECK_FILE_KEYS and what `openPredictions` throws.
 */
export async function loadFile(
  db: DuckSession,
  { path, key }: ScannedFile,
  split: string,
  columns: readonly string[],
): Promise<void> {
  const file = await openPredictions(db, path, split);
  const missing = [key.name, ...columns].filter((name) => !file.header.includes(name));
  if (missing.length > 0)
    throw new InvalidInputError(
      'CHECK_FILE_COLUMNS',
      `the file for ${split} has no column ${missing.slice(0, 5).join(', ')}; found ${file.header.slice(0, 20).join(', ')}`,
      { remedy: 'Send a file with the key column and those that the parameters name.' },
    );
  const values = columns.map((name, i) => `${file.value('double', name)} AS f${i}`);
  try {
    await db.run(
      `CREATE TABLE given AS SELECT CAST(${file.value(key.type, key.name)} AS VARCHAR) AS key, ${values.join(', ')} FROM ${file.from}`,
    );
  } catch (error) {
    throw unreadable(error, split);
  }
  const read = await numberOf(db, 'SELECT count(*)::DOUBLE AS n FROM given');
  const there = (await file.rows) ?? read;
  const count = (sql: string) => numberOf(db, `SELECT count(*)::DOUBLE AS n FROM (${sql})`);
  const twice = await count('SELECT key FROM given WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1');
  const without = await count('FROM rows ANTI JOIN given ON rows.key = given.key');
  const nobody = await count('FROM given ANTI JOIN rows ON rows.key = given.key');
  if (there !== read || twice > 0 || without > 0 || nobody > 0)
    throw new InvalidInputError(
      'CHECK_FILE_KEYS',
      `the file for ${split} has ${there} rows: ${without} rows of the split are not in it, ${nobody} of its rows are none of the split, ${twice} keys stand more than once`,
      { remedy: 'Send a row for each row of the split, named by its key.' },
    );
}
