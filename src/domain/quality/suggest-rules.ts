import { parseAs, type ColumnType } from '../canonical/index.js';
import type { CheckedColumn } from './check-definition.js';
import type { ValidationRule } from './validation-rule.js';

/** What is known of a column of the version that rules are made from, over all splits that they are for. */
export interface ColumnFacts extends CheckedColumn {
  rows: number;
  missing: number;
  /** Different values. */
  distinct: number;
  /** No value stands twice in one split. */
  unique: boolean;
  /** Least and largest value: a number, or a date or timestamp as text; null where one is not finite or not written exactly. */
  min: number | string | null;
  max: number | string | null;
  /** All different values of a text, in order; null of another type, and beyond MOST_VALUES. */
  values: string[] | null;
}

/** A set of more values is a list of the data, and no rule. */
export const MOST_VALUES = 100;
/** Different values for each row from which a text is no category. Schelter et al. 2018: CategoricalRangeRule of deequ. */
const MOST_DISTINCT = 0.1;
/** Fewer values may differ by chance. */
const LEAST_UNIQUE = 100;

const RANGED: readonly ColumnType[] = ['int64', 'double', 'date', 'timestamp', 'timestamp_naive'];

/**
 * Rules that every row of the version keeps: its type, no empty cell where there is none, from the least to the largest value, one of few
 * values, and no value twice. A pattern is never guessed. Schelter et al. 2018, Automating Large-Scale Data Quality Verification, PVLDB 11(12).
 */
export function suggestRules(columns: readonly ColumnFacts[]): ValidationRule[] {
  const taken = new Set<string>();
  return columns.flatMap((facts) =>
    testsOf(facts).map((rule): ValidationRule => ({
      id: idOf(facts.name, rule.test, taken),
      column: facts.name,
      severity: 'error',
      ...rule,
    })),
  );
}

type Test = Pick<ValidationRule, 'test' | 'type' | 'min' | 'max' | 'values'>;

function testsOf(facts: ColumnFacts): Test[] {
  const { type, role, rows, missing, distinct, unique, min, max, values } = facts;
  const held = rows - missing;
  const tests: Test[] = [{ test: 'type', type }];
  if (rows > 0 && missing === 0) tests.push({ test: 'notNull' });
  // The next version has other keys.
  if (role !== 'key' && RANGED.includes(type) && isWritten(type, min) && isWritten(type, max))
    tests.push({ test: 'range', min: min!, max: max! });
  if (
    role !== 'key' &&
    values !== null &&
    held > 0 &&
    distinct <= MOST_DISTINCT * held &&
    values.every(isPlain)
  )
    tests.push({ test: 'in', values });
  const identifies = ['int64', 'text'].includes(type) && distinct >= LEAST_UNIQUE;
  if (unique && (role === 'key' || identifies)) tests.push({ test: 'unique' });
  return tests;
}

function isWritten(type: ColumnType, value: number | string | null): boolean {
  if (value === null) return false;
  if (typeof value === 'number') return Number.isFinite(value);
  try {
    return parseAs(type, value) !== null;
  } catch {
    return false;
  }
}

/** Of a length and of characters that a policy may write. */
const isPlain = (value: string) => value.length <= 200 && !/\p{Cc}/u.test(value);

/** The column's letters and the test; a number behind them where that stands already. */
function idOf(name: string, test: string, taken: Set<string>): string {
  const plain =
    name
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 80) || 'column';
  let id = `${plain}.${test}`;
  for (let i = 2; taken.has(id); i++) id = `${plain}.${test}-${i}`;
  taken.add(id);
  return id;
}
