import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/index.js';
import { SourceReader, type SourceView } from '../../sources/index.js';

/** Where the data of a version come from, and whether it is known whom they are about. */
export interface VersionProvenance {
  datasetVersionId: string;
  /** Each source once, in the newest revision that a push of the version named, and in its latest. */
  sources: { named: SourceView; latest: SourceView }[];
  subjects: { column: string; subjects: number; rowsWithout: number } | null;
}

/** The provenance of dataset versions as gates judge it. */
@Injectable()
export class ProvenanceReader {
  constructor(
    private readonly units: UnitOfWork,
    private readonly sources: SourceReader,
  ) {}

  /** In the order of the ids. */
  of(datasetVersionIds: readonly string[]): Promise<VersionProvenance[]> {
    return this.units.read(async (tx) => {
      const links = await tx.query<{ id: string; revisionId: string }>(
        `SELECT DISTINCT ON (f.dataset_version_id, r.source_id) f.dataset_version_id AS id, r.id AS "revisionId"
         FROM dataset_version_source f JOIN data_source_revision r ON r.id = f.source_revision_id
         WHERE f.dataset_version_id = ANY($1::uuid[]) ORDER BY f.dataset_version_id, r.source_id, r.revision DESC`,
        [datasetVersionIds],
      );
      const indexes = await tx.query<{ id: string; column: string; subjects: string; rowsWithout: string }>(
        `SELECT dataset_version_id AS id, subject_column AS "column", subjects, rows_without AS "rowsWithout" FROM subject_index
         WHERE dataset_version_id = ANY($1::uuid[])`,
        [datasetVersionIds],
      );
      const { byId, latest } = await this.sources.withLatest(links.map(({ revisionId }) => revisionId));
      return datasetVersionIds.map((datasetVersionId) => {
        const index = indexes.find(({ id }) => id === datasetVersionId);
        return {
          datasetVersionId,
          sources: links
            .filter(({ id }) => id === datasetVersionId)
            .map(({ revisionId }) => byId.get(revisionId)!)
            .map((named) => ({ named, latest: latest.get(named.sourceId)! })),
          subjects: index
            ? {
                column: index.column,
                subjects: Number(index.subjects),
                rowsWithout: Number(index.rowsWithout),
              }
            : null,
        };
      });
    });
  }
}
