import { Injectable } from '@nestjs/common';
import type { ComparisonNeed } from '../../domain/policy/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { EvaluationReader, type EvaluationView } from '../evaluation/index.js';
import { Champions, ModelReader, type ModelVersionView } from '../registry/index.js';
import type { GateQuestion } from './gate-question.js';

/** What a candidate is compared with, and what is known about it on the same data. */
export interface Baseline {
  modelVersion: ModelVersionView;
  isSubject: boolean;
  bySplit: ReadonlyMap<string, EvaluationView>;
}

/** Finds the champion of a stage, or a pinned model version. */
@Injectable()
export class BaselineReader {
  constructor(
    private readonly models: ModelReader,
    private readonly champions: Champions,
    private readonly evaluations: EvaluationReader,
  ) {}

  /**
   * Null when the stage has no champion, or the pinned version does not exist. On the candidate's rows and under its protocol,
   * the baseline counts by its strongest evaluation.
   */
  async find(
    { to, split, metric }: ComparisonNeed,
    { modelVersion, stage }: GateQuestion,
    candidate: EvaluationView | null,
  ): Promise<Baseline | null> {
    const found =
      to === 'champion'
        ? stage && (await this.champions.get(modelVersion.model, stage))
        : await this.pinned(to);
    if (!found) return null;
    const baseline = { modelVersion: found, isSubject: found.id === modelVersion.id };
    if (candidate === null) return { ...baseline, bySplit: new Map() };
    const { datasetVersionId, protocolHash } = candidate;
    const latest = await this.evaluations.latestBySplit(found.id, datasetVersionId);
    const strongest = await this.evaluations.strongest(
      found.id,
      datasetVersionId,
      split,
      metric,
      protocolHash,
    );
    return { ...baseline, bySplit: strongest ? new Map([...latest, [split, strongest]]) : latest };
  }

  private async pinned(ref: string): Promise<ModelVersionView | null> {
    try {
      return await this.models.byRef(ref);
    } catch (error) {
      if (error instanceof NotFoundError) return null;
      throw error;
    }
  }
}
