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

  /** Of each of `nodes`, in their order. Two statements, however many. */
  of(nodes: readonly NodeRef[]): Promise<ConsentView[]> {
    return this.units.read(async () => {
      const behind = await this.lineage.reachedFrom(nodes, 'upstream', ['datasetVersion']);
      const withdrawnIn = await this.withdrawnIn([...new Set(behind.flat().map(({ id }) => id))]);
      return behind.map((versions) => {
        const hit = versions.filter(({ id }) => withdrawnIn.has(id));
        return {
          withdrawn: new Set(hit.flatMap(({ id }) => withdrawnIn.get(id)!)).size,
          datasetVersions: hit.map(({ label }) => label).sort((a, b) => (a < b ? -1 : 1)),
        };
      });
    });
  }
}
