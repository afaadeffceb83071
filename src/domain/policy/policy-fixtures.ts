import type { Spending } from '../holdout/index.js';
import type { GroupCell, SplitEvidence } from '../metrics/index.js';
import {
  checkAsked,
  type CheckFacts,
  type CheckNeed,
  type GateEvidence,
  type LeakageFacts,
  type LineageFacts,
  liveSampleAsked,
  type LiveSampleFacts,
  type ProvenanceFacts,
  type SourceFacts,
  type SplitFacts,
  type VersionSources,
} from './gate-evidence.js';
import type { GatePolicy } from './gate-policy.js';
import { parseGatePolicy } from './parse-gate-policy.js';

/** Builders for the specs of this folder. */

export function policyOf(rules: object[], spec: object = {}): GatePolicy {
  const parsed = parseGatePolicy({
    apiVersion: 'assay/v1',
    kind: 'GatePolicy',
    metadata: { name: 'credit-production', stage: 'production' },
    spec: { ...spec, rules },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

/** Counts published by ProPublica and recomputed per race from data/compas: prediction = score, label = two-year recidivism. */
export const COMPAS_BY_RACE: GroupCell[] = [
  { attributes: { race: 'African-American' }, tp: 1369, fp: 805, fn: 532, tn: 990 },
  { attributes: { race: 'Asian' }, tp: 6, fp: 2, fn: 3, tn: 21 },
  { attributes: { race: 'Caucasian' }, tp: 505, fp: 349, fn: 461, tn: 1139 },
  { attributes: { race: 'Hispanic' }, tp: 103, fp: 87, fn: 129, tn: 318 },
  { attributes: { race: 'Native American' }, tp: 9, fp: 3, fn: 1, tn: 5 },
  { attributes: { race: 'Other' }, tp: 43, fp: 36, fn: 90, tn: 208 },
];

/** Evidence of a binary split from its groups alone; scores where `auc` is given. */
export function splitOf(cells: GroupCell[], extra: Partial<SplitEvidence> = {}): SplitEvidence {
  const total = (count: (cell: GroupCell) => number) => cells.reduce((sum, cell) => sum + count(cell), 0);
  const [tp, fp, fn, tn] = [total((c) => c.tp), total((c) => c.fp), total((c) => c.fn), total((c) => c.tn)];
  return {
    n: tp + fp + fn + tn,
    classes: ['0', '1'],
    positive: '1',
    confusion: [
      [tn, fp],
      [fn, tp],
    ],
    auc: null,
    losses: null,
    ece: null,
    groups: cells,
    ...extra,
  };
}

/** A split that nobody sealed: its rules are decided at the policy's alpha. */
export function factsOf(
  name: string,
  evidence: SplitEvidence | null,
  extra: Partial<SplitFacts> = {},
): SplitFacts {
  return {
    name,
    role: name === 'holdout' ? 'holdout' : 'cross_domain',
    domain: name === 'holdout' ? null : name,
    sealed: false,
    rows: evidence?.n ?? 0,
    budget: null,
    measurement: evidence && {
      evaluationId: 'evaluation-1',
      digest: 'e'.repeat(64),
      level: 'recomputed',
      ageSeconds: 60,
      look: null,
      spending: null,
      protocol: { positive: evidence.positive, threshold: 0.5, bins: 15, seed: 0, chosen: [] },
      evidence,
    },
    ...extra,
  };
}

/** A sealed split, at its first look of twenty or after what is given. */
export function sealedFactsOf(
  name: string,
  evidence: SplitEvidence,
  spending: Partial<Spending> = {},
  extra: Partial<SplitFacts> = {},
): SplitFacts {
  const facts = factsOf(name, evidence, { sealed: true, budget: 20, ...extra });
  const spent = { looks: 20, answered: 0, informative: 0, alternatives: 1, ...spending };
  return { ...facts, measurement: { ...facts.measurement!, look: spent.answered + 1, spending: spent } };
}

/** A check of the training rows that `failing` of 400 fail; null: that nobody ran. */
export function checkOf(
  failing: number | null,
  extra: Partial<CheckFacts & Omit<CheckNeed, 'kind'>> = {},
): CheckFacts {
  const answer =
    failing === null
      ? null
      : {
          id: 'check-1',
          digest: 'c'.repeat(64),
          status: failing === 0 ? ('passed' as const) : ('failed' as const),
          reason: `${failing} of 400 rows stand before in the same split`,
          unit: 'rows',
          failing,
          total: 400,
          first: failing === 0 ? [] : ['"t390" of train'],
        };
  const { check = 'duplicates', splits = ['train'], parameters = {}, ...more } = extra;
  return { asked: checkAsked({ check, splits, parameters }), answer, missing: null, ...more };
}

/** A sample of 500 rows, an hour old, fed with keys that may, that no column of has drifted. */
export function liveSampleOf(
  sample: Partial<NonNullable<LiveSampleFacts['sample']>> = {},
  parameters: Record<string, unknown> = {},
): LiveSampleFacts {
  return {
    asked: liveSampleAsked({ plan: 'wages-live', parameters }),
    missing: null,
    sample: {
      datasetVersionId: 'live-1',
      ref: 'wages-live@1',
      digest: 'd'.repeat(64),
      rows: 500,
      ageSeconds: 3600,
      trusted: true,
      drift: checkOf(0),
      ...sample,
    },
  };
}

/** Rows of holdout in train, and in three splits that the model's lineage names: as many, unless `count` says otherwise. */
export function leakageOf(
  exact: { rows: number; total: number } | null,
  count: Partial<LineageFacts['count']> = {},
  lineage: Partial<LineageFacts> = {},
): LeakageFacts {
  const { rows, total } = exact ?? { rows: 0, total: 1000 };
  const counted = {
    id: 'count-1',
    digest: 'd',
    where: ['people@1:train (1)'],
    sources: 3,
    total,
    rows,
    possible: rows,
    entities: null,
    incomparable: 0,
  };
  return {
    between: ['train', 'holdout'],
    exact,
    datasetVersionId: 'd',
    digest: 'd',
    lineage: {
      scope: 'lineage',
      ofEntities: false,
      missing: null,
      count: { ...counted, ...count },
      ...lineage,
    },
  };
}

/** A source that any purpose may use. */
export function sourceOf(extra: Partial<SourceFacts> = {}): SourceFacts {
  return {
    id: 'source-1',
    digest: 's'.repeat(64),
    ref: 'census@1',
    kind: 'third_party',
    licensed: true,
    personal: true,
    basis: 'consent',
    purposes: ['credit-scoring', 'research'],
    expired: false,
    ...extra,
  };
}

/** Two dataset versions, the second with what is given of its one source and of itself. */
export function provenanceOf(
  source: Partial<SourceFacts> = {},
  extra: Partial<VersionSources> = {},
): ProvenanceFacts {
  const version = (id: string, of: Partial<SourceFacts>): VersionSources => ({
    datasetVersionId: id,
    label: `${id}@1`,
    named: 1,
    sources: [sourceOf(of)],
    rowsWithoutSubject: 0,
    withdrawn: 0,
  });
  return {
    trainedOn: 1,
    datasetVersionIds: ['old', 'new'],
    versions: [version('old', {}), { ...version('new', source), ...extra }],
  };
}

export function evidenceOf(splits: SplitFacts[], extra: Partial<GateEvidence> = {}): GateEvidence {
  return {
    subject: { modelVersionId: 'model-1', ref: 'credit@1' },
    splits,
    comparisons: [],
    leakage: [],
    checks: [],
    provenance: null,
    hold: null,
    ...extra,
  };
}
