import { Injectable } from '@nestjs/common';
import { Records, type RecordRef } from '../../platform/audit/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { BlobReferences } from '../../platform/storage/index.js';
import { CONTAMINATION_COUNT } from './contamination/contamination.records.js';
import { EVALUATION } from './evaluation.records.js';

/** Splits of a dataset version that lost rows. */
export interface SplitsWithErasedRows {
  id: string;
  splits: readonly string[];
}

export interface ForgottenEvidence {
  digests: string[];
  records: RecordRef[];
  evaluations: number;
  contaminationCounts: number;
}

/** Deletes what evaluations keep by the keys of rows: predictions, and lists of contaminated rows. Their numbers stay. */
@Injectable()
export class EvaluationErasure {
  constructor(
    private readonly units: UnitOfWork,
    private readonly records: Records,
    private readonly references: BlobReferences,
  ) {}

  /** Inside UnitOfWork.run. The caller attests the records and has the files removed. Throws RECORD_ALTERED. */
  async forget(versions: readonly SplitsWithErasedRows[]): Promise<ForgottenEvidence> {
    const tx = this.units.current();
    const evaluations = new Map<string, string[]>();
    const counts = new Map<string, string | null>();
    for (const { id, splits } of versions) {
      const found = await tx.query<{ id: string; digest: string }>(
        `SELECT e.id, s.predictions_blob AS digest FROM evaluation e JOIN evaluation_split s ON s.evaluation_id = e.id
         JOIN blob_reference b ON b.project_id = e.project_id AND b.owner_kind = 'evaluation' AND b.owner_id = e.id::text
           AND b.digest = s.predictions_blob
         WHERE e.dataset_version_id = $1 AND s.split = ANY($2)`,
        [id, splits],
      );
      for (const row of found) evaluations.set(row.id, [...(evaluations.get(row.id) ?? []), row.digest]);
      const contaminated = await tx.query<{ id: string; digest: string | null }>(
        `SELECT id, findings_blob AS digest FROM contamination_count
         WHERE findings_blob IS NOT NULL AND (dataset_version_id = $1 OR strpos(question::text, $2) > 0)`,
        [id, id],
      );
      for (const row of contaminated) counts.set(row.id, row.digest);
    }
    const records: RecordRef[] = [
      ...[...evaluations.keys()].map((id) => ({ kind: EVALUATION, id })),
      ...[...counts.keys()].map((id) => ({ kind: CONTAMINATION_COUNT, id })),
    ];
    await this.records.require(records);
    for (const [id, digests] of evaluations)
      await this.references.release({ kind: 'evaluation', ids: [id], digests });
    const ids = [...counts.keys()];
    await tx.execute('UPDATE contamination_count SET findings_blob = NULL WHERE id = ANY($1::uuid[])', [ids]);
    await this.references.release({ kind: 'contaminationCount', ids });
    return {
      digests: [...[...evaluations.values()].flat(), ...[...counts.values()].filter((each) => each !== null)],
      records,
      evaluations: evaluations.size,
      contaminationCounts: counts.size,
    };
  }
}
