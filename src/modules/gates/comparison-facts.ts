import type { ComparisonFacts, ComparisonNeed, PairedStatistic } from '../../domain/policy/index.js';
import type { Comparisons, EvaluationView, PairedStatistics } from '../evaluation/index.js';
import type { Baseline } from './baseline.reader.js';
import { modelRef } from './gate-question.js';

export interface ComparisonRequest {
  candidateEvaluationId: string;
  baselineEvaluationId: string;
  split: string;
}

export interface FoundComparison {
  facts: ComparisonFacts;
  /** What to compute so that there would be a statistic; null where nothing would help. */
  request: ComparisonRequest | null;
  createdAt: Date | null;
}

/** What is known of candidate against baseline on one split. */
export async function comparisonFacts(
  need: ComparisonNeed,
  candidate: EvaluationView | null,
  baseline: Baseline | null,
  comparisons: Pick<Comparisons, 'find'>,
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
  const without = (missing: string | null, request: ComparisonRequest | null = null): FoundComparison => ({
    facts: { ...facts, missing },
    request,
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
  if (against.protocolHash !== candidate.protocolHash)
    return without(`${ref} was evaluated on ${split} under another protocol`);
  const request = { candidateEvaluationId: candidate.id, baselineEvaluationId: against.id, split };
  const found = await comparisons.find(candidate.id, against.id, split);
  if (!found) return without(`${ref} has not been compared on ${split} yet`, request);
  const paired = statisticOf(found.statistics, metric);
  if (!paired)
    return without(
      `${metric} cannot be compared on ${split}: it needs scores of both models and rows of both classes`,
    );
  const { id, digest, ageSeconds, createdAt } = found;
  return { facts: { ...facts, paired: { ...paired, id, digest, ageSeconds } }, request: null, createdAt };
}

function statisticOf(statistics: PairedStatistics, metric: 'accuracy' | 'auc'): PairedStatistic | null {
  const { accuracy, auc } = statistics;
  if (metric === 'auc') return auc && { metric, n: accuracy.n, auc };
  const { n, b, c, candidate, baseline } = accuracy;
  return { metric, n, onlyCandidate: b, onlyBaseline: c, candidate, baseline };
}

/** The champion asked about again: on every row it does exactly as well as itself. */
function withItself(facts: ComparisonFacts, evaluation: EvaluationView): FoundComparison {
  const evidence = evaluation.splits.find(({ split }) => split === facts.split)?.evidence;
  if (!evidence) return { facts, request: null, createdAt: null };
  const { id, digest, ageSeconds, createdAt } = evaluation;
  const { n, auc } = evidence;
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
    return { facts: { ...facts, paired: { ...paired, id, digest, ageSeconds } }, request: null, createdAt };
  }
  if (!auc) return { facts, request: null, createdAt: null };
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
    request: null,
    createdAt,
  };
}
