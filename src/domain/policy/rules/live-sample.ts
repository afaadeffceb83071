import { checkParameterProblems } from '../../quality/index.js';
import { countAtom, undefinedAtom, type Atom, type Expansion } from '../atom.js';
import { CLOCK_SLACK_SECONDS, DURATION, durationText, secondsOf } from '../duration.js';
import { liveSampleAsked, type LiveSampleFacts } from '../gate-evidence.js';
import type { LiveSampleParameters } from '../gate-policy.js';
import type { Hold } from '../hold.js';
import { count } from '../phrase.js';
import { invalid } from '../policy-problem.js';
import type { RuleType } from '../rule-type.js';
import { countedCheck } from './check.js';

type Sample = NonNullable<LiveSampleFacts['sample']>;

/** "What the model meets today is still what it was trained on, and somebody looked lately." Counts, known without error. */
export const liveSampleRule: RuleType<LiveSampleParameters> = {
  type: 'liveSample',
  description:
    'The newest sample of a sampling plan that is a dataset version: how long ago a row was last offered for it, and how many of its columns have drifted from the split that the plan names. Without a sample, or where the drift cannot be told, the rule is inconclusive.',
  inline: false,
  notEnforced: [],
  fields: {
    plan: {
      kind: 'text',
      required: true,
      description: 'The sampling plan, by the dataset that its samples become versions of.',
    },
    maxAge: {
      kind: 'text',
      pattern: DURATION,
      form: 'a duration such as 30d, 12h, 90m or 45s',
      required: true,
      description: 'How long ago a row may last have been offered for the sample.',
    },
    minRows: {
      kind: 'integer',
      min: 1,
      max: 100_000,
      default: 1,
      description: 'Rows that the sample has at least; with fewer the rule is inconclusive.',
    },
    maxDrifted: {
      kind: 'integer',
      min: 0,
      max: 1_000_000_000,
      default: 0,
      description: 'How many columns may have drifted.',
    },
    parameters: {
      kind: 'record',
      default: {},
      description:
        'Parameters of the check parent-drift that are not as a sample is compared when it is taken: against the split of the plan, in every column but keys, groups, times, subjects and the label.',
    },
  },
  check({ parameters }, decideOn, path) {
    const problems = checkParameterProblems('parent-drift', parameters, `${path}.parameters`);
    if (decideOn === 'point')
      problems.push(
        invalid(
          path.replace(/\.liveSample$/, '.decideOn'),
          'point',
          'bound or nothing: a count is known without error',
        ),
      );
    return problems;
  },
  needs: ({ plan, parameters }) => [{ kind: 'liveSample', plan, parameters }],
  splitsOf: () => [],
  on: () => null,
  expand(parameters, { liveSamples = [] }): Expansion {
    const { plan, maxAge, maxDrifted } = parameters;
    const facts = liveSamples.find(({ asked }) => asked === liveSampleAsked(parameters));
    const base = {
      subject: `the age in seconds, or the number of drifted columns, of the live sample of ${plan}`,
      caveats: [],
      failRemedy: `Where it is too old, offer rows and take the sample: \`assay dataset sample take ${plan}\`. Where columns have drifted, see why, and train on data as they are now.`,
      unit: 'columns',
    };
    const sample = facts?.sample ?? null;
    if (sample === null) {
      const reason = facts?.missing ?? `of ${plan} no sample was read`;
      const remedy = `Offer rows and take the sample: \`assay dataset sample take ${plan}\`.`;
      return {
        ...base,
        atoms: [
          undefinedAtom({ plan, requirement: 'age' }, 'atMost', secondsOf(maxAge), reason, ''),
          undefinedAtom({ plan, requirement: 'drift' }, 'atMost', maxDrifted, reason, ''),
        ],
        holds: [{ reason, remedy, open: true }],
        references: [],
      };
    }
    const [age, drift] = [ageOf(sample, parameters), driftOf(sample, parameters)];
    const answer = sample.drift.answer;
    return {
      ...base,
      atoms: [age.atom, drift.atom],
      holds: [...untrusted(sample), ...tooFew(sample, parameters), ...age.holds, ...drift.holds],
      references: [
        { kind: 'datasetVersion', id: sample.datasetVersionId, digest: sample.digest },
        ...(answer === null ? [] : [{ kind: 'datasetCheck' as const, id: answer.id, digest: answer.digest }]),
      ],
    };
  },
};

interface Judged {
  atom: Atom;
  holds: Hold[];
}

function ageOf({ ref, rows, ageSeconds }: Sample, { plan, maxAge }: LiveSampleParameters): Judged {
  const [slice, most] = [{ plan, requirement: 'age' }, secondsOf(maxAge)];
  if (!(ageSeconds >= -CLOCK_SLACK_SECONDS && Number.isFinite(ageSeconds))) {
    const reason = `rows of ${ref} were offered later than now: the clock was set back, and nobody knows its age`;
    const remedy = 'Set the clock right, and take a sample again.';
    return {
      atom: undefinedAtom(slice, 'atMost', most, reason, ''),
      holds: [{ reason, remedy, open: true }],
    };
  }
  // A part of a second beyond the limit is beyond it.
  const age = Math.max(Math.ceil(ageSeconds), 0);
  const detail = `a row was last offered for ${ref} ${ageText(age)} ago`;
  return { atom: countAtom(slice, age, rows, most, detail), holds: [] };
}

/** In whole days, hours or minutes, rounded down. */
function ageText(seconds: number): string {
  const unit = [86_400, 3600, 60].find((size) => seconds >= size) ?? 1;
  return durationText(seconds - (seconds % unit));
}

function driftOf({ ref, drift }: Sample, { plan, maxDrifted }: LiveSampleParameters): Judged {
  const slice = { plan, requirement: 'drift' };
  const { answer, missing } = drift;
  if (answer !== null && (answer.status === 'passed' || answer.status === 'failed'))
    return { atom: countedCheck(answer, slice, maxDrifted), holds: [] };
  const reason =
    answer === null
      ? `${ref} was not compared: ${missing ?? 'the check parent-drift was not run on it'}`
      : `whether ${ref} has drifted cannot be told: ${answer.reason}`;
  const remedy =
    answer === null
      ? `Run \`assay dataset check ${ref} --check parent-drift --splits live_sample\` with the parameters of the rule, or leave these out.`
      : 'Take a sample of more rows.';
  return {
    atom: undefinedAtom(slice, 'atMost', maxDrifted, reason, ''),
    holds: [{ reason, remedy, open: true }],
  };
}

/** Who trains a model could feed its training data. */
function untrusted({ ref, trusted }: Sample): Hold[] {
  if (trusted === true) return [];
  return [
    {
      reason: `rows of ${ref} were offered, or it was taken, with a key that may not push policies`,
      remedy:
        'Feed and take the sample with a key that may push policies: who trains a model does not choose it.',
      open: true,
    },
  ];
}

function tooFew({ ref, rows }: Sample, { plan, minRows }: LiveSampleParameters): Hold[] {
  if (!Number.isSafeInteger(rows) || rows < 1) throw new RangeError(`a sample of ${rows} rows says nothing`);
  if (rows >= minRows) return [];
  return [
    {
      reason: `${ref} has ${count(rows)} rows; wanted at least ${count(minRows)}`,
      remedy: `Offer more rows for ${plan} before the next sample is taken.`,
      open: true,
    },
  ];
}
