import { Injectable } from '@nestjs/common';
import type { Metric } from '../../../domain/metrics/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import type { Protocol } from '../protocol.js';

/** A model version on a split. */
export interface Measured {
  modelVersionId: string;
  datasetVersionId: string;
  split: string;
}

/** The newest number of a metric there. */
export interface Score extends Measured {
  evaluationId: string;
  protocol: Protocol;
  protocolHash: string;
  sealed: boolean;
  /** Null where the evaluation is older than the metric. */
  metric: Metric | null;
}

/** Single numbers of evaluations, without what they rest on. One statement. */
@Injectable()
export class ScoreReader {
  constructor(private readonly units: UnitOfWork) {}

  /** What was never evaluated is absent from the answer. */
  newest(places: readonly Measured[], metric: string): Promise<Score[]> {
    return this.units.read((tx) =>
      tx.query<Score>(
        `SELECT DISTINCT ON (e.model_version_id, e.dataset_version_id, s.split)
           e.model_version_id AS "modelVersionId", e.dataset_version_id AS "datasetVersionId", s.split, e.id AS "evaluationId",
           e.protocol, e.protocol_hash AS "protocolHash", s.sealed, s.report #> ARRAY['metrics', $4] AS metric
         FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS w(model, dataset, split)
         JOIN evaluation e ON e.model_version_id = w.model AND e.dataset_version_id = w.dataset
         JOIN evaluation_split s ON s.evaluation_id = e.id AND s.split = w.split
         ORDER BY e.model_version_id, e.dataset_version_id, s.split, e.created_at DESC, e.id DESC`,
        [
          places.map(({ modelVersionId }) => modelVersionId),
          places.map(({ datasetVersionId }) => datasetVersionId),
          places.map(({ split }) => split),
          metric,
        ],
      ),
    );
  }
}
