import { isRecord, readFields, type Fields } from '../policy/field.js';
import { invalid, shown, type PolicyProblem } from '../policy/policy-problem.js';
import type {
  CheckContext,
  CheckDefinition,
  CheckedSplit,
  CheckedVersion,
  CheckQuestion,
  OtherVersion,
} from './check-definition.js';
import { checkOf, CHECK_IDS } from './check-registry.js';

/** A check as somebody asks for it. */
export interface CheckRequest {
  check: string;
  /** Default: every split that the check may read. */
  splits?: readonly string[] | null;
  parameters?: Record<string, unknown> | null;
}

export type PlannedCheck =
  | { ok: true; question: CheckQuestion; reads: string[] }
  | { ok: false; problems: PolicyProblem[]; sealed: string[] };

/**
 * The question that a request means on a version. `sealed` names the sealed splits whose labels it would read: such a check is
 * refused, whoever asks (ADR 26).
 */
export function planCheck(request: CheckRequest, version: CheckedVersion): PlannedCheck {
  const problems: PolicyProblem[] = [];
  const definition = checkOf(request.check);
  if (!definition) {
    problems.push(invalid('check', shown(request.check), `one of ${CHECK_IDS.join(', ')}`));
    return { ok: false, problems, sealed: [] };
  }
  const read = readFields(request.parameters ?? {}, definition.fields, 'parameters', problems);
  const splits = splitsOf(definition, request.splits ?? null, version, problems);
  for (const need of definition.needs)
    if (!version.columns.some(({ role }) => role === need))
      problems.push(invalid('check', `a version without a ${need} column`, `one for ${definition.id}`));
  if (problems.length > 0) return { ok: false, problems, sealed: [] };
  const context: CheckContext<never> = {
    parameters: read as never,
    version,
    splits,
    path: 'parameters',
    problems,
  };
  const { parameters, reads } = definition.fit(context);
  const label = version.columns.find(({ role }) => role === 'label')?.name;
  const sealed =
    definition.splits === 'open' || (label !== undefined && reads.includes(label))
      ? splits.filter((split) => split.sealed).map(({ name }) => name)
      : [];
  if (problems.length > 0 || sealed.length > 0) return { ok: false, problems, sealed };
  return {
    ok: true,
    reads,
    question: {
      check: definition.id,
      version: definition.version,
      splits: splits.map(({ name }) => name),
      parameters,
    },
  };
}

/** The digest of the uploaded file that a question reads; null where there is none. */
export function fileOf({ check, parameters }: CheckQuestion): string | null {
  const field = checkOf(check)?.file;
  return field === undefined ? null : ((parameters[field] as string | undefined) ?? null);
}

/** The other version that a question reads; null where there is none. */
export function otherOf({ check, splits, parameters }: CheckQuestion): OtherVersion | null {
  return checkOf(check)?.other?.(parameters as never, splits) ?? null;
}

/** What is wrong with a question that `planCheck` made, on the other version that it names. */
export function otherProblems(
  { check, splits, parameters }: CheckQuestion,
  version: CheckedVersion,
  other: CheckedVersion,
): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const asked = version.splits.filter(({ name }) => splits.includes(name));
  const context = { parameters: parameters as never, version, splits: asked, path: 'parameters', problems };
  checkOf(check)?.fitOther?.(context, other);
  return problems;
}

/** What is wrong with parameters on any version; for a policy, which is read before there is one. */
export function checkParameterProblems(check: string, parameters: unknown, path: string): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const definition = checkOf(check);
  if (!definition) return [invalid(path, shown(check), `one of ${CHECK_IDS.join(', ')}`)];
  if (!isRecord(parameters)) return [invalid(path, shown(parameters), 'an object')];
  readFields(parameters, definition.fields satisfies Fields, path, problems);
  return problems;
}

function splitsOf(
  { id, splits: wanted }: CheckDefinition,
  names: readonly string[] | null,
  { splits }: CheckedVersion,
  problems: PolicyProblem[],
): CheckedSplit[] {
  const all = splits.map(({ name }) => name).join(', ');
  if (names === null) {
    if (wanted === 'pair') {
      problems.push(
        invalid('splits', 'nothing', `two of ${all}: what was trained on, and what is tested on`),
      );
      return [];
    }
    const readable = splits.filter(({ sealed }) => wanted === 'each' || !sealed);
    if (readable.length === 0)
      problems.push(invalid('splits', 'a version whose splits are all sealed', `an open split for ${id}`));
    return [...readable];
  }
  const unique = new Set(names).size === names.length;
  if (!unique || names.length === 0 || (wanted === 'pair' && names.length !== 2))
    problems.push(
      invalid(
        'splits',
        names.length === 0 ? 'no split' : names.map(shown).join(', '),
        `${wanted === 'pair' ? 'two' : 'one or more'} different of ${all}`,
      ),
    );
  return names.flatMap((name) => {
    const split = splits.find((each) => each.name === name);
    if (!split) problems.push(invalid('splits', shown(name), `one of ${all}`));
    return split ?? [];
  });
}
