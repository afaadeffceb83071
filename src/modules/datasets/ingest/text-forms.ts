import type { ColumnType } from '../../../domain/canonical/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import { columnAt, type RowsFile } from './rows-file.js';

/** How many texts of a column have a form that is seen without reading each of them here. */
export interface TextForms {
  /** Non-null ones. */
  values: number;
  /** Of them, integers of up to 18 digits: int64 for certain. */
  integers: number;
  /** Numbers of up to 15 digits before the point and exponents of two, those integers among them: doubles for certain. */
  decimals: number;
  booleans: number;
  dates: number;
  /** Moments in UTC, written with Z. */
  instants: number;
  /** Moments without a zone. */
  moments: number;
  /** What no type but text has. */
  others: number;
  /** With a NUL: no type has them. */
  nuls: number;
}

/** Days that there are, and those of the year 0000, which `matching` leaves out. */
const DAY = [
  '(?:[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)',
  '|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)',
].join('');
/** To the microsecond. */
const TIME = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?';

const matching = (column: string, pattern: string): string =>
  `count_if(regexp_full_match(${column}, '${pattern}') AND NOT starts_with(${column}, '0000'))`;

const FORMS: Record<keyof TextForms, (column: string) => string> = {
  values: (column) => `count(${column})`,
  integers: (column) => `count_if(regexp_full_match(${column}, '-?(?:0|[1-9][0-9]{0,17})'))`,
  decimals: (column) =>
    `count_if(regexp_full_match(${column}, '-?(?:0|[1-9][0-9]{0,14})(?:\\.[0-9]{0,200})?(?:[eE][-+]?[0-9]{1,2})?'))`,
  booleans: (column) => `count_if(${column} IN ('true', 'false'))`,
  dates: (column) => matching(column, DAY),
  instants: (column) => matching(column, `${DAY}[Tt ]${TIME}[Zz]`),
  moments: (column) => matching(column, `${DAY}[Tt ]${TIME}`),
  // Numbers, NaN, inf, booleans, days and times begin with these.
  others: (column) => `count_if(${column} = '' OR NOT regexp_matches(${column}, '^[-.0-9tfNnIi]'))`,
  nuls: (column) => `count_if(contains(${column}, chr(0)))`,
};
const NAMES = Object.keys(FORMS) as (keyof TextForms)[];
/** A query of thousands of columns takes longer to plan than to run. */
const AT_ONCE = 100;

/** The forms of columns of a rows file, in their order; of those whose type is known only what `surelyFits` asks of that type. */
export async function textForms(
  db: DuckSession,
  file: Pick<RowsFile, 'from'>,
  columns: readonly { index: number; type?: ColumnType }[],
): Promise<TextForms[]> {
  const found: TextForms[] = [];
  for (let start = 0; start < columns.length; start += AT_ONCE) {
    const some = columns.slice(start, start + AT_ONCE);
    const list = some.flatMap(({ index, type }, i) =>
      namesOf(type).map((name) => `${FORMS[name](columnAt(index))}::DOUBLE AS ${name}${i}`),
    );
    const [row] = await db.rows<Record<string, number>>(`SELECT ${list.join(', ')} FROM ${file.from}`);
    some.forEach((_, i) => {
      found.push(
        Object.fromEntries(NAMES.map((name) => [name, row![`${name}${i}`] ?? 0])) as unknown as TextForms,
      );
    });
  }
  return found;
}

function namesOf(type: ColumnType | undefined): (keyof TextForms)[] {
  if (type === undefined) return NAMES;
  return type === 'text' ? ['values', 'nuls'] : ['values', 'nuls', FORM_OF[type]];
}

export function addForms(a: TextForms, b: TextForms): TextForms {
  return Object.fromEntries(NAMES.map((name) => [name, a[name] + b[name]])) as unknown as TextForms;
}

const FORM_OF: Record<Exclude<ColumnType, 'text'>, keyof TextForms> = {
  int64: 'integers',
  double: 'decimals',
  boolean: 'booleans',
  date: 'dates',
  timestamp: 'instants',
  timestamp_naive: 'moments',
};

/** Whether all texts are of a type; false where each has to be asked. */
export function surelyFits(type: ColumnType, forms: TextForms): boolean {
  const { values, nuls } = forms;
  if (nuls > 0) return false;
  if (values === 0 || type === 'text') return true;
  return forms[FORM_OF[type]] === values;
}

const INFERRED = Object.keys(FORM_OF) as (keyof typeof FORM_OF)[];

/** What `TypeInference` finds in the texts: null where there is none, undefined where each has to be asked. */
export function surelyType(forms: TextForms): ColumnType | null | undefined {
  const { values, others, nuls } = forms;
  if (nuls > 0) return undefined;
  if (values === 0) return null;
  if (others > 0) return 'text';
  return INFERRED.find((type) => surelyFits(type, forms));
}
