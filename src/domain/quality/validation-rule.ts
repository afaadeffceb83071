import type { ColumnType } from '../canonical/index.js';
import { invalid, shown, type PolicyProblem } from '../policy/policy-problem.js';
import {
  parseSlice,
  sliceColumns,
  sliceProblems,
  type SliceColumn,
  type SliceExpression,
  type SliceLiteral,
} from '../slices/index.js';
import type { VALIDATION_TESTS } from './validation-fields.js';

type Scalar = string | number | boolean;

export interface ValidationRule {
  id: string;
  test: (typeof VALIDATION_TESTS)[number];
  column?: string;
  type?: ColumnType;
  min?: Scalar;
  max?: Scalar;
  values?: Scalar[];
  pattern?: string;
  expression?: string;
  severity: 'error' | 'warning';
}

/** What a rule asks of each row: that an expression is not false, or of one column what no expression can say. */
export type Requirement =
  | { kind: 'expression'; slice: SliceExpression; columns: string[] }
  | { kind: 'notNull' | 'unique'; column: string; columns: string[] }
  | { kind: 'type'; column: string; type: ColumnType; columns: string[] }
  | { kind: 'matches'; column: string; pattern: string; columns: string[] };

/** The fields that go with each test, beside id, column and severity. */
const FIELDS: Record<ValidationRule['test'], readonly (keyof ValidationRule)[]> = {
  notNull: [],
  unique: [],
  type: ['type'],
  range: ['min', 'max'],
  in: ['values'],
  matches: ['pattern'],
  row: ['expression'],
};
const OWN = ['type', 'min', 'max', 'values', 'pattern', 'expression'] as const;

/** Read a rule against the columns; what is wrong goes to `problems`, and the answer then asks nothing. */
export function requirementOf(
  rule: ValidationRule,
  columns: readonly SliceColumn[],
  path: string,
  problems: PolicyProblem[],
): Requirement {
  const { test, column } = rule;
  const nothing: Requirement = { kind: 'notNull', column: '', columns: [] };
  const before = problems.length;
  for (const field of OWN)
    if (rule[field] !== undefined && !FIELDS[test].includes(field))
      problems.push(
        invalid(`${path}.${field}`, `${field} with the test ${test}`, FIELDS[test].join(', ') || 'nothing'),
      );
  if ((test === 'row') === (column !== undefined))
    problems.push(
      invalid(`${path}.column`, shown(column), test === 'row' ? 'nothing with the test row' : 'a column'),
    );
  if (FIELDS[test].length > 0 && FIELDS[test].every((field) => rule[field] === undefined))
    problems.push(invalid(`${path}.${FIELDS[test][0]!}`, 'nothing', FIELDS[test].join(' or ')));
  if (problems.length > before) return nothing;
  if (test === 'notNull' || test === 'unique') return { kind: test, column: column!, columns: [column!] };
  if (test === 'type') return { kind: test, column: column!, type: rule.type!, columns: [column!] };
  if (test === 'matches') {
    const type = columns.find(({ name }) => name === column)?.type;
    if (type !== undefined && type !== 'text')
      problems.push(invalid(`${path}.column`, `${shown(column)} of type ${type}`, 'a column of text'));
    return { kind: 'matches', column: column!, pattern: rule.pattern!, columns: [column!] };
  }
  const slice = expressionOf(rule, path, problems);
  if (slice === null) return nothing;
  const wrong = sliceProblems(slice, columns);
  for (const problem of wrong) {
    const [, found = problem, expected = ''] = /^found (.+); expected (.+)$/s.exec(problem) ?? [];
    problems.push(invalid(`${path}.${FIELDS[test][0]!}`, found, expected));
  }
  return { kind: 'expression', slice, columns: sliceColumns(slice) };
}

function expressionOf(
  { test, column, min, max, values, expression }: ValidationRule,
  path: string,
  problems: PolicyProblem[],
): SliceExpression | null {
  if (test === 'row') {
    const parsed = parseSlice(expression!);
    if (parsed.ok) return parsed.slice;
    const [, found = parsed.problem, expected = ''] =
      /^found (.+); expected (.+)$/s.exec(parsed.problem) ?? [];
    problems.push(invalid(`${path}.expression`, found, expected));
    return null;
  }
  const operand = { kind: 'column', name: column! } as const;
  if (test === 'in') {
    const wrong = values!.find((value) => !['string', 'number', 'boolean'].includes(typeof value));
    if (wrong !== undefined) {
      problems.push(invalid(`${path}.values`, shown(wrong), 'texts, numbers, true or false'));
      return null;
    }
    return { kind: 'in', operand, values: values!.map(literalOf) };
  }
  const parts: SliceExpression[] = [];
  if (min !== undefined)
    parts.push({ kind: 'compare', operator: '>=', left: operand, right: literalOf(min) });
  if (max !== undefined)
    parts.push({ kind: 'compare', operator: '<=', left: operand, right: literalOf(max) });
  return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
}

function literalOf(value: Scalar): SliceLiteral {
  if (typeof value === 'number') return { kind: 'number', value: String(value) };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  return { kind: 'text', value };
}
