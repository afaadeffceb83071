import { join } from 'node:path';
import type { ColumnType } from '../../../../domain/canonical/index.js';
import type { DuckSession } from '../../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../../platform/errors/index.js';
import type { SplitPlan } from '../../push-plan.js';
import { type GivenType, NOT_GIVEN } from '../given-type.js';
import type { OpenedSplit } from '../opened-split.js';
import { csvSource, writeRows } from '../rows-file.js';
import { jsonLinesToCsv } from './json-lines-to-csv.js';
import { KIND, type JsonColumn } from './json-row.js';

/** Read a file of JSON lines; its rows wait as CSV in the session's scratch folder. Throws what `jsonLinesToCsv` does, JSONL_MIXED_TYPES. */
export async function openJsonLines(
  db: DuckSession,
  path: string,
  split: SplitPlan,
  declared: Readonly<Record<string, ColumnType>>,
): Promise<OpenedSplit> {
  const csv = join(db.scratch, `jsonl-${split.name}.csv`);
  const { columns, rows } = await jsonLinesToCsv(path, csv, split.name);
  const given = new Map(
    columns.map((column) => [
      column.name,
      Object.hasOwn(declared, column.name) ? NOT_GIVEN : givenBy(column, split.name),
    ]),
  );
  const names = columns.map(({ name }) => name);
  return {
    names,
    async read(order) {
      const texts = order.map((name) => `f${names.indexOf(name)}`);
      const file = await writeRows(db, split, texts, csvSource(csv, names.length, { header: false }));
      if (file.rows !== rows) throw new Error(`${rows} rows of JSON became ${file.rows} of CSV`);
      return { ...file, given: order.map((name) => given.get(name)!) };
    },
  };
}

const WORDS: [kind: number, word: string][] = [
  [KIND.number, 'a number'],
  [KIND.string, 'a text'],
  [KIND.boolean, 'true or false'],
];

function givenBy({ name, kinds, firstRows }: JsonColumn, split: string): GivenType {
  switch (kinds) {
    case 0:
      return NOT_GIVEN;
    case KIND.number:
      return { kind: 'digits' };
    case KIND.string:
      return { kind: 'strings' };
    case KIND.boolean:
      return { kind: 'typed', type: 'boolean' };
  }
  const found = WORDS.filter(([kind]) => firstRows.has(kind))
    .map(([kind, word]) => ({ word, row: firstRows.get(kind)! }))
    .sort((a, b) => a.row - b.row);
  const [first, other] = found;
  throw new InvalidInputError(
    'JSONL_MIXED_TYPES',
    `split ${split}, row ${other!.row}, column ${JSON.stringify(name)}: found ${other!.word}; row ${first!.row} has ${first!.word}`,
    {
      remedy: `Write all its values alike, or declare the type of ${JSON.stringify(name)}: each value is then read as its text.`,
      split,
      row: other!.row,
      column: name,
    },
  );
}
