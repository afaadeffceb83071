import type { DuckSession } from '../../../platform/duckdb/index.js';
import { ConflictError, InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import { columnAt, type RowsFile } from '../ingest/rows-file.js';
import { comparable } from '../ingest/typed-sql.js';
import { lookupOf } from './subject-keys.js';

const SHOWN = 5;

/** Whom the rows of one split are about. */
export interface SubjectsOfSplit {
  split: string;
  /** 32 bytes each. */
  lookups: Buffer[];
  /** Rows of each, in the same order. */
  rows: number[];
}

export interface ReadSubjects {
  column: string;
  splits: SubjectsOfSplit[];
  /** Rows in which the column is empty. */
  rowsWithout: number;
}

/** Under which key subjects are looked up, and the lookups, hexadecimal, of those whose consent was withdrawn. */
export interface SubjectTerms {
  key: Uint8Array;
  withdrawn: ReadonlySet<string>;
}

/**
 * Each subject that a column names, as its lookup, with how many rows each split has of it: the names themselves go nowhere.
 * Throws SUBJECT_TYPE, and SUBJECT_WITHDRAWN with the numbers of rows.
 */
export async function readSubjects(
  db: DuckSession,
  files: readonly RowsFile[],
  columns: readonly DatasetColumn[],
  column: string,
  { key, withdrawn }: SubjectTerms,
): Promise<ReadSubjects> {
  const index = columns.findIndex(({ name }) => name === column);
  const { type } = columns[index]!;
  if (type !== 'int64' && type !== 'text') {
    throw new InvalidInputError(
      'SUBJECT_TYPE',
      `the subject column ${JSON.stringify(column)} is of type ${type}; expected int64 or text`,
      { remedy: `Subjects are compared exactly: declare ${JSON.stringify(column)} as text.`, column },
    );
  }
  const found: ReadSubjects = { column, splits: [], rowsWithout: 0 };
  // Lists of rows are wanted only where some may have to be refused.
  const first = withdrawn.size === 0 ? "''" : `array_to_string(min(row, ${SHOWN}), ',')`;
  for (const { from, split } of files) {
    const of: SubjectsOfSplit = { split: split.name, lookups: [], rows: [] };
    const refused: { rows: number; first: number[] }[] = [];
    const counts = `SELECT ${comparable(type, columnAt(index))} AS subject, count(*)::DOUBLE AS rows, ${first} AS first FROM ${from} GROUP BY ALL`;
    for await (const chunk of db.columns(counts)) {
      const [subjects, rows, firsts] = [chunk.texts(0), chunk.doubles(1), chunk.texts(2)];
      for (let i = 0; i < chunk.rowCount; i++) {
        const subject = subjects[i]!;
        if (subject === null) {
          found.rowsWithout += rows[i]!;
          continue;
        }
        const lookup = lookupOf(key, subject);
        if (withdrawn.has(lookup.toString('hex')))
          refused.push({ rows: rows[i]!, first: firsts[i]!.split(',').map(Number) });
        of.lookups.push(lookup);
        of.rows.push(rows[i]!);
      }
    }
    if (refused.length > 0) throw withdrawnRows(split.name, column, refused);
    found.splits.push(of);
  }
  return found;
}

function withdrawnRows(
  split: string,
  column: string,
  refused: readonly { rows: number; first: number[] }[],
): ConflictError {
  const count = refused.reduce((sum, { rows }) => sum + rows, 0);
  const rows = refused
    .flatMap(({ first }) => first)
    .sort((a, b) => a - b)
    .slice(0, SHOWN);
  return subjectWithdrawn(
    `split ${split}: ${count} rows are about ${refused.length === 1 ? 'a subject' : `${refused.length} subjects`} whose consent was withdrawn; the first are rows ${rows.join(', ')}`,
    { split, column, count, rows },
  );
}

export const subjectWithdrawn = (message: string, facts: object) =>
  new ConflictError('SUBJECT_WITHDRAWN', message, {
    remedy: 'Leave these rows out.',
    ...facts,
  });
