import { buildSplitEvidence, type SplitEvidence } from '../metrics/index.js';
import { decideGate } from './decide-gate.js';
import type { ComparisonFacts, GateEvidence } from './gate-evidence.js';
import type { GatePolicy } from './gate-policy.js';
import { policyOf } from './policy-fixtures.js';
import type { Verdict } from './verdict.js';

/** Evidence from rows, and verdicts on it, for the specs about what may never pass. */

export type Rule = Record<string, unknown> & { id?: string };
export interface Asked {
  rules: Rule[];
  alpha: number;
}

/** Each rule's verdict, and the decision's; what cannot be decided at all is an ERROR. */
export function verdictsOf({ rules, alpha }: Asked, evidence: GateEvidence, spec: object = {}): Verdict[] {
  const policy = parsed(rules, alpha, spec);
  try {
    const { verdict, rules: results } = decideGate(policy, evidence);
    return [verdict, ...results.map((result) => result.verdict)];
  } catch {
    return new Array<Verdict>(rules.length + 1).fill('ERROR');
  }
}

let latest: { rules: Rule[]; alpha: number; spec: object; policy: GatePolicy } | undefined;
/** Thousands of decisions in a row are by one policy. */
function parsed(rules: Rule[], alpha: number, spec: object): GatePolicy {
  if (latest?.rules === rules && latest.alpha === alpha && latest.spec === spec) return latest.policy;
  const named = rules.map((rule, i) => ({ id: `rule-${i}`, ...rule }));
  const policy = policyOf(named, { confidence: { alpha }, ...spec });
  latest = { rules, alpha, spec, policy };
  return policy;
}

const CELLS = ['a', 'b'].flatMap((race) => ['f', 'm'].map((sex) => ({ attributes: { race, sex } })));

/** A row of two attributes (`cell`: their combination, 0 to 3), 1 for the positive class. */
export interface Row {
  cell: number;
  label: number;
  prediction: number;
  score: number;
}

/** Race a or b, sex f or m; binary labels. */
export function evidenceOfRows(rows: readonly Row[], scored = true): SplitEvidence {
  return buildSplitEvidence({
    labels: rows.map(({ label }) => label),
    predictions: rows.map(({ prediction }) => prediction),
    ...(scored ? { scores: Float64Array.from(rows, ({ score }) => score) } : {}),
    cellOf: rows.map(({ cell }) => cell),
    cells: CELLS,
    classes: ['no', 'yes'],
    positive: 'yes',
  });
}

/** Rows (as many as there may be) that only one of the models gets right, and by how much the AUC leads. */
export interface Differing {
  wins: number;
  losses: number;
  lead: number;
  seDiff: number;
}

/** The champion against the model of this evidence, in accuracy and AUC. */
export function comparisonsOn(
  rows: SplitEvidence,
  { wins, losses, lead, seDiff }: Differing,
  ageSeconds: number,
) {
  const { n, auc } = rows;
  const accuracy = n === 0 ? 0 : (rows.confusion[0]![0]! + rows.confusion[1]![1]!) / n;
  const [b, c] = [Math.min(wins, Math.round(accuracy * n)), Math.min(losses, Math.round((1 - accuracy) * n))];
  const base = { to: 'champion', split: 'holdout', baseline: { id: 'm', ref: 'credit@0' }, missing: null };
  const stored = { n, id: 'c', digest: 'c', ageSeconds };
  const ofAccuracy = {
    ...stored,
    metric: 'accuracy' as const,
    onlyCandidate: b,
    onlyBaseline: c,
    candidate: accuracy,
    baseline: accuracy - (n === 0 ? 0 : (b - c) / n),
  };
  const { se, positives = 0, negatives = 0 } = auc ?? {};
  const known = auc !== null && typeof se === 'number';
  const pair = {
    aucA: auc?.auc ?? 0,
    aucB: Math.max(0, Math.min(1, (auc?.auc ?? 0) - lead)),
    seA: se ?? 0,
    seB: se ?? 0,
  };
  return [
    { ...base, metric: 'accuracy', paired: ofAccuracy },
    {
      ...base,
      metric: 'auc',
      paired: known ? { ...stored, metric: 'auc', auc: { ...pair, seDiff, positives, negatives } } : null,
    },
  ] as ComparisonFacts[];
}
