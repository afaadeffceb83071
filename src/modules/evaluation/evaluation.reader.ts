import { Injectable } from '@nestjs/common';
import type { Release } from '../../domain/holdout/index.js';
import { metricRegistry } from '../../domain/metrics/index.js';
import type { ComparedMetric } from '../../domain/policy/index.js';
import { isId, UnitOfWork } from '../../platform/database/index.js';
import { decodeCursor, pageSize, toPage, type Page, type PageRequest } from '../../platform/http/page.js';
import { comparableProtocol } from './comparable-protocol.js';
import { evaluationNotFound } from './evaluation.errors.js';
import { EVALUATION_COLUMNS, type EvaluationView } from './evaluation.view.js';
import type { Protocol } from './protocol.js';

type Owned = EvaluationView & { owner: string };

/** One look at sealed rows, and what it released. */
export interface LookView {
  root: string;
  split: string;
  look: number;
  released: Release | null;
  /** A regression, of which nothing is released. */
  regression: boolean;
  evaluationId: string;
  modelVersionId: string;
}

/**
 * Evaluations with all their evidence, sealed splits too. Every method is one statement. Which one is the newest decides gates, so
 * the database says it, by `created_at`: ids have the clocks of the machines that made them.
 */
@Injectable()
export class EvaluationReader {
  constructor(private readonly units: UnitOfWork) {}

  /** Throws EVALUATION_NOT_FOUND. */
  async byId(id: string): Promise<EvaluationView> {
    const found = isId(id) ? (await this.byIds([id])).get(id.toLowerCase()) : undefined;
    if (!found) throw evaluationNotFound(id);
    return found;
  }

  /** Unknown ids are absent from the answer. */
  byIds(ids: readonly string[]): Promise<Map<string, EvaluationView>> {
    return this.units.read(async (tx) => {
      const rows = await tx.query<EvaluationView>(
        `SELECT ${EVALUATION_COLUMNS} FROM evaluation e WHERE e.id = ANY($1::uuid[])`,
        [ids],
      );
      return new Map(rows.map((row) => [row.id, row]));
    });
  }

  /** The newest evaluation of a model version, on one dataset version or on any; null when there is none. */
  async latest(modelVersionId: string, datasetVersionId?: string): Promise<EvaluationView | null> {
    const [row] = await this.units.read((tx) =>
      tx.query<EvaluationView>(
        `SELECT ${EVALUATION_COLUMNS} FROM evaluation e
         WHERE e.model_version_id = $1 AND ($2::uuid IS NULL OR e.dataset_version_id = $2)
         ORDER BY e.created_at DESC, e.id DESC LIMIT 1`,
        [modelVersionId, datasetVersionId ?? null],
      ),
    );
    return row ?? null;
  }

  /**
   * The newest evaluation of each split of a dataset version by a model version: splits may have been evaluated one after the
   * other. Each is named by the split in the answer's key.
   */
  async latestBySplit(
    modelVersionId: string,
    datasetVersionId: string,
  ): Promise<Map<string, EvaluationView>> {
    const rows = await this.units.read((tx) =>
      tx.query<EvaluationView & { ofSplit: string }>(
        `SELECT newest.split AS "ofSplit", ${EVALUATION_COLUMNS} FROM (
           SELECT DISTINCT ON (s.split) s.split, s.evaluation_id FROM evaluation_split s
           JOIN evaluation e ON e.id = s.evaluation_id
           WHERE e.model_version_id = $1 AND e.dataset_version_id = $2
           ORDER BY s.split, e.created_at DESC, e.id DESC) newest
         JOIN evaluation e ON e.id = newest.evaluation_id`,
        [modelVersionId, datasetVersionId],
      ),
    );
    return new Map(rows.map(({ ofSplit, ...evaluation }) => [ofSplit, evaluation]));
  }

  /**
   * The evaluations of a split that compare with `protocol` in this metric and are endorsed or among `also`, the strongest first: a model version does
   * not change, so worse predictions in its name must not make it easier to beat. Of an open split that one alone; of a sealed
   * one all that differ in their predictions, as which of them is the strongest is nobody's to know.
   */
  strongest(
    modelVersionId: string,
    datasetVersionId: string,
    split: string,
    metric: ComparedMetric,
    protocol: Protocol,
    also: readonly string[],
  ): Promise<EvaluationView[]> {
    // As `protocolsCompare`, in one statement.
    const { metric: entry, ...fields } = comparableProtocol(protocol, metric);
    const sign = metricRegistry.get(metric).direction === 'lower' ? -1 : 1;
    return this.units.read((tx) =>
      tx.query<EvaluationView>(
        `SELECT ${EVALUATION_COLUMNS} FROM (
           SELECT ranked.*, row_number() OVER (PARTITION BY predictions ORDER BY place) AS again FROM (
             SELECT c.id AS evaluation_id, s.sealed, s.predictions_digest AS predictions, row_number() OVER (
               ORDER BY $8::float8 * (s.report #>> ARRAY['metrics', $4, 'value'])::float8 DESC NULLS LAST, c.id DESC) AS place
             FROM evaluation c JOIN evaluation_split s ON s.evaluation_id = c.id
             WHERE c.model_version_id = $1 AND c.dataset_version_id = $2 AND s.split = $3
               AND c.protocol::jsonb @> $5::jsonb AND $6::text = ANY(string_to_array(c.protocol->>'metrics', ','))
               AND (c.endorsed OR c.id = ANY($7::uuid[]))) ranked) best
         JOIN evaluation e ON e.id = best.evaluation_id
         WHERE best.place = 1 OR (best.sealed AND best.again = 1) ORDER BY best.place`,
        [modelVersionId, datasetVersionId, split, metric, JSON.stringify(fields), entry, also, sign],
      ),
    );
  }

  /** What was stored of each split for charts, sealed; null where there are no scores, or were no charts yet. */
  chartsOf(id: string): Promise<Map<string, Buffer | null>> {
    return this.units.read(async (tx) => {
      const rows = await tx.query<{ split: string; charts: Buffer | null }>(
        'SELECT split, charts FROM evaluation_split WHERE evaluation_id = $1',
        [id],
      );
      return new Map(rows.map(({ split, charts }) => [split, charts]));
    });
  }

  /** Every look at the rows of these sealed splits, over all models and data sets of the project, in order. */
  looksAt(roots: readonly string[]): Promise<LookView[]> {
    return this.units.read((tx) =>
      tx.query<LookView>(
        `SELECT s.split_root AS root, s.split, s.look, s.released, coalesce(e.protocol->>'task' = 'regression', false) AS regression,
           s.evaluation_id AS "evaluationId", e.model_version_id AS "modelVersionId"
         FROM evaluation_split s JOIN evaluation e ON e.id = s.evaluation_id
         WHERE s.split_root = ANY($1::text[]) AND s.sealed ORDER BY s.look, s.evaluation_id`,
        [roots],
      ),
    );
  }

  /** Newest first, of one model version or of all. */
  list(
    filter: { modelVersionId?: string; datasetVersionId?: string },
    page: PageRequest,
  ): Promise<Page<EvaluationView>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<EvaluationView>(
        `SELECT ${EVALUATION_COLUMNS} FROM evaluation e
         WHERE ($1::uuid IS NULL OR e.model_version_id = $1) AND ($2::uuid IS NULL OR e.dataset_version_id = $2)
           AND ($3::uuid IS NULL OR e.id < $3) ORDER BY e.id DESC LIMIT $4`,
        [filter.modelVersionId ?? null, filter.datasetVersionId ?? null, after?.[0] ?? null, size + 1],
      );
      return toPage(rows, size, ({ id }) => [id]);
    });
  }

  /** One page of evaluations, newest first, for each model version. */
  forModelVersions(
    ids: readonly string[],
    page: PageRequest = {},
  ): Promise<Map<string, Page<EvaluationView>>> {
    return this.pages('model_version_id', ids, page);
  }

  /** One page of evaluations, newest first, for each dataset version. */
  forDatasetVersions(
    ids: readonly string[],
    page: PageRequest = {},
  ): Promise<Map<string, Page<EvaluationView>>> {
    return this.pages('dataset_version_id', ids, page);
  }

  private pages(
    column: 'model_version_id' | 'dataset_version_id',
    owners: readonly string[],
    page: PageRequest,
  ): Promise<Map<string, Page<EvaluationView>>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<Owned>(
        `SELECT owner.id AS owner, ${EVALUATION_COLUMNS} FROM unnest($1::uuid[]) AS owner(id)
         CROSS JOIN LATERAL (SELECT * FROM evaluation WHERE ${column} = owner.id AND ($2::uuid IS NULL OR id < $2)
           ORDER BY id DESC LIMIT $3) e
         ORDER BY e.id DESC`,
        [owners, after?.[0] ?? null, size + 1],
      );
      const byOwner = new Map<string, EvaluationView[]>(owners.map((id) => [id, []]));
      for (const { owner, ...evaluation } of rows) byOwner.get(owner)?.push(evaluation);
      return new Map([...byOwner].map(([id, found]) => [id, toPage(found, size, (one) => [one.id])]));
    });
  }
}
