import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../platform/audit/index.js';
import { currentContext } from '../../platform/context/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import type { ModelVersionView } from './model-version.view.js';
import { ModelReader } from './model.reader.js';
import { championOfAnotherModel } from './registry.errors.js';
import { CHAMPION, championId } from './registry.records.js';

/** Which version of a model stands at a stage. */
export interface ChampionView {
  stage: string;
  modelVersionId: string;
  updatedAt: Date;
}

/** The one alias per model and stage. Deployments move it; gates compare with it. */
@Injectable()
export class Champions {
  constructor(
    private readonly units: UnitOfWork,
    private readonly audit: AuditLog,
    private readonly models: ModelReader,
  ) {}

  /** Inside UnitOfWork.run or on its own, with the decisions that allow it. Throws MODEL_NOT_FOUND, MODEL_VERSION_NOT_FOUND, CHAMPION_OF_ANOTHER_MODEL. */
  set(
    modelName: string,
    stage: string,
    modelVersionId: string,
    gateDecisionIds: readonly string[] = [],
  ): Promise<void> {
    return this.units.run(async (tx) => {
      const model = await this.models.model(modelName);
      const version = await this.models.byRef(modelVersionId);
      if (version.modelId !== model.id)
        throw championOfAnotherModel(modelName, `${version.model}@${version.version}`);
      const [before] = await tx.query<{ id: string }>(
        'SELECT model_version_id AS id FROM champion WHERE model_id = $1 AND stage = $2 FOR UPDATE',
        [model.id, stage],
      );
      if (before?.id === version.id) return;
      await tx.execute(
        `INSERT INTO champion (model_id, stage, model_version_id, updated_by, gate_decision_ids) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (model_id, stage) DO UPDATE
         SET model_version_id = excluded.model_version_id, updated_at = now(), updated_by = excluded.updated_by,
           gate_decision_ids = excluded.gate_decision_ids`,
        [model.id, stage, version.id, currentContext().actor.id, gateDecisionIds],
      );
      await this.audit.record({
        action: 'model.champion.set',
        subject: { kind: 'modelVersion', id: version.id },
        body: {
          model: modelName,
          stage,
          version: version.version,
          previousModelVersionId: before?.id ?? null,
        },
        records: [{ kind: CHAMPION, id: championId(model.id, stage) }],
      });
    });
  }

  /** The version that stands at a stage, or null when none does. An unknown model has none. */
  async get(modelName: string, stage: string): Promise<ModelVersionView | null> {
    return this.units.read(async (tx) => {
      const [champion] = await tx.query<{ id: string }>(
        `SELECT c.model_version_id AS id FROM champion c JOIN model m ON m.id = c.model_id
         WHERE lower(m.name) = lower($1) AND c.stage = $2`,
        [modelName, stage],
      );
      return champion ? this.models.byRef(champion.id) : null;
    });
  }

  /** The decisions by which this version came to stand at a stage; none when another one stands there. */
  async letInBy(modelName: string, stage: string, modelVersionId: string): Promise<string[]> {
    const [champion] = await this.units.read((tx) =>
      tx.query<{ ids: string[] }>(
        `SELECT c.gate_decision_ids AS ids FROM champion c JOIN model m ON m.id = c.model_id
         WHERE lower(m.name) = lower($1) AND c.stage = $2 AND c.model_version_id = $3`,
        [modelName, stage, modelVersionId],
      ),
    );
    return champion?.ids ?? [];
  }

  /** The champions of each model, by stage. One statement. */
  ofModels(modelIds: readonly string[]): Promise<Map<string, ChampionView[]>> {
    return this.units.read(async (tx) => {
      const rows = await tx.query<ChampionView & { modelId: string }>(
        `SELECT model_id AS "modelId", stage, model_version_id AS "modelVersionId", updated_at AS "updatedAt"
         FROM champion WHERE model_id = ANY($1::uuid[]) ORDER BY stage`,
        [modelIds],
      );
      const byModel = new Map<string, ChampionView[]>(modelIds.map((id) => [id, []]));
      for (const { modelId, ...champion } of rows) byModel.get(modelId)?.push(champion);
      return byModel;
    });
  }
}
