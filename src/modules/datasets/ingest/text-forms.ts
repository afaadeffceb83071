import type { ColumnType } from '../../../domain/canonical/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import { columnAt, type RowsFile } from './rows-file.js';

/** How many texts of a column have a form that is seen without reading each of them here. */
export interface TextForms {
  /** Non-null ones. */
  values: number;
  /** Of them, integers of up to 18 digits: int64 for certain. */
  integers: number;
  /** Numbers of up to 15 digits before the point, those integers among them: doubles for certain. */
  decimals: number;
  booleans: number;
  /** What no type but text has. */
  others: number;
  /** With a NUL: no type has them. */
  nuls: number;
}

const FORMS: Record<keyof TextForms, (column: string) => string> = {
  values: (column) => `count(${column})`,
  integers: (column) => `count_if(regexp_full_match(${column}, '-?(?:0|[1-9][0-9]{0,17})'))`,
  decimals: (column) =>
    `count_if(regexp_full_match(${column}, '-?(?:0|[1-9][0-9]{0,14})(?:\\.[0-9]{0,200})?'))`,
  booleans: (column) => `count_if(${column} IN ('true', 'false'))`,
  // Numbers, NaN, inf, booleans, days and times begin with these.
  others: (column) => `count_if(${column} = '' OR NOT regexp_matches(${column}, '^[-.0-9tfNnIi]'))`,
  nuls: (column) => `count_if(contains(${column}, chr(0)))`,
};
const NAMES = Object.keys(FORMS) as (keyof TextForms)[];
/** A query of thousands of columns takes longer to plan than to run. */
const AT_ONCE = 100;

/** The forms of the columns `indexes` of a rows file, in their order. */
export async function textForms(
  db: DuckSession,
  file: Pick<RowsFile, 'from'>,
  indexes: readonly number[],
): Promise<TextForms[]> {
  const found: TextForms[] = [];
  for (let start = 0; start < indexes.length; start += AT_ONCE) {
    const some = indexes.slice(start, start + AT_ONCE);
    const list = some.flatMap((index, i) =>
      NAMES.map((name) => `${FORMS[name](columnAt(index))}::DOUBLE AS ${name}${i}`),
    );
    const [row] = await db.rows<Record<string, number>>(`SELECT ${list.join(', ')} FROM ${file.from}`);
    some.forEach((_, i) => {
      found.push(
        Object.fromEntries(NAMES.map((name) => [name, row![`${name}${i}`]!])) as unknown as TextForms,
      );
    });
  }
  return found;
}

export function addForms(a: TextForms, b: TextForms): TextForms {
  return Object.fromEntries(NAMES.map((name) => [name, a[name] + b[name]])) as unknown as TextForms;
}

/** Whether all texts are of a type; false where each has to be asked. */
export function surelyFits(type: ColumnType, forms: TextForms): boolean {
  const { values, integers, decimals, booleans, nuls } = forms;
  if (nuls > 0) return false;
  if (values === 0 || type === 'text') return true;
  if (type === 'int64') return integers === values;
  if (type === 'double') return decimals === values;
  return type === 'boolean' && booleans === values;
}

/** What `TypeInference` finds in the texts: null where there is none, undefined where each has to be asked. */
export function surelyType(forms: TextForms): ColumnType | null | undefined {
  const { values, others, nuls } = forms;
  if (nuls > 0) return undefined;
  if (values === 0) return null;
  if (others > 0) return 'text';
  return (['int64', 'double', 'boolean'] as const).find((type) => surelyFits(type, forms));
}
