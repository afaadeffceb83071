import { Injectable } from '@nestjs/common';
import { COMPARED_METRICS, type ComparedMetric } from '../../domain/policy/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { InvalidInputError } from '../../platform/errors/index.js';
import { Jobs, type JobView } from '../../platform/queue/index.js';
import { DatasetReader, requireWhole } from '../datasets/index.js';
import { protocolsCompare } from './comparable-protocol.js';
import { EvaluationReader } from './evaluation.reader.js';
import { protocolMismatch } from './evaluation.errors.js';
import type { EvaluationSplitView, EvaluationView } from './evaluation.view.js';
import type { PairedStatistics } from './paired-statistics.js';

export const COMPARE_EVALUATIONS = 'evaluation.compare';

export interface ComparisonPlan {
  candidateEvaluationId: string;
  baselineEvaluationId: string;
  split: string;
}

/** Two evaluations on the same rows, with all their numbers: for gates, never for an answer as it stands. */
export interface ComparisonView extends ComparisonPlan {
  id: string;
  statistics: PairedStatistics;
  digest: string;
  createdAt: Date;
  /** Seconds since it was computed, by the database's clock at the time of reading. */
  ageSeconds: number;
}

/** Candidate against baseline on the same rows. Computed once for each pair and split. */
@Injectable()
export class Comparisons {
  constructor(
    private readonly units: UnitOfWork,
    private readonly evaluations: EvaluationReader,
    private readonly datasets: DatasetReader,
    private readonly jobs: Jobs,
  ) {}

  /** Null when it was not computed yet, or has no statistic of `metric`. */
  async find(
    candidateEvaluationId: string,
    baselineEvaluationId: string,
    split: string,
    metric?: ComparedMetric,
  ): Promise<ComparisonView | null> {
    const [row] = await this.units.read((tx) =>
      tx.query<ComparisonView>(
        `SELECT id, candidate_evaluation_id AS "candidateEvaluationId", baseline_evaluation_id AS "baselineEvaluationId",
           split, statistics, digest, created_at AS "createdAt",
           extract(epoch FROM clock_timestamp() - created_at)::float8 AS "ageSeconds"
         FROM paired_comparison WHERE candidate_evaluation_id = $1 AND baseline_evaluation_id = $2 AND split = $3`,
        [candidateEvaluationId, baselineEvaluationId, split],
      ),
    );
    return row && (metric === undefined || (row.statistics[metric] ?? null) !== null) ? row : null;
  }

  /** Ask for a comparison. Throws EVALUATION_NOT_FOUND, SPLIT_NOT_EVALUATED, PROTOCOL_MISMATCH, VERSION_ERASED. */
  request(candidateEvaluationId: string, baselineEvaluationId: string, split: string): Promise<JobView> {
    return this.units.run(async () => {
      const candidate = await this.evaluations.byId(candidateEvaluationId);
      const baseline = await this.evaluations.byId(baselineEvaluationId);
      comparableSplits(candidate, baseline, split);
      requireWhole(await this.datasets.byRef(candidate.datasetVersionId), [split]);
      const plan: ComparisonPlan = {
        candidateEvaluationId: candidate.id,
        baselineEvaluationId: baseline.id,
        split,
      };
      return this.jobs.request(COMPARE_EVALUATIONS, plan, { kind: 'evaluation', id: candidate.id });
    });
  }
}

/** The two evaluations of a split, if they say something about each other. Throws SPLIT_NOT_EVALUATED, PROTOCOL_MISMATCH. */
export function comparableSplits(
  candidate: EvaluationView,
  baseline: EvaluationView,
  split: string,
): { candidate: EvaluationSplitView; baseline: EvaluationSplitView } {
  if (candidate.id === baseline.id) throw protocolMismatch('they are one and the same');
  const [ofCandidate, ofBaseline] = [candidate, baseline].map((evaluation) => {
    const found = evaluation.splits.find((one) => one.split === split);
    if (!found) {
      throw new InvalidInputError(
        'SPLIT_NOT_EVALUATED',
        `evaluation ${evaluation.id} has no split ${JSON.stringify(split)}; found ${evaluation.splits.map((one) => one.split).join(', ')}`,
      );
    }
    return found;
  }) as [EvaluationSplitView, EvaluationSplitView];
  // One comparison serves all metrics: whoever reads one of them asks whether that one compares.
  if (!COMPARED_METRICS.some((metric) => protocolsCompare(candidate, baseline, metric))) {
    throw protocolMismatch(`their protocols are ${candidate.protocolHash} and ${baseline.protocolHash}`);
  }
  if (ofCandidate.root !== ofBaseline.root) {
    throw protocolMismatch(
      `their rows of ${split} differ, with roots ${ofCandidate.root} and ${ofBaseline.root}`,
    );
  }
  return { candidate: ofCandidate, baseline: ofBaseline };
}
