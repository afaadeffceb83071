/** The types of a column. `timestamp` is an instant in UTC, `timestamp_naive` a wall clock without a zone. */
export const COLUMN_TYPES = [
  'int64',
  'double',
  'boolean',
  'date',
  'timestamp',
  'timestamp_naive',
  'text',
] as const;

export type ColumnType = (typeof COLUMN_TYPES)[number];

export const isNumber = (type: ColumnType): type is 'int64' | 'double' =>
  type === 'int64' || type === 'double';

/**
 * One cell: null, or as its type says: int64 bigint or safe integer number, double number, boolean boolean, text
 * string, date and timestamps their canonical text (see `parseAs`).
 */
export type CellValue = null | boolean | bigint | number | string;

const DATE = String.raw`[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])`;
const TIME = String.raw`(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}0*)?`;

/**
 * The form of a non-null field of each type, for the whole field, in the dialect that ECMAScript and RE2 share (so that
 * DuckDB's `regexp_full_match` can use them). Necessary, not sufficient: ranges and calendars are checked after.
 */
export const TYPE_PATTERNS: Readonly<Record<Exclude<ColumnType, 'text'>, string>> = {
  int64: String.raw`-?(?:0|[1-9][0-9]*)`,
  double: String.raw`-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|NaN|nan|-?(?:Infinity|inf)`,
  boolean: 'true|false',
  date: DATE,
  timestamp: `${DATE}[Tt ]${TIME}(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])`,
  timestamp_naive: `${DATE}[Tt ]${TIME}`,
};

/** Fields that are doubles without being numbers in digits. They do not make a column double by themselves. */
export const SPECIAL_DOUBLES: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['nan', NaN],
  ['Infinity', Infinity],
  ['inf', Infinity],
  ['-Infinity', -Infinity],
  ['-inf', -Infinity],
]);

export const INT64_MIN = -(2n ** 63n);
export const INT64_MAX = 2n ** 63n - 1n;
/** The largest integer up to which every integer is a double. */
export const EXACT_DOUBLE_LIMIT = 2 ** 53;
