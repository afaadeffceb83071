import type { SplitEvidence } from '../../domain/metrics/index.js';
import type {
  ComparedMetric,
  ComparisonFacts,
  ComparisonNeed,
  PairedStatistic,
} from '../../domain/policy/index.js';
import {
  protocolsCompare,
  type Comparisons,
  type ComparisonView,
  type EvaluationView,
  type PairedStatistics,
} from '../evaluation/index.js';
import type { Baseline } from './baseline.reader.js';
import { modelRef } from './gate-question.js';

export interface ComparisonRequest {
  candidateEvaluationId: string;
  baselineEvaluationId: string;
  split: string;
}

export interface FoundComparison {
  facts: ComparisonFacts;
  /** What to compute so that there would be a statistic; none where nothing would help. */
  requests: ComparisonRequest[];
  /** Of the oldest that was computed. */
  createdAt: Date | null;
}

/** What is known of candidate against baseline on one split. `erased`: which rows of it are gone, so that nothing new can be compared. */
export async function comparisonFacts(
  need: ComparisonNeed,
  candidate: EvaluationView | null,
  baseline: Baseline | null,
  comparisons: Pick<Comparisons, 'find'>,
  erased?: string,
): Promise<FoundComparison> {
  const { to, split, metric } = need;
  const ref = baseline && modelRef(baseline.modelVersion);
  const facts: ComparisonFacts = {
    to,
    split,
    metric,
    baseline: baseline && { id: baseline.modelVersion.id, ref: ref ?? '' },
    missing: null,
    paired: null,
  };
  const without = (missing: string | null, requests: ComparisonRequest[] = []): FoundComparison => ({
    facts: { ...facts, missing },
    requests,
    createdAt: null,
  });
  if (!baseline || !candidate) return without(null);
  if (baseline.isSubject) return withItself(facts, candidate);
  const against = baseline.bySplit.get(split);
  const sender = baseline.unendorsed?.get(split);
  if (!against && sender !== undefined)
    return without(
      `${ref} was evaluated on ${split} of this dataset version by ${sender}, who may not push policies: whoever trains a model does not choose what it is compared with`,
    );
  if (!against) return without(`${ref} has not been evaluated on ${split} of this dataset version`);
  if (!protocolsCompare(against, candidate, metric))
    return without(`${ref} was evaluated on ${split} under another protocol`);
  // All of them, whichever counts: what is asked for, cited and dated is the same for each that could be the strongest.
  const [found, requests] = await comparedWith(
    candidate,
    [against, ...(baseline.others?.get(split) ?? [])],
    split,
    comparisons,
  );
  const [first] = found;
  if (requests.length > 0 && erased !== undefined)
    return {
      facts: {
        ...facts,
        missing: `${ref} was not compared on ${split} in time, and cannot be any more: ${erased}`,
        erased: true,
      },
      requests: [],
      createdAt: null,
    };
  if (!first || requests.length > 0) return without(`${ref} has not been compared on ${split} yet`, requests);
  const { id, digest, statistics } = first;
  const considered = found
    .map((one) => ({ id: one.id, digest: one.digest }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const ageSeconds = Math.max(...found.map((one) => one.ageSeconds));
  const createdAt = new Date(Math.min(...found.map((one) => one.createdAt.getTime())));
  const paired = statisticOf(statistics, metric);
  if (!paired) {
    const scored = [candidate, against].every((one) => Boolean(evidenceOn(one, split)?.losses));
    const missing = `${metric} cannot be compared on ${split}: it needs ${NEEDS[metric]}`;
    return {
      facts: { ...facts, missing, considered, tellsLabels: scored || metric === 'mae' },
      requests: [],
      createdAt,
    };
  }
  const counted = { ...paired, id, digest, ageSeconds };
  return { facts: { ...facts, paired: counted, considered }, requests: [], createdAt };
}

/** The comparisons of a candidate with each of these, in their order, and those that are still to be made. */
async function comparedWith(
  candidate: EvaluationView,
  baselines: readonly EvaluationView[],
  split: string,
  comparisons: Pick<Comparisons, 'find'>,
): Promise<[ComparisonView[], ComparisonRequest[]]> {
  const found: ComparisonView[] = [];
  const requests: ComparisonRequest[] = [];
  for (const { id } of baselines) {
    const one = await comparisons.find(candidate.id, id, split);
    if (one) found.push(one);
    else requests.push({ candidateEvaluationId: candidate.id, baselineEvaluationId: id, split });
  }
  // In an order that does not say which is the strongest.
  return [found, requests.sort((a, b) => (a.baselineEvaluationId < b.baselineEvaluationId ? -1 : 1))];
}

function evidenceOn({ splits }: EvaluationView, split: string) {
  return splits.find((one) => one.split === split)?.evidence;
}

const NEEDS: Record<ComparedMetric, string> = {
  accuracy: 'predictions of classes',
  auc: 'scores of both models and rows of both classes',
  mae: 'predictions of numbers, none of them too large to be measured',
};

function statisticOf(statistics: PairedStatistics, metric: ComparedMetric): PairedStatistic | null {
  const { accuracy, auc, mae } = statistics;
  if (metric === 'mae') return mae ? { metric, ...mae } : null;
  if (accuracy === null) return null;
  if (metric === 'auc') return auc && { metric, n: accuracy.n, auc };
  const { n, b, c, candidate, baseline } = accuracy;
  return { metric, n, onlyCandidate: b, onlyBaseline: c, candidate, baseline };
}

function ofItself({ n, regression }: SplitEvidence): PairedStatistic | null {
  const errors = regression?.errors ?? null;
  if (errors === null) return null;
  const { mean } = errors.absolute;
  return { metric: 'mae', n, difference: { n, mean: 0, variance: 0 }, candidate: mean, baseline: mean };
}

/** The champion asked about again: on every row it does exactly as well as itself. */
function withItself(facts: ComparisonFacts, evaluation: EvaluationView): FoundComparison {
  const evidence = evidenceOn(evaluation, facts.split);
  if (!evidence) return { facts, requests: [], createdAt: null };
  const { id, digest, ageSeconds, createdAt } = evaluation;
  const { n, auc, regression } = evidence;
  if (facts.metric === 'mae' || regression !== undefined) {
    const paired = facts.metric === 'mae' ? ofItself(evidence) : null;
    if (paired === null) return { facts, requests: [], createdAt };
    return { facts: { ...facts, paired: { ...paired, id, digest, ageSeconds } }, requests: [], createdAt };
  }
  if (facts.metric === 'accuracy') {
    const share = n === 0 ? 0 : evidence.confusion.reduce((sum, row, i) => sum + (row[i] ?? 0), 0) / n;
    const paired = {
      metric: 'accuracy',
      n,
      onlyCandidate: 0,
      onlyBaseline: 0,
      candidate: share,
      baseline: share,
    } as const;
    return { facts: { ...facts, paired: { ...paired, id, digest, ageSeconds } }, requests: [], createdAt };
  }
  if (!auc) {
    const tellsLabels = Boolean(evidence.losses);
    return { facts: { ...facts, considered: [{ id, digest }], tellsLabels }, requests: [], createdAt };
  }
  const se = auc.se ?? 0;
  const own = {
    aucA: auc.auc,
    aucB: auc.auc,
    seA: se,
    seB: se,
    seDiff: 0,
    positives: auc.positives,
    negatives: auc.negatives,
  };
  return {
    facts: { ...facts, paired: { metric: 'auc', n, auc: own, id, digest, ageSeconds } },
    requests: [],
    createdAt,
  };
}
