import { Injectable } from '@nestjs/common';
import { isId, UnitOfWork } from '../../../platform/database/index.js';
import { decodeCursor, pageSize, toPage, type Page, type PageRequest } from '../../../platform/http/page.js';
import type { ImportReport } from './import-report.js';
import { importedEvaluationNotFound } from './imported-evaluation.errors.js';
import { IMPORTED_COLUMNS, type ImportedEvaluationView } from './imported-evaluation.view.js';

/** Imported evaluations. Every method is one statement; reports are read apart, because they are long. */
@Injectable()
export class ImportedEvaluationReader {
  constructor(private readonly units: UnitOfWork) {}

  /** Throws IMPORTED_EVALUATION_NOT_FOUND. */
  async byId(id: string): Promise<ImportedEvaluationView> {
    const [row] = isId(id)
      ? await this.units.read((tx) =>
          tx.query<ImportedEvaluationView>(
            `SELECT ${IMPORTED_COLUMNS} FROM imported_evaluation e WHERE e.id = $1`,
            [id],
          ),
        )
      : [];
    if (!row) throw importedEvaluationNotFound(id);
    return row;
  }

  /** The numbers of each. Unknown ids are absent from the answer. */
  async reports(ids: readonly string[]): Promise<Map<string, ImportReport>> {
    const rows = await this.units.read((tx) =>
      tx.query<{ id: string; report: ImportReport }>(
        'SELECT id, report FROM imported_evaluation WHERE id = ANY($1::uuid[])',
        [ids],
      ),
    );
    return new Map(rows.map(({ id, report }) => [id, report]));
  }

  /** Newest first, of one model version or of all. */
  list(modelVersionId: string | null, page: PageRequest): Promise<Page<ImportedEvaluationView>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<ImportedEvaluationView>(
        `SELECT ${IMPORTED_COLUMNS} FROM imported_evaluation e
         WHERE ($1::uuid IS NULL OR e.model_version_id = $1) AND ($2::uuid IS NULL OR e.id < $2)
         ORDER BY e.id DESC LIMIT $3`,
        [modelVersionId, after?.[0] ?? null, size + 1],
      );
      return toPage(rows, size, ({ id }) => [id]);
    });
  }

  /** One page, newest first, for each model version. */
  forModelVersions(
    owners: readonly string[],
    page: PageRequest,
  ): Promise<Map<string, Page<ImportedEvaluationView>>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    return this.units.read(async (tx) => {
      const rows = await tx.query<ImportedEvaluationView>(
        `SELECT ${IMPORTED_COLUMNS} FROM unnest($1::uuid[]) AS owner(id)
         CROSS JOIN LATERAL (SELECT * FROM imported_evaluation WHERE model_version_id = owner.id
           AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3) e
         ORDER BY e.id DESC`,
        [owners, after?.[0] ?? null, size + 1],
      );
      const of = (owner: string) => rows.filter(({ modelVersionId }) => modelVersionId === owner);
      return new Map(owners.map((id) => [id, toPage(of(id), size, (one) => [one.id])]));
    });
  }
}
