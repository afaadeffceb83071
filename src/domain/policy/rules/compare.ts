import { metricRegistry } from '../../metrics/index.js';
import { undefinedAtom, type Expansion } from '../atom.js';
import { CLOCK_SLACK_SECONDS } from '../duration.js';
import type { ComparisonFacts, SplitMeasurement } from '../gate-evidence.js';
import { COMPARED_METRICS, type CompareParameters } from '../gate-policy.js';
import { number, UNSEEN_ERRORS } from '../phrase.js';
import { invalid } from '../policy-problem.js';
import type { RuleType } from '../rule-type.js';
import { checkPaired } from '../sound-evidence.js';
import { accessSplit, oneClassHold } from '../usable-split.js';
import { pairedAtom } from './paired-atom.js';
import { pairedErrorAtom } from './paired-error-atom.js';

/** "Not worse than the champion (or a pinned version) by more than a margin", paired on the same rows. */
export const compareRule: RuleType<CompareParameters> = {
  type: 'compare',
  description: 'Non-inferiority to a baseline model on the same rows.',
  inline: false,
  notEnforced: [],
  fields: {
    to: {
      kind: 'text',
      pattern: /^(champion|[A-Za-z0-9][A-Za-z0-9._-]*@[1-9][0-9]*)$/,
      form: 'champion, or a pinned model version NAME@VERSION',
      default: 'champion',
      description: 'The baseline: the champion of the stage, or a pinned model version.',
    },
    metric: { kind: 'choice', of: COMPARED_METRICS, required: true, description: 'Which metric.' },
    split: { kind: 'text', required: true, description: 'The split whose rows count.' },
    margin: {
      kind: 'number',
      required: true,
      description:
        'How much worse is still tolerated; below 0: how much better it must be. Between -1 and 1, of mae in the unit of the label.',
    },
  },
  check: ({ metric, margin }, _decideOn, path) =>
    metric === 'mae' || Math.abs(margin) < 1
      ? []
      : [invalid(`${path}.margin`, String(margin), 'a number above -1 and below 1')],
  needs: ({ to, split, metric }) => [{ kind: 'comparison', to, split, metric }],
  splitsOf: ({ split }) => [split],
  on: () => null,
  expand(parameters, evidence, terms): Expansion {
    const { to, metric, split, margin } = parameters;
    const { label } = metricRegistry.get(metric);
    const facts = evidence.comparisons.find(
      (each) => each.to === to && each.split === split && each.metric === metric,
    );
    const baseline = facts?.baseline?.ref ?? (to === 'champion' ? 'the champion' : to);
    const base = {
      subject: `the difference in ${label} on ${split}, ${evidence.subject.ref} less ${baseline},`,
      caveats: [] as string[],
      references: [] as Expansion['references'],
      unit: `rows of ${split}`,
      failRemedy: `Improve the model until it is not worse than ${baseline} by more than ${number(margin)} in ${label}, or keep ${baseline}.`,
    };
    const stop = (reason: string, remedy: string, open = true): Expansion => ({
      ...base,
      atoms: [
        metric === 'mae'
          ? undefinedAtom({ split, to }, 'atMost', margin, reason, '')
          : undefinedAtom({ split, to }, 'atLeast', -margin, reason, ''),
      ],
      holds: [{ reason, remedy, open }],
    });
    const access = accessSplit(split, evidence, terms);
    if (!access.usable) return stop(access.hold.reason, access.hold.remedy);
    const { clusters } = access.measurement.evidence;
    if (clusters)
      return stop(
        `two models on rows that are clustered by ${clusters.column} are compared as if rows were independent`,
        'Compare under a protocol without cluster, where rows are independent.',
      );
    if (!facts?.baseline) return stop(...noBaseline(to));
    if (facts.paired === null)
      return {
        ...stop(...notCompared(facts, split), facts.tellsLabels !== true),
        references: facts.considered ? referencesOf(facts.considered, access.measurement) : [],
      };
    checkPaired(split, facts.paired, access.measurement.evidence);
    if (facts.paired.n === 0)
      return stop('the comparison has no rows', 'Evaluate both models on rows that both were given.');
    if (!Number.isFinite(facts.paired.ageSeconds))
      throw new RangeError(`the comparison on ${split} has no age`);
    if (facts.paired.ageSeconds > terms.maxAgeSeconds) {
      return stop(
        `the comparison with ${baseline} is older than the policy allows`,
        'Evaluate both models again and repeat the check.',
      );
    }
    if (facts.paired.ageSeconds < -CLOCK_SLACK_SECONDS) {
      return stop(
        `the comparison with ${baseline} is dated in the future: the clock was set back since`,
        'Set the clock right, or repeat the check once it has passed that date.',
      );
    }
    const oneClass = oneClassHold(access);
    const slice = { split, to, baseline };
    const { atom, smallSample } =
      facts.paired.metric === 'mae'
        ? {
            atom: pairedErrorAtom(
              facts.paired,
              slice,
              margin,
              terms.alpha,
              facts.baseline.id === evidence.subject.modelVersionId,
            ),
            smallSample: false,
          }
        : pairedAtom(facts.paired, slice, margin, terms);
    return {
      ...base,
      atoms: [atom],
      holds: oneClass === null ? [] : [oneClass],
      caveats: [
        ...(smallSample ? [`the comparison in ${label} on ${split} rests on a small sample`] : []),
        ...(metric === 'mae' ? [UNSEEN_ERRORS] : []),
      ],
      references: referencesOf(facts.considered ?? [facts.paired], access.measurement),
    };
  },
};

function referencesOf(
  comparisons: readonly { id: string; digest: string }[],
  { evaluationId, digest }: SplitMeasurement,
): Expansion['references'] {
  return [
    { kind: 'evaluation', id: evaluationId, digest },
    ...comparisons.map(({ id, digest }) => ({ kind: 'comparison' as const, id, digest })),
  ];
}

function noBaseline(to: string): [string, string] {
  if (to !== 'champion')
    return [`there is no model version ${to}`, `Register ${to}, or name an existing version in the policy.`];
  return [
    'the stage has no champion, so there is nothing to compare with, and a first model is not waved through',
    'Promote the first model by a policy without a compare rule, or compare with a pinned version (to: NAME@VERSION).',
  ];
}

function notCompared({ missing, baseline, erased }: ComparisonFacts, split: string): [string, string] {
  const reason = missing ?? `${baseline?.ref ?? 'the baseline'} has not been compared on ${split}`;
  if (erased)
    return [
      reason,
      'Evaluate both models on the latest version of the dataset, which is without these rows, and repeat the check on it.',
    ];
  return [
    reason,
    `Have somebody with the permission policy send the predictions of ${baseline?.ref ?? 'the baseline'} on ${split} of the same dataset version (assay evaluate ${baseline?.ref ?? 'NAME@VERSION'} --predictions ${split}=FILE), then repeat the check.`,
  ];
}
