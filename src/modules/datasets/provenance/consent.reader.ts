import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/index.js';
import { LineageService, type LineageNode, type NodeRef } from '../../lineage/index.js';

/** What of the data behind something was withdrawn. */
export interface ConsentView {
  /** Subjects whose consent was withdrawn, in any dataset version that led to it. */
  withdrawn: number;
  /** Those versions, NAME@VERSION. */
  datasetVersions: string[];
}

interface WithdrawnRow {
  root: number;
  withdrawal: string;
  label: string;
}

/** Whose consent was withdrawn in what led to something. */
@Injectable()
export class ConsentReader {
  constructor(
    private readonly units: UnitOfWork,
    private readonly lineage: LineageService,
  ) {}

  /** The dataset versions that led to any of these, those among them included. */
  datasetVersionsBehind(nodes: readonly NodeRef[]): Promise<LineageNode[]> {
    return this.lineage.reached(nodes, 'upstream', ['datasetVersion']);
  }

  /** By dataset version, the subjects whose consent was withdrawn: of the version itself, not of what it came from. */
  async withdrawnIn(datasetVersionIds: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await this.units.read((tx) =>
      tx.query<{ id: string; withdrawals: string[] }>(
        `SELECT dataset_version_id AS id, json_agg(DISTINCT withdrawal_id) AS withdrawals FROM withdrawn_data
         WHERE dataset_version_id = ANY($1::uuid[]) GROUP BY 1`,
        [datasetVersionIds],
      ),
    );
    return new Map(rows.map(({ id, withdrawals }) => [id, withdrawals]));
  }

  /** Of each of `nodes`, in their order. One statement. */
  async of(nodes: readonly NodeRef[]): Promise<ConsentView[]> {
    const rows = await this.units.read((tx) =>
      tx.query<WithdrawnRow>(
        `WITH RECURSIVE reached(root, no) AS (
           SELECT root.position, n.no FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS root(kind, id, position)
           JOIN lineage_node n ON n.project_id = current_setting('app.project')::uuid AND n.kind = root.kind AND n.id = root.id
           UNION
           SELECT r.root, e.from_no FROM reached r
           JOIN lineage_edge e ON e.project_id = current_setting('app.project')::uuid AND e.to_no = r.no
         ) SELECT DISTINCT r.root::integer AS root, w.withdrawal_id AS withdrawal, n.label FROM reached r
         JOIN lineage_node n ON n.project_id = current_setting('app.project')::uuid AND n.no = r.no AND n.kind = 'datasetVersion'
         -- Ids of other kinds are not all UUIDs.
         JOIN withdrawn_data w ON w.dataset_version_id = CASE WHEN n.kind = 'datasetVersion' THEN n.id::uuid END ORDER BY n.label`,
        [nodes.map(({ kind }) => kind), nodes.map(({ id }) => id)],
      ),
    );
    return nodes.map((_, i) => {
      const mine = rows.filter(({ root }) => root === i + 1);
      return {
        withdrawn: new Set(mine.map(({ withdrawal }) => withdrawal)).size,
        datasetVersions: [...new Set(mine.map(({ label }) => label))],
      };
    });
  }
}
