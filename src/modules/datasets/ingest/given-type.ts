import type { ColumnType } from '../../../domain/canonical/index.js';

/**
 * What a file itself says of a column's type, beside its texts: nothing (CSV, or a column of nulls), a type (Parquet), that its
 * values are numbers in digits (JSON, decimals without a fraction), or that they are texts (JSON), among them days and times.
 */
export type GivenType =
  | { kind: 'none' }
  /** `mayMisfit`: Parquet's type holds values that the column type does not. */
  | { kind: 'typed'; type: ColumnType; mayMisfit?: boolean }
  | { kind: 'digits' }
  | { kind: 'strings' };

export const NOT_GIVEN: GivenType = { kind: 'none' };

const NUMBERS: readonly ColumnType[] = ['int64', 'double'];
const OF_TEXTS: readonly ColumnType[] = ['date', 'timestamp', 'timestamp_naive', 'text'];

/**
 * The type of a column that nobody declared: of `inferred`, what the texts of files are that give no type (null where those are nulls
 * alone), and the types that files give. Null where they have none in common. Integers and doubles are doubles; what CSV says in texts
 * is text beside text; numbers of JSON are no texts.
 */
export function typeOf(given: readonly GivenType[], inferred: ColumnType | null): ColumnType | null {
  const has = (kind: GivenType['kind']) => given.some((each) => each.kind === kind);
  const typed = new Set(given.flatMap((each) => (each.kind === 'typed' ? [each.type] : [])));
  if (has('digits') && (has('strings') || [...typed].some((type) => !NUMBERS.includes(type)))) return null;
  const read = has('strings') ? asStrings(inferred) : inferred;
  if (typed.size === 0) return read ?? 'text';
  if (typed.size === 1 && typed.has('text')) return 'text';
  const all = [...new Set(read === null ? typed : [...typed, read])];
  if (all.length === 1) return all[0]!;
  return all.every((type) => NUMBERS.includes(type)) ? 'double' : null;
}

/** Texts that look like numbers are texts where the file could have said numbers. */
function asStrings(inferred: ColumnType | null): ColumnType | null {
  return inferred === null || OF_TEXTS.includes(inferred) ? inferred : 'text';
}
