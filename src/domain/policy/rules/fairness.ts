import { FAIRNESS_METRIC_NAMES, fairnessMetric, RATES, type FairnessMetric } from '../../fairness/index.js';
import type { SplitEvidence } from '../../metrics/index.js';
import { undefinedAtom, type Expansion } from '../atom.js';
import type { Hold } from '../hold.js';
import type { FairnessParameters } from '../gate-policy.js';
import { listed } from '../phrase.js';
import { invalid, type PolicyProblem } from '../policy-problem.js';
import type { RuleType } from '../rule-type.js';
import { accessSplit, oneClassHold } from '../usable-split.js';
import { comparedGroups } from './compared-groups.js';
import { gapAtom, ratioAtom } from './gap-atom.js';
import { gapSummary } from './gap-summary.js';

/** "No two groups differ in this rate by more than so much." One atom per attribute, rate and pair of groups. */
export const fairnessRule: RuleType<FairnessParameters> = {
  type: 'fairness',
  description: 'A rate does not differ too much between groups.',
  inline: false,
  notEnforced: [],
  fields: {
    metric: {
      kind: 'choice',
      of: FAIRNESS_METRIC_NAMES,
      required: true,
      description: 'Which fairness metric.',
    },
    split: { kind: 'text', required: true, description: 'The split whose rows count.' },
    attributes: {
      kind: 'texts',
      min: 1,
      max: 8,
      required: true,
      description: 'Protected attributes, each compared on its own.',
    },
    intersections: {
      kind: 'boolean',
      default: false,
      description: 'Also compare the groups of all attributes crossed.',
    },
    atMost: {
      kind: 'number',
      description: 'The largest difference allowed; for metrics that end in _difference.',
    },
    atLeast: { kind: 'number', description: 'The smallest ratio allowed; for metrics that end in _ratio.' },
    minGroupSize: {
      kind: 'integer',
      min: 1,
      max: 1_000_000_000,
      default: 1,
      description:
        'A group with a smaller denominator (positives for the true-positive rate) keeps the rule from passing.',
    },
    smallGroups: {
      kind: 'choice',
      of: ['inconclusive', 'exclude'],
      default: 'inconclusive',
      description: 'exclude: leave small groups out, and list them in every output.',
    },
    requireGroups: { kind: 'textLists', description: 'By attribute, the groups that must be present.' },
  },
  check: checkFairness,
  needs: () => [],
  splitsOf: ({ split }) => [split],
  on: (parameters, split) => ({ ...parameters, split }),
  expand(parameters, evidence, terms): Expansion {
    const { split, attributes } = parameters;
    const metric = fairnessMetric(parameters.metric);
    const base = {
      subject: `${metric.label} on ${split}`,
      references: [] as Expansion['references'],
      unit: `${listed(metric.rates.map((rate) => RATES[rate].among))} in each group of ${split}`,
      failRemedy: `Find why the groups named above differ (label quality, too few rows, a proxy attribute), retrain or set the decision threshold on training and validation data, register the result as a new version and evaluate it.`,
    };
    const stop = (hold: Hold): Expansion => ({
      ...base,
      atoms: [
        undefinedAtom({ split, attributes }, comparisonOf(metric), thresholdOf(parameters), hold.reason, ''),
      ],
      holds: [hold],
      caveats: [],
    });
    const access = accessSplit(split, evidence, terms);
    if (!access.usable) return stop(access.hold);
    const { evidence: rows, evaluationId, digest } = access.measurement;
    const unknown = unusable(rows, attributes);
    if (unknown) return stop(unknown);
    const oneClass = oneClassHold(access);
    const references: Expansion['references'] = [{ kind: 'evaluation', id: evaluationId, digest }];
    // Every precision is 0 or 1 then: not even a FAIL would mean anything.
    if (oneClass !== null && metric.rates.includes('ppv')) return { ...stop(oneClass), references };
    const compared = comparedGroups(parameters, metric, rows);
    const atomOf = metric.form === 'ratio' ? ratioAtom : gapAtom;
    const atoms = compared.pairs.map((pair) => atomOf(pair, thresholdOf(parameters), terms.alpha));
    for (const slice of compared.empty) {
      atoms.push(
        undefinedAtom(
          slice,
          comparisonOf(metric),
          thresholdOf(parameters),
          'there are no two groups to compare',
          '',
        ),
      );
    }
    return {
      ...base,
      atoms,
      holds: oneClass === null ? compared.holds : [oneClass, ...compared.holds],
      caveats: compared.caveats,
      references,
      summary: {
        ...gapSummary(compared.pairs, metric.form, terms.alpha),
        n: rows.n,
        slice: { split, attributes, intersections: parameters.intersections },
      },
    };
  },
};

function checkFairness(
  { metric, attributes, intersections, atMost, atLeast, requireGroups }: FairnessParameters,
  _decideOn: string,
  path: string,
) {
  const problems: PolicyProblem[] = [];
  const ratio = fairnessMetric(metric).form === 'ratio';
  const [wanted, other] = ratio ? (['atLeast', 'atMost'] as const) : (['atMost', 'atLeast'] as const);
  const given = { atMost, atLeast };
  const threshold = given[wanted];
  if (given[other] !== undefined)
    problems.push(
      invalid(
        `${path}.${other}`,
        String(given[other]),
        `${wanted}, as ${metric} is a ${ratio ? 'ratio' : 'difference'}`,
      ),
    );
  else if (threshold === undefined) problems.push(invalid(path, 'no threshold', wanted));
  else if (ratio ? !(threshold > 0 && threshold <= 1) : !(threshold >= 0 && threshold < 1)) {
    problems.push(
      invalid(
        `${path}.${wanted}`,
        String(threshold),
        ratio ? 'a number above 0 and at most 1' : 'a number at least 0 and below 1',
      ),
    );
  }
  if (intersections && attributes.length < 2) {
    problems.push(invalid(`${path}.intersections`, 'true with one attribute', 'at least two attributes'));
  }
  for (const attribute of Object.keys(requireGroups ?? {})) {
    if (!attributes.includes(attribute))
      problems.push(
        invalid(
          `${path}.requireGroups.${attribute}`,
          'an attribute that the rule does not compare',
          `one of ${attributes.join(', ')}`,
        ),
      );
  }
  return problems;
}

function comparisonOf({ form }: FairnessMetric): 'atLeast' | 'atMost' {
  return form === 'ratio' ? 'atLeast' : 'atMost';
}

function thresholdOf({ metric, atMost, atLeast }: FairnessParameters): number {
  const threshold = fairnessMetric(metric).form === 'ratio' ? atLeast : atMost;
  if (!Number.isFinite(threshold)) throw new RangeError(`the rule has no threshold for ${metric}`);
  return threshold as number;
}

function unusable(rows: SplitEvidence, attributes: readonly string[]): Hold | null {
  if (rows.groups.length === 0 || rows.n === 0) {
    return {
      reason: 'no rates per group were measured: they need a binary label, rows, and protected attributes',
      remedy: 'Push the dataset with --protected, evaluate again, and repeat the check.',
      open: true,
    };
  }
  const missing = attributes.filter(
    (attribute) => !rows.groups.every((cell) => Object.hasOwn(cell.attributes, attribute)),
  );
  if (missing.length === 0) return null;
  return {
    reason: `${listed(missing)} ${missing.length === 1 ? 'is not a protected attribute' : 'are not protected attributes'} of the dataset (it has ${listed(Object.keys(rows.groups[0]?.attributes ?? {}))})`,
    remedy: `Push the dataset with --protected ${attributes.join(',')}, or correct the policy.`,
    open: true,
  };
}
