import { Injectable } from '@nestjs/common';
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

  /** Null when the stage has no champion, or the pinned version does not exist. */
  async find(
    to: string,
    { modelVersion, stage }: GateQuestion,
    datasetVersionId: string | null,
  ): Promise<Baseline | null> {
    const found =
      to === 'champion'
        ? stage && (await this.champions.get(modelVersion.model, stage))
        : await this.pinned(to);
    if (!found) return null;
    const bySplit =
      datasetVersionId === null
        ? new Map<string, EvaluationView>()
        : await this.evaluations.latestBySplit(found.id, datasetVersionId);
    return { modelVersion: found, isSubject: found.id === modelVersion.id, bySplit };
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
