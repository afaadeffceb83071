import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../../platform/audit/index.js';
import { currentContext } from '../../../platform/context/index.js';
import { newId, UnitOfWork } from '../../../platform/database/index.js';
import { type BlobFacts, BlobReferences } from '../../../platform/storage/index.js';
import { LineageService } from '../../lineage/index.js';
import { ModelReader } from '../../registry/index.js';
import type { ImportReport } from './import-report.js';
import { IMPORTED_EVALUATION } from './imported-evaluation.records.js';
import { importDigest } from './imported-evaluation.view.js';
import type { ImportedResults } from './imported-results.js';
import { levelOf } from './trials.js';

/** What the job answers. */
export interface ImportResult {
  importedEvaluationId: string;
  modelVersionId: string;
  format: string;
  level: 'reported' | 'recomputed';
  items: number;
  /** False when this file had been imported for this model version already. */
  created: boolean;
}

/** Everything of an import or nothing, inside the unit of work that ends its job. */
@Injectable()
export class ImportedEvaluationStore {
  constructor(
    private readonly units: UnitOfWork,
    private readonly references: BlobReferences,
    private readonly lineage: LineageService,
    private readonly models: ModelReader,
    private readonly audit: AuditLog,
  ) {}

  /** `items`: the blob of the items of `results`; null where there are none. */
  async store(
    modelVersionId: string,
    sourceDigest: string,
    results: ImportedResults,
    report: ImportReport,
    items: BlobFacts | null,
  ): Promise<ImportResult> {
    const facts = {
      format: results.format,
      formatVersion: results.formatVersion,
      reportedModel: results.model,
      status: results.status,
      level: levelOf(results),
      items: results.items.length,
      itemsBlob: items?.digest ?? null,
      sourceDigest,
    };
    const digest = importDigest(facts, report);
    const { projectId, actor } = currentContext();
    const tx = this.units.current();
    const [inserted] = await tx.query<{ id: string }>(
      `INSERT INTO imported_evaluation (id, project_id, model_version_id, format, format_version, reported_model, status, level,
         items, items_blob, source_digest, report, digest, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
       ON CONFLICT (model_version_id, digest) DO NOTHING RETURNING id`,
      [
        ...[newId(), projectId, modelVersionId, facts.format, facts.formatVersion, facts.reportedModel],
        ...[facts.status, facts.level, facts.items, facts.itemsBlob, sourceDigest],
        ...[JSON.stringify(report), digest, actor.name],
      ],
    );
    const answer = { modelVersionId, format: facts.format, level: facts.level, items: facts.items };
    if (!inserted) {
      const [existing] = await tx.query<{ id: string }>(
        'SELECT id FROM imported_evaluation WHERE model_version_id = $1 AND digest = $2',
        [modelVersionId, digest],
      );
      return { importedEvaluationId: existing!.id, ...answer, created: false };
    }
    const { id } = inserted;
    if (items) await this.references.add(items.digest, items.size, { kind: 'importedEvaluation', id });
    await this.addLineage(id, modelVersionId, facts.format);
    await this.audit.record({
      action: 'evaluation.imported',
      subject: { kind: 'importedEvaluation', id },
      body: { modelVersionId, digest, ...facts },
      records: [{ kind: IMPORTED_EVALUATION, id }],
    });
    return { importedEvaluationId: id, ...answer, created: true };
  }

  private async addLineage(id: string, modelVersionId: string, format: string): Promise<void> {
    const { model, version } = await this.models.byRef(modelVersionId);
    const to = { kind: 'importedEvaluation', id } as const;
    await this.lineage.addNode({ ...to, label: `${model}@${version} by ${format}` });
    await this.lineage.addEdge({
      from: { kind: 'modelVersion', id: modelVersionId },
      to,
      relation: 'evaluated',
    });
  }
}
