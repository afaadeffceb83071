import { Injectable } from '@nestjs/common';
import type { ComparisonNeed } from '../../domain/policy/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { EvaluationReader, type EvaluationView } from '../evaluation/index.js';
import { Champions, ModelReader, type ModelVersionView } from '../registry/index.js';
import type { GateQuestion } from './gate-question.js';

/** What a candidate is compared with, and what is known about it on the same data. */
export interface Baseline {
  modelVersion: ModelVersionView;
  isSubject: boolean;
  bySplit: ReadonlyMap<string, EvaluationView>;
  /** By sealed split, those that might have been the strongest: compared as well, or what is compared would tell which one is. */
  others?: ReadonlyMap<string, readonly EvaluationView[]>;
  /** By split, who sent the only evaluation there is, and may not say what others are compared with. */
  unendorsed?: ReadonlyMap<string, string>;
}

/** Finds the champion of a stage, or a pinned model version. */
@Injectable()
export class BaselineReader {
  constructor(
    private readonly units: UnitOfWork,
    private readonly models: ModelReader,
    private readonly champions: Champions,
    private readonly evaluations: EvaluationReader,
  ) {}

  /**
   * Null when the stage has no champion, or the pinned version does not exist. On the candidate's rows and under its protocol,
   * the baseline counts by its strongest evaluation among those that were sent by somebody who may push policies, or that the
   * decisions cite which made it the champion of this stage. Else whoever trains could send poor predictions in its name.
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
    const { datasetVersionId, protocol } = candidate;
    const cited = stage === null ? [] : await this.cited(found, stage, split);
    const [strongest, ...others] = await this.evaluations.strongest(
      found.id,
      datasetVersionId,
      split,
      metric,
      protocol,
      cited,
    );
    if (strongest)
      return { ...baseline, bySplit: new Map([[split, strongest]]), others: new Map([[split, others]]) };
    const latest = (await this.evaluations.latestBySplit(found.id, datasetVersionId)).get(split);
    if (!latest) return { ...baseline, bySplit: new Map() };
    return latest.endorsed || cited.includes(latest.id)
      ? { ...baseline, bySplit: new Map([[split, latest]]) }
      : { ...baseline, bySplit: new Map(), unendorsed: new Map([[split, latest.createdBy]]) };
  }

  /**
   * The evaluations of a split that the decisions rest on which let this version in, if it is the champion of the stage. That a
   * version is not worse than itself says nothing about it.
   */
  private async cited({ id, model }: ModelVersionView, stage: string, split: string): Promise<string[]> {
    const decisions = await this.champions.letInBy(model, stage, id);
    if (decisions.length === 0) return [];
    const rows = await this.units.read((tx) =>
      tx.query<{ id: string }>(
        `SELECT DISTINCT cited->>'id' AS id FROM gate_decision d
         CROSS JOIN jsonb_array_elements(d.document->'rules') AS rule
         CROSS JOIN jsonb_array_elements(rule->'evidence') AS cited
         WHERE d.id = ANY($1::uuid[]) AND d.model_version_id = $2 AND d.verdict = 'PASS'
           AND cited->>'kind' = 'evaluation' AND rule->'splits' @> to_jsonb($3::text)
           AND NOT (rule->>'type' = 'compare' AND rule->'slice'->>'baseline' = d.document->'subject'->>'label')`,
        [decisions, id, split],
      ),
    );
    return rows.map((row) => row.id);
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
