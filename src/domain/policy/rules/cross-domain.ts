import { metricRegistry, type Bound, type MetricName, type SplitEvidence } from '../../metrics/index.js';
import { undefinedAtom, type Atom, type Expansion, type Slice } from '../atom.js';
import type { Hold } from '../hold.js';
import { bisect, normalQuantile, requiredNMean } from '../../statistics/index.js';
import { isDescriptive } from '../descriptive-metrics.js';
import type { GateEvidence } from '../gate-evidence.js';
import type { CrossDomainParameters } from '../gate-policy.js';
import { metricAtom } from '../metric-atom.js';
import { listed, number } from '../phrase.js';
import { invalid } from '../policy-problem.js';
import type { DecisionTerms, RuleType } from '../rule-type.js';
import { checkSplits } from '../sound-evidence.js';
import { accessSplit, oneClassHold, type SplitAccess } from '../usable-split.js';

/** Metrics from 0 to 1 whose higher values are better and which have bounds: a drop of others has no meaning here. */
const METRICS = metricRegistry
  .of('classification')
  .filter(({ id, direction }) => direction === 'higher' && !isDescriptive(id))
  .map(({ id }) => id);

/** "Good in every other domain, and not much worse there than at home." One atom per domain and threshold. */
export const crossDomainRule: RuleType<CrossDomainParameters> = {
  type: 'crossDomain',
  description: 'A metric holds in every split of role cross_domain.',
  inline: false,
  notEnforced: [],
  fields: {
    metric: { kind: 'choice', of: METRICS, required: true, description: 'Which metric.' },
    inDomain: { kind: 'text', default: 'holdout', description: 'The split that drops are measured against.' },
    worstAtLeast: {
      kind: 'number',
      above: 0,
      max: 1,
      description: 'The lower confidence bound in every domain must reach this.',
    },
    maxDrop: {
      kind: 'number',
      min: 0,
      below: 1,
      description: 'The upper confidence bound of in-domain less domain must not exceed this.',
    },
    minDomains: {
      kind: 'integer',
      min: 1,
      max: 1000,
      default: 2,
      description: 'How many domains must have been measured.',
    },
  },
  check: ({ worstAtLeast, maxDrop }, _decideOn, path) =>
    worstAtLeast === undefined && maxDrop === undefined
      ? [invalid(path, 'no threshold', 'worstAtLeast, maxDrop or both')]
      : [],
  needs: () => [],
  splitsOf: ({ inDomain, maxDrop }, evidence) => [
    ...domainsOf(evidence).map((split) => split.name),
    ...(maxDrop === undefined ? [] : [inDomain]),
  ],
  on: () => null,
  expand(parameters, evidence, terms): Expansion {
    const { metric, inDomain, worstAtLeast, maxDrop, minDomains } = parameters;
    const { label } = metricRegistry.get(metric);
    const domains = domainsOf(evidence).map((split) => ({
      split,
      access: accessSplit(split.name, evidence, terms),
    }));
    const holds: Hold[] = [...holdsOf(domains.map(({ access }) => access))];
    const home = maxDrop === undefined ? null : accessSplit(inDomain, evidence, terms);
    if (home) holds.push(...holdsOf([home]));
    const measured = new Set(
      domains.filter(({ access }) => access.usable).map(({ split }) => split.domain ?? split.name),
    );
    if (measured.size < minDomains) {
      holds.push({
        reason: `${measured.size} of the ${minDomains} required domains ${measured.size === 1 ? 'has' : 'have'} been measured (${listed([...measured])})`,
        remedy:
          'Push a dataset version with more splits of role cross_domain (--split cross_domain:NAME=FILE) and evaluate the model on each.',
        open: true,
      });
    }
    const atoms = domains.flatMap(({ split, access }) => {
      const slice = { split: split.name, domain: split.domain ?? split.name };
      return [
        ...(worstAtLeast === undefined ? [] : [worstAtom(metric, access, slice, worstAtLeast, terms)]),
        ...(maxDrop === undefined || home === null
          ? []
          : [dropAtom(metric, home, access, { ...slice, inDomain }, maxDrop, terms)]),
      ];
    });
    // Without any domain one undefined atom keeps the rule's place in the count.
    if (atoms.length === 0)
      atoms.push(
        undefinedAtom(
          {},
          'atLeast',
          worstAtLeast ?? 0,
          'the dataset version has no split of role cross_domain',
          '',
        ),
      );
    return {
      subject: `${label} across domains`,
      atoms,
      holds,
      caveats: [],
      references: referencesOf([...domains.map(({ access }) => access), ...(home ? [home] : [])]),
      unit: 'rows in each domain',
      failRemedy: `Improve the model on the domain named above (more training rows from domains like it, or features that carry over), and evaluate the new version.`,
    };
  },
};

function domainsOf(evidence: Pick<GateEvidence, 'splits'>) {
  checkSplits(evidence.splits);
  return evidence.splits.filter((split) => split.role === 'cross_domain');
}

function holdsOf(accesses: readonly SplitAccess[]): Hold[] {
  return accesses.flatMap((access) => {
    const hold = access.usable ? oneClassHold(access) : access.hold;
    return hold === null ? [] : [hold];
  });
}

function referencesOf(accesses: readonly SplitAccess[]): Expansion['references'] {
  const byId = new Map(
    accesses.flatMap((access) =>
      access.usable ? [[access.measurement.evaluationId, access.measurement.digest] as const] : [],
    ),
  );
  return [...byId].map(([id, digest]) => ({ kind: 'evaluation', id, digest }));
}

function worstAtom(
  metric: MetricName,
  access: SplitAccess,
  slice: Slice,
  threshold: number,
  { alpha }: DecisionTerms,
): Atom {
  if (!access.usable) return undefinedAtom(slice, 'atLeast', threshold, access.hold.reason, '');
  const atom = metricAtom(metric, access.measurement.evidence, slice, 'atLeast', threshold, alpha);
  return { ...atom, detail: `in ${String(slice.domain)} (${atom.detail})` };
}

/**
 * In-domain less domain, from two independent sets of rows. Bounds by the squared distances of each one's own bounds
 * (Zou and Donner 2008); the p-value inverts the lower bound.
 */
function dropAtom(
  metric: MetricName,
  home: SplitAccess,
  away: SplitAccess,
  slice: Slice,
  threshold: number,
  { alpha }: DecisionTerms,
): Atom {
  const missing = (reason: string) => undefinedAtom(slice, 'atMost', threshold, reason, '');
  if (!home.usable) return missing(home.hold.reason);
  if (!away.usable) return missing(away.hold.reason);
  const definition = metricRegistry.get(metric);
  const inside = definition.value(home.measurement.evidence);
  const outside = definition.value(away.measurement.evidence);
  if (!inside.defined) return missing(inside.reason);
  if (!outside.defined) return missing(outside.reason);
  const clusters = [home, away].flatMap(({ measurement: { evidence } }) => {
    if (!evidence.clusters) return [];
    const bound = definition.lower(evidence, alpha);
    return bound.defined ? [] : [bound.reason];
  });
  if (clusters.length > 0) return missing(clusters[0]!);
  const drop = dropBetween(
    metric,
    home.measurement.evidence,
    inside.value,
    away.measurement.evidence,
    outside.value,
  );
  const { lower, upper } = drop.bounds(alpha);
  const standardError = (upper - drop.value) / -normalQuantile(alpha);
  const clears = upper <= threshold;
  return {
    slice,
    comparison: 'atMost',
    threshold,
    observed: drop.value,
    interval: [lower, upper],
    n: outside.n,
    clears,
    pFail: pAbove(drop, threshold),
    undefinedBecause: null,
    certain: false,
    neededN: clears ? null : requiredNMean(drop.value, outside.n * standardError ** 2, threshold, alpha),
    detail: `from ${number(inside.value)} in ${String(slice.inDomain)} to ${number(outside.value)} in ${String(slice.domain)}`,
  };
}

interface Drop {
  value: number;
  bounds(alpha: number): { lower: number; upper: number };
}

function dropBetween(
  metric: MetricName,
  home: SplitEvidence,
  atHome: number,
  away: SplitEvidence,
  outside: number,
): Drop {
  const { lower, upper } = metricRegistry.get(metric);
  const below = (rows: SplitEvidence, value: number, alpha: number) => distance(lower(rows, alpha), value);
  const above = (rows: SplitEvidence, value: number, alpha: number) => distance(upper(rows, alpha), value);
  const value = atHome - outside;
  return {
    value,
    bounds: (alpha) => ({
      lower: value - Math.hypot(below(home, atHome, alpha), above(away, outside, alpha)),
      upper: value + Math.hypot(above(home, atHome, alpha), below(away, outside, alpha)),
    }),
  };
}

/** How far a bound lies from the estimate; without a bound, further than any threshold. */
function distance(bound: Bound, value: number): number {
  return bound.defined ? Math.abs(bound.value - value) : 2;
}

const SMALLEST_P = 1e-12;

/** The smallest level at which the lower bound exceeds the threshold; 1 when it does at none below a half. */
function pAbove(drop: Drop, threshold: number): number {
  const excess = (logAlpha: number) => drop.bounds(Math.exp(logAlpha)).lower - threshold;
  if (drop.value <= threshold || excess(Math.log(0.5)) <= 0) return 1;
  if (excess(Math.log(SMALLEST_P)) > 0) return SMALLEST_P;
  return Math.exp(bisect(excess, Math.log(SMALLEST_P), Math.log(0.5)));
}
