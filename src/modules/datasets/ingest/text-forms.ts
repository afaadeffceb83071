import type { ColumnType } from '../../../domain/canonical/index.js';
import { type DuckSession, inQueries } from '../../../platform/duckdb/index.js';
import { columnAt, type RowsFile } from './rows-file.js';

/**
 * How many texts of a column have a form that is seen without reading each of them here. Of values and NULs all are counted; of the others
 * at least so many have the form: what is not asked about a column that is known by one form is left at 0.
 */
export interface TextForms {
  /** Non-null ones. */
  values: number;
  /** Of them, integers of up to 18 digits: int64 for certain. */
  integers: number;
  /** Numbers of up to 15 digits before the point and exponents of up to two: doubles for certain. Integers of 15 digits are among them. */
  decimals: number;
  booleans: number;
  /** Days that are written as DuckDB writes them, of years of four digits. */
  dates: number;
  /** What no type but text has. */
  others: number;
  /** With a NUL: no type has them. */
  nuls: number;
}

type Form = keyof TextForms | 'short';

const FORMS: Record<Form, (column: string) => string> = {
  values: (column) => `count(${column})`,
  // Of up to 15 digits: both integers and decimals.
  short: (column) => `count_if(regexp_full_match(${column}, '-?(?:0|[1-9][0-9]{0,14})'))`,
  integers: (column) => `count_if(regexp_full_match(${column}, '-?(?:0|[1-9][0-9]{0,17})'))`,
  decimals: (column) =>
    `count_if(regexp_full_match(${column}, '-?(?:0|[1-9][0-9]{0,14})(?:\\.[0-9]{0,200})?(?:[eE][-+]?[0-9]{1,2})?'))`,
  booleans: (column) => `count_if(${column} IN ('true', 'false'))`,
  dates: (column) =>
    `count_if(strlen(${column}) = 10 AND CAST(TRY_CAST(${column} AS DATE) AS VARCHAR) = ${column})`,
  // Numbers, NaN, inf, booleans, days and times begin with these.
  others: (column) => `count_if(${column} = '' OR NOT regexp_matches(${column}, '^[-.0-9tfNnIi]'))`,
  nuls: (column) => `count_if(contains(${column}, chr(0)))`,
};
const NAMES = ['values', 'integers', 'decimals', 'booleans', 'dates', 'others', 'nuls'] as const;
const NOTHING = Object.fromEntries(NAMES.map((name) => [name, 0])) as unknown as TextForms;
/** Where all values of the first rows have one of these forms, the others are asked about that one alone. */
const ALONE = ['short', 'decimals', 'booleans', 'dates'] as const;
const FIRST_ROWS = 2048;

/** The forms of the columns `indexes` of a rows file, in their order. */
export async function textForms(
  db: DuckSession,
  file: Pick<RowsFile, 'from' | 'rows'>,
  indexes: readonly number[],
): Promise<TextForms[]> {
  const found: TextForms[] = [];
  for (const some of inQueries(indexes))
    found.push(...(file.rows > FIRST_ROWS ? await formsOf(db, file, some) : await allForms(db, file, some)));
  return found;
}

/** As `allForms`: a guess by the first rows says what to ask of all; where it fails, everything is asked. */
async function formsOf(
  db: DuckSession,
  { from }: Pick<RowsFile, 'from'>,
  indexes: readonly number[],
): Promise<TextForms[]> {
  const few = `(SELECT ${indexes.map(columnAt).join(', ')} FROM ${from} LIMIT ${FIRST_ROWS})`;
  const guesses = (await count(db, few, indexes, () => ['short', ...NAMES])).map(guessed);
  const told = await count(db, from, indexes, (i) => guesses[i]!.asked);
  const found = told.map((forms, i) => guesses[i]!.concluded(forms));
  const open = indexes.filter((_, i) => found[i] === undefined);
  const rest = open.length === 0 ? [] : await allForms(db, { from }, open);
  return found.map((forms) => forms ?? rest.shift()!);
}

interface Guess {
  asked: readonly Form[];
  /** What follows of the whole column; undefined where the guess was wrong. */
  concluded(told: Counts): TextForms | undefined;
}

function guessed(first: Counts): Guess {
  // One text that is no other type decides.
  if (first.others > 0)
    return {
      asked: ['values', 'nuls'],
      concluded: ({ values, nuls }) => ({ ...NOTHING, values, nuls, others: first.others }),
    };
  const form = ALONE.find((each) => first.values > 0 && first[each] === first.values);
  if (form === undefined) return { asked: [], concluded: () => undefined };
  return {
    asked: ['values', form],
    concluded: ({ values, [form]: all }) => {
      if (all !== values) return undefined;
      return form === 'short'
        ? { ...NOTHING, values, integers: values, decimals: values }
        : { ...NOTHING, values, [form]: values };
    },
  };
}

async function allForms(
  db: DuckSession,
  { from }: Pick<RowsFile, 'from'>,
  indexes: readonly number[],
): Promise<TextForms[]> {
  const counts = await count(db, from, indexes, () => NAMES);
  return counts.map(({ short: _, ...forms }) => forms);
}

type Counts = Record<Form, number>;

/** So many texts of each column have the forms that are asked; 0 of those that are not. */
async function count(
  db: DuckSession,
  from: string,
  indexes: readonly number[],
  asked: (i: number) => readonly Form[],
): Promise<Counts[]> {
  const list = indexes.flatMap((index, i) =>
    asked(i).map((form) => `${FORMS[form](columnAt(index))}::DOUBLE AS ${form}${i}`),
  );
  const [row] =
    list.length === 0 ? [] : await db.rows<Record<string, number>>(`SELECT ${list.join(', ')} FROM ${from}`);
  return indexes.map((_, i) => {
    const counts = { ...NOTHING, short: 0 };
    for (const form of asked(i)) counts[form] = row![`${form}${i}`]!;
    return counts;
  });
}

export function addForms(a: TextForms, b: TextForms): TextForms {
  return Object.fromEntries(NAMES.map((name) => [name, a[name] + b[name]])) as unknown as TextForms;
}

/** Whether all texts are of a type; false where each has to be asked. */
export function surelyFits(type: ColumnType, forms: TextForms): boolean {
  const { values, integers, decimals, booleans, dates, nuls } = forms;
  if (nuls > 0) return false;
  if (values === 0 || type === 'text') return true;
  if (type === 'int64') return integers === values;
  if (type === 'double') return decimals === values;
  if (type === 'date') return dates === values;
  return type === 'boolean' && booleans === values;
}

/** What `TypeInference` finds in the texts: null where there is none, undefined where each has to be asked. */
export function surelyType(forms: TextForms): ColumnType | null | undefined {
  const { values, others, nuls } = forms;
  if (nuls > 0) return undefined;
  if (values === 0) return null;
  if (others > 0) return 'text';
  return (['int64', 'double', 'boolean', 'date'] as const).find((type) => surelyFits(type, forms));
}
