import { invalid, type PolicyProblem } from '../policy/policy-problem.js';
import {
  parseSlice,
  sliceColumns,
  sliceProblems,
  type SliceColumn,
  type SliceExpression,
} from '../slices/index.js';

/** A slice over these columns; null, and problems at `path`, where it is none or does not fit them. */
export function readSlice(
  text: string,
  columns: readonly SliceColumn[],
  path: string,
  problems: PolicyProblem[],
): { slice: SliceExpression; columns: string[] } | null {
  const parsed = parseSlice(text);
  const wrong = parsed.ok ? sliceProblems(parsed.slice, columns) : [parsed.problem];
  for (const problem of wrong) {
    const [, found = problem, expected = ''] = /^found (.+); expected (.+)$/s.exec(problem) ?? [];
    problems.push(invalid(path, found, expected));
  }
  return parsed.ok && wrong.length === 0
    ? { slice: parsed.slice, columns: sliceColumns(parsed.slice) }
    : null;
}
