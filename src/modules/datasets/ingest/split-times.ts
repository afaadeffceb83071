import { parseAs } from '../../../domain/canonical/index.js';
import { cutsByShares } from '../../../domain/splitting/index.js';
import { type DuckSession, literal } from '../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import { columnAt, type RowsFile } from './rows-file.js';
import { typed } from './typed-sql.js';
import { textOf } from './value-text.js';

export interface CutTimes {
  /** As `timeSql` has them, rising. */
  cuts: number[];
  /** As they can be given again. */
  texts: string[];
}

/** A text column of times or numbers as a double that is later where the time is: dates and timestamps in microseconds. */
export function timeSql({ type }: Pick<DatasetColumn, 'type'>, column: string): string {
  return ['date', 'timestamp', 'timestamp_naive'].includes(type)
    ? `epoch_us(${typed(type, column)})::DOUBLE`
    : `CAST(${typed(type, column)} AS DOUBLE)`;
}

/** Throws SPLIT_CUTS_INVALID. */
export function requireTimes({ name, type }: DatasetColumn): void {
  if (type === 'text' || type === 'boolean')
    throw cutsInvalid(name, `it is of type ${type}; expected date, timestamp or a number`);
}

/** Where splits begin: at the cuts that are given (texts), or where shares (numbers) end. Throws SPLIT_CUTS_INVALID. */
export async function cutTimes(
  db: DuckSession,
  whole: RowsFile,
  column: DatasetColumn & { index: number },
  times: Float64Array,
  parts: readonly (string | number)[],
): Promise<CutTimes> {
  const { name } = column;
  if (!times.every(Number.isFinite)) throw cutsInvalid(name, 'it has values that are not finite');
  const given = parts.filter((part) => typeof part === 'string');
  if (given.length > 0) {
    const cuts: number[] = [];
    for (const text of given) cuts.push(await timeOf(db, column, text));
    if (cuts.some((cut, i) => i > 0 && cut <= cuts[i - 1]!)) throw cutsInvalid(name, 'cuts must rise');
    return { cuts, texts: given };
  }
  const cuts = cutsByShares(times, parts as number[]);
  const texts: string[] = [];
  for (const cut of cuts) texts.push(await textAt(db, whole, column, cut));
  return { cuts, texts };
}

async function timeOf(db: DuckSession, { name, type }: DatasetColumn, text: string): Promise<number> {
  try {
    parseAs(type, text);
  } catch {
    throw cutsInvalid(name, `the cut ${JSON.stringify(text.slice(0, 100))} is no value of type ${type}`);
  }
  const [found] = await db.rows<{ time: number }>(`SELECT ${timeSql({ type }, literal(text))} AS time`);
  return found!.time;
}

async function textAt(
  db: DuckSession,
  whole: RowsFile,
  column: DatasetColumn & { index: number },
  time: number,
): Promise<string> {
  const at = columnAt(column.index);
  const [found] = await db.rows<{ text: string }>(
    `SELECT ${textOf(column.type, `min(${typed(column.type, at)})`)} AS text FROM ${whole.from} WHERE ${timeSql(column, at)} = ${time}::DOUBLE`,
  );
  return found!.text;
}

const cutsInvalid = (column: string, what: string) =>
  new InvalidInputError('SPLIT_CUTS_INVALID', `splits by time of ${JSON.stringify(column)}: ${what}`, {
    remedy:
      'Split by a column of dates, timestamps or numbers, with rising cuts that are written as it writes them.',
    column,
  });
