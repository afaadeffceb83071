import { checkOf, CHECK_IDS, checkParameterProblems } from '../../quality/index.js';
import { countAtom, undefinedAtom, type Expansion } from '../atom.js';
import { checkAsked, type CheckFacts } from '../gate-evidence.js';
import type { CheckParameters } from '../gate-policy.js';
import { listed } from '../phrase.js';
import { invalid } from '../policy-problem.js';
import type { RuleType } from '../rule-type.js';

/** "This check of the data was run, and at most so many fail it." A count, known without error. */
export const checkRule: RuleType<CheckParameters> = {
  type: 'check',
  description: 'A check of the dataset version, with exactly these parameters, that was run and is stored.',
  inline: false,
  notEnforced: [],
  fields: {
    id: { kind: 'choice', of: CHECK_IDS, required: true, description: 'Which check.' },
    splits: {
      kind: 'texts',
      min: 1,
      max: 50,
      required: true,
      description: 'The splits, in the order that counts.',
    },
    parameters: {
      kind: 'record',
      default: {},
      description: 'Parameters of the check that are not the defaults.',
    },
    maxFailing: {
      kind: 'integer',
      min: 0,
      max: 1_000_000_000,
      default: 0,
      description: 'How many may fail.',
    },
  },
  check({ id, splits, parameters }, decideOn, path) {
    const problems = checkParameterProblems(id, parameters, `${path}.parameters`);
    if (checkOf(id)?.splits === 'pair' && splits.length !== 2)
      problems.push(
        invalid(
          `${path}.splits`,
          `${splits.length} splits`,
          'two: what was trained on, and what is tested on',
        ),
      );
    if (decideOn === 'point')
      problems.push(
        invalid(
          path.replace(/\.check$/, '.decideOn'),
          'point',
          'bound or nothing: a count is known without error',
        ),
      );
    return problems;
  },
  needs: ({ id, splits, parameters }) => [{ kind: 'check', check: id, splits, parameters }],
  // What labels say is never asked of sealed splits, so nothing here is a number of theirs.
  splitsOf: () => [],
  on: () => null,
  expand({ id, splits, parameters, maxFailing }, evidence): Expansion {
    const asked = checkAsked({ check: id, splits, parameters });
    const facts = evidence.checks.find((each) => each.asked === asked);
    const answer = facts?.answer ?? null;
    const slice = { check: id, splits };
    const unit = checkOf(id)?.unit ?? 'rows';
    const base = {
      subject: `the number of ${unit} that fail the check ${id} on ${listed(splits)}`,
      caveats: [],
      failRemedy: `Correct what GET dataset-checks/${answer?.id ?? 'ID'}/findings lists, push the dataset again, then check, train and evaluate anew.`,
      unit,
    };
    const references =
      answer === null ? [] : [{ kind: 'datasetCheck' as const, id: answer.id, digest: answer.digest }];
    if (answer === null || !(answer.status === 'passed' || answer.status === 'failed')) {
      const reason = why(id, splits, facts);
      const remedy =
        answer === null
          ? `Run it on the dataset version that is judged: \`assay dataset check NAME@VERSION --check ${id}\` with these splits and parameters.`
          : 'Change the parameters of the rule, or push a dataset version of which the check can tell.';
      return {
        ...base,
        atoms: [undefinedAtom(slice, 'atMost', maxFailing, reason, '')],
        holds: [{ reason, remedy, open: true }],
        references,
      };
    }
    return { ...base, holds: [], references, atoms: [countedCheck(answer, slice, maxFailing)] };
  },
};

function why(id: string, splits: readonly string[], facts: CheckFacts | undefined): string {
  if (facts?.answer) return `the check ${id} on ${listed(splits)} cannot tell: ${facts.answer.reason}`;
  return facts?.missing
    ? `of the data that is judged there is no such check: ${facts.missing}`
    : `the check ${id} was not run on ${listed(splits)} of the data that is judged`;
}

/** The atom of a check that could tell. Throws RangeError where its counts cannot be. */
export function countedCheck(
  answer: NonNullable<CheckFacts['answer']>,
  slice: Record<string, unknown>,
  maxFailing: number,
) {
  const { status, failing, total, first, reason } = answer;
  const whole =
    Number.isSafeInteger(failing) && Number.isSafeInteger(total) && failing >= 0 && failing <= total;
  if (!whole || (status === 'passed') !== (failing === 0))
    throw new RangeError(`a check that ${status} with ${failing} of ${total} failing says nothing`);
  if (total === 0) throw new RangeError('a check of nothing says nothing');
  const named = first.length === 0 ? '' : `; the first: ${first.join(', ')}`;
  return countAtom(slice, failing, total, maxFailing, `${reason}${named}`);
}
