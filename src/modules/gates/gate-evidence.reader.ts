import { Injectable } from '@nestjs/common';
import { digestOf } from '../../domain/canonical/index.js';
import { metricRegistry } from '../../domain/metrics/index.js';
import type {
  CheckFacts,
  CheckNeed,
  ComparisonFacts,
  EvidenceNeed,
  GateEvidence,
  LeakageFacts,
  LeakageNeed,
  LiveSampleFacts,
  ProvenanceFacts,
  SplitFacts,
} from '../../domain/policy/index.js';
import { checkAsked, ruleType } from '../../domain/policy/index.js';
import { Records, type RecordRef } from '../../platform/audit/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import type { JobView } from '../../platform/queue/index.js';
import {
  CheckReader,
  DATASET_CHECK,
  DATASET_VERSION,
  ENDORSEMENT,
  erasedSplit,
  HOLDOUT_BUDGET,
  type DatasetSplitView,
  type DatasetVersionView,
} from '../datasets/index.js';
import {
  COMPARISON,
  Comparisons,
  type ContaminationPlan,
  ContaminationService,
  EVALUATION,
  EvaluationReader,
  protocolsCompare,
  type EvaluationView,
} from '../evaluation/index.js';
import { CHAMPION, championId, MODEL_VERSION } from '../registry/index.js';
import { checkFacts } from './check-facts.js';
import { comparisonFacts, type ComparisonRequest } from './comparison-facts.js';
import { type FoundLeakage, leakageDigest, LeakageReader } from './leakage.reader.js';
import { LiveSampleReader } from './live-sample.reader.js';
import { LookHistoryReader } from './look-history.reader.js';
import { POLICY } from './gate.records.js';
import { GateProvenanceReader } from './gate-provenance.reader.js';
import { bothHolds } from './source-facts.js';
import { GateDatasetReader } from './gate-dataset.reader.js';
import { modelRef, type GateQuestion } from './gate-question.js';
import { BaselineReader, type Baseline } from './baseline.reader.js';

/** All that a decision is made from, read on one snapshot. */
export interface CollectedEvidence {
  evidence: GateEvidence;
  dataset: { id: string; label: string; contentId: string } | null;
  evaluationIds: string[];
  /** Names everything measured; ages are not part of it. */
  evidenceDigest: string;
  /** When the oldest of it was computed. */
  oldestEvidence: Date | null;
  /** Until when the terms of its sources say the same, and live samples are young enough; null: for good. */
  termsEnd: Date | null;
  /** Paired comparisons that could be made and have not been yet. */
  missing: ComparisonRequest[];
  /** Rows of sealed or open splits that could be looked for in training data, and have not been yet; null: none. */
  uncounted: ContaminationPlan | null;
  /** By the database's clock. */
  decidedAt: Date;
}

type BySplit = ReadonlyMap<string, EvaluationView>;

/** Reads the evidence for a question from evaluations, data sets and champions. */
@Injectable()
export class GateEvidenceReader {
  constructor(
    private readonly units: UnitOfWork,
    private readonly gateDatasets: GateDatasetReader,
    private readonly leakages: LeakageReader,
    private readonly contamination: ContaminationService,
    private readonly checks: CheckReader,
    private readonly liveSamples: LiveSampleReader,
    private readonly evaluations: EvaluationReader,
    private readonly comparisons: Comparisons,
    private readonly baselines: BaselineReader,
    private readonly lookHistory: LookHistoryReader,
    private readonly provenances: GateProvenanceReader,
    private readonly records: Records,
  ) {}

  /** Throws RECORD_ALTERED: nothing is decided on what the audit log does not vouch for. */
  collect(question: GateQuestion): Promise<CollectedEvidence> {
    return this.units.read(async (tx) => {
      const [clock] = await tx.query<{ now: Date }>('SELECT clock_timestamp() AS now');
      const decidedAt = clock?.now ?? new Date(Number.NaN);
      const { version: dataset, hold: ofData } = await this.gateDatasets.find(question);
      const bySplit: BySplit = dataset
        ? await this.evaluations.latestBySplit(question.modelVersion.id, dataset.id)
        : new Map();
      const needs = question.terms.rules.flatMap((rule) =>
        ruleType(rule.type).needs(rule.parameters as never),
      );
      const provenance = await this.provenances.collect(
        question,
        dataset,
        needs.some(({ kind }) => kind === 'provenance'),
        decidedAt,
      );
      const hold = bothHolds(ofData, provenance.hold);
      const compared = await this.compared(question, dataset, bySplit, needs);
      const checks = dataset ? await this.checked(dataset, needs) : [];
      const leaks = dataset ? await this.leakage(question, dataset, needs) : [];
      const live = await this.liveSamples.collect(question.terms.rules);
      await this.records.require([
        ...recordsOf(question, dataset, bySplit),
        ...compared.flatMap(({ facts, baseline }) => recordsCompared(facts, baseline)),
        ...checks.flatMap(({ answer }) => (answer ? { kind: DATASET_CHECK, id: answer.id } : [])),
        ...leaks.flatMap(({ records }) => records),
        ...provenance.records,
        ...live.records,
      ]);
      const measured = dataset?.splits.map((split) => splitFacts(split, bySplit)) ?? [];
      const splits = await this.withSpending(measured, bySplit);
      const leakage = leaks.map(({ facts }) => facts);
      const evaluations = distinct(bySplit);
      return {
        evidence: {
          subject: { modelVersionId: question.modelVersion.id, ref: modelRef(question.modelVersion) },
          splits,
          comparisons: compared.map(({ facts }) => facts),
          leakage,
          checks,
          ...(live.facts.length === 0 ? {} : { liveSamples: live.facts }),
          provenance: provenance.facts,
          hold,
        },
        dataset: dataset && {
          id: dataset.id,
          label: `${dataset.dataset}@${dataset.version}`,
          contentId: dataset.contentId,
        },
        evaluationIds: evaluations.map(({ id }) => id),
        evidenceDigest: digestOfEvidence(
          splits,
          compared.map(({ facts }) => facts),
          leakage,
          checks,
          provenance.facts,
          hold?.reason ?? null,
          live.facts,
        ),
        oldestEvidence: oldest([
          ...evaluations.map(({ createdAt }) => createdAt),
          ...compared.flatMap(({ createdAt }) => createdAt ?? []),
        ]),
        termsEnd: earlier(provenance.until, live.until),
        missing: unique(compared.flatMap(({ requests }) => requests)),
        uncounted: dataset && toCount(question, dataset, leaks),
        decidedAt,
      };
    });
  }

  /** Ask for what has not been computed yet; the job to wait for, null when there is none. */
  requestMissing({
    missing,
    uncounted,
  }: Pick<CollectedEvidence, 'missing' | 'uncounted'>): Promise<JobView | null> {
    return this.units.run(async () => {
      let job: JobView | null = null;
      if (uncounted) job = await this.contamination.requestCounts(uncounted);
      for (const { candidateEvaluationId, baselineEvaluationId, split } of missing) {
        job = await this.comparisons.request(candidateEvaluationId, baselineEvaluationId, split);
      }
      return job;
    });
  }

  /** With what looks at sealed splits told before. */
  private async withSpending(splits: readonly SplitFacts[], bySplit: BySplit): Promise<SplitFacts[]> {
    const measured = [...bySplit].flatMap(([name, { splits: of }]) =>
      of.filter(({ split }) => split === name),
    );
    const spendings = await this.lookHistory.spendings(measured);
    return splits.map((split): SplitFacts => {
      const spending = spendings.get(split.name);
      return split.measurement && spending
        ? { ...split, measurement: { ...split.measurement, spending } }
        : split;
    });
  }

  private async compared(
    question: GateQuestion,
    dataset: DatasetVersionView | null,
    bySplit: BySplit,
    needs: readonly EvidenceNeed[],
  ) {
    const found: (Awaited<ReturnType<typeof comparisonFacts>> & { baseline: Baseline | null })[] = [];
    for (const need of unique(needs)) {
      if (need.kind !== 'comparison') continue;
      const candidate = bySplit.get(need.split) ?? null;
      const baseline = await this.baselines.find(need, question, candidate);
      const erased = dataset ? erasedSplit(dataset, [need.split])?.said : undefined;
      const facts = await comparisonFacts(need, candidate, baseline, this.comparisons, erased);
      found.push({ ...facts, baseline });
    }
    return found;
  }

  private leakage(
    { modelVersion }: GateQuestion,
    dataset: DatasetVersionView,
    needs: readonly EvidenceNeed[],
  ): Promise<FoundLeakage[]> {
    const asked = unique(needs.filter((need): need is LeakageNeed => need.kind === 'leakage'));
    return this.leakages.find(asked, modelVersion.id, dataset);
  }

  private async checked(dataset: DatasetVersionView, needs: readonly EvidenceNeed[]): Promise<CheckFacts[]> {
    const asked = unique(needs.filter((need): need is CheckNeed => need.kind === 'check'));
    const facts: CheckFacts[] = [];
    for (const need of asked)
      facts.push(checkFacts(checkAsked(need), await this.checks.answer(dataset, need), dataset));
    return facts;
  }
}

/** One job for all rules: they are answered together. */
function toCount(
  { modelVersion }: GateQuestion,
  dataset: DatasetVersionView,
  leaks: readonly FoundLeakage[],
): ContaminationPlan | null {
  const questions = unique(leaks.flatMap(({ uncounted }) => uncounted ?? []));
  if (questions.length === 0) return null;
  return { modelVersionId: modelVersion.id, datasetVersionId: dataset.id, questions };
}

/** All that an answer stands on but comparisons. Also what is not there: the log knows whether it was. */
function recordsOf(
  { modelVersion, policy, stage }: GateQuestion,
  dataset: DatasetVersionView | null,
  bySplit: BySplit,
): RecordRef[] {
  return [
    { kind: MODEL_VERSION, id: modelVersion.id },
    { kind: POLICY, id: policy.id },
    ...(stage === null ? [] : [{ kind: CHAMPION, id: championId(modelVersion.modelId, stage) }]),
    ...(dataset === null ? [] : [DATASET_VERSION, ENDORSEMENT].map((kind) => ({ kind, id: dataset.id }))),
    ...(dataset?.splits ?? []).flatMap(({ sealed, root }) =>
      sealed ? { kind: HOLDOUT_BUDGET, id: root } : [],
    ),
    ...distinct(bySplit).map(({ id }) => ({ kind: EVALUATION, id })),
  ];
}

function recordsCompared({ paired, considered }: ComparisonFacts, baseline: Baseline | null): RecordRef[] {
  const compared = considered ?? (paired === null ? [] : [paired]);
  return [
    ...compared.map(({ id }) => ({ kind: COMPARISON, id })),
    ...(baseline === null ? [] : [{ kind: MODEL_VERSION, id: baseline.modelVersion.id }]),
    ...(baseline === null ? [] : distinct(baseline.bySplit).map(({ id }) => ({ kind: EVALUATION, id }))),
    ...[...(baseline?.others?.values() ?? [])].flat().map(({ id }) => ({ kind: EVALUATION, id })),
  ];
}

function unique<T extends object>(all: readonly T[]): T[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** Oldest first. */
function distinct(bySplit: BySplit): EvaluationView[] {
  const byId = new Map([...bySplit.values()].map((evaluation) => [evaluation.id, evaluation]));
  return [...byId.values()].sort((a, b) => +a.createdAt - +b.createdAt || (a.id < b.id ? -1 : 1));
}

/** Whether every number that both protocols know was measured in the same way: a metric that is new since is no difference. */
function measuredAlike(one: EvaluationView, other: EvaluationView): boolean {
  const known = one.protocol.metrics.split(',').map((entry) => entry.split('@')[0]!);
  const theirs = new Set(other.protocol.metrics.split(',').map((entry) => entry.split('@')[0]!));
  const shared = known.filter((id) => theirs.has(id)).filter(metricRegistry.has);
  return [...shared, OF_GROUPS].every((metric) => protocolsCompare(one, other, metric));
}

const OF_GROUPS = 'demographic_parity_difference' as const;

/** Numbers of different protocols do not compare: only those of the newest evaluation's protocol count. */
function splitFacts(split: DatasetSplitView, bySplit: BySplit): SplitFacts {
  const { name, role, domain, sealed, rows, looks } = split;
  const base = { name, role, domain, sealed, rows, budget: looks?.budget ?? null };
  const evaluation = bySplit.get(name);
  const measured = evaluation?.splits.find((split) => split.split === name);
  if (!evaluation || !measured) return { ...base, measurement: null };
  const newest = distinct(bySplit).at(-1);
  if (newest && !measuredAlike(newest, evaluation)) {
    return {
      ...base,
      measurement: null,
      missing: `${name} was evaluated under another protocol than the latest evaluation`,
    };
  }
  return {
    ...base,
    measurement: {
      evaluationId: evaluation.id,
      digest: evaluation.digest,
      level: evaluation.level,
      ageSeconds: evaluation.ageSeconds,
      look: measured.look,
      spending: null,
      protocol: { ...evaluation.protocol, chosen: evaluation.chosen },
      evidence: measured.evidence,
    },
  };
}

function digestOfEvidence(
  splits: readonly SplitFacts[],
  comparisons: readonly ComparisonFacts[],
  leakage: readonly LeakageFacts[],
  checks: readonly CheckFacts[],
  provenance: ProvenanceFacts | null,
  hold: string | null,
  live: readonly LiveSampleFacts[],
): string {
  return digestOf({
    splits: splits.map(({ name, measurement }) => [
      name,
      measurement && [
        measurement.evaluationId,
        measurement.digest,
        measurement.look,
        // What was decided before decisions paid for looks stands where no look was taken before its own. Answers that earlier looks
        // are given later are no part of this: they came too late to choose this model by.
        ...(measurement.spending?.answered ? ['paid'] : []),
      ],
    ]),
    comparisons: comparisons.map(({ to, split, metric, baseline, missing, paired, considered = [] }) => ({
      to,
      split,
      metric,
      baseline: baseline?.id ?? null,
      missing,
      paired: paired && [paired.id, paired.digest],
      ...(considered.length > 1 ? { considered: considered.map(({ id, digest }) => [id, digest]) } : {}),
    })),
    leakage: leakage.map(leakageDigest),
    // Decisions without such rules keep their digests.
    ...(checks.length === 0
      ? {}
      : { checks: checks.map(({ answer, missing }) => answer?.digest ?? missing) }),
    ...(live.length === 0
      ? {}
      : {
          liveSamples: live.map(({ asked, sample, missing }) => [
            asked,
            missing,
            sample && [sample.digest, sample.trusted, sample.drift.answer?.digest ?? sample.drift.missing],
          ]),
        }),
    ...(provenance === null ? {} : { provenance: { ...provenance } }),
    hold,
  });
}

const earlier = (a: Date | null, b: Date | null): Date | null =>
  a !== null && b !== null ? (a < b ? a : b) : (a ?? b);

function oldest(times: readonly Date[]): Date | null {
  return times.length === 0 ? null : new Date(Math.min(...times.map((time) => time.getTime())));
}
