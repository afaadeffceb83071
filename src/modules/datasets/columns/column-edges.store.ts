import { Injectable } from '@nestjs/common';
import { digestOf } from '../../../domain/canonical/index.js';
import { type Transaction, UnitOfWork } from '../../../platform/database/index.js';
import { ConflictError } from '../../../platform/errors/index.js';
import { LineageService } from '../../lineage/index.js';
import type { PlannedEdge, Transformation } from './column-edge.js';

interface EdgeRow {
  column: string | null;
  versionId: string | null;
  namespace: string | null;
  name: string | null;
  from: string;
  transformations: Transformation[];
}

/**
 * Keeps where columns come from, with the version and never later. So an edge leads to a version that was there before its own, and
 * no cycle can come about.
 */
@Injectable()
export class ColumnEdgesStore {
  constructor(
    private readonly units: UnitOfWork,
    private readonly lineage: LineageService,
  ) {}

  /**
   * Inside the unit of work that stores the version, before it is attested. True: edges were added. Of a version that is there already,
   * throws COLUMN_LINEAGE_DIFFERS where something else was said.
   */
  async attach(version: { id: string; isNew: boolean }, edges: readonly PlannedEdge[]): Promise<boolean> {
    if (edges.length === 0) return false;
    const tx = this.units.current();
    const rows = edges.map(toRow);
    if (!version.isNew) {
      if (digestOf(await stored(tx, version.id)) === digestOf(rows)) return false;
      throw new ConflictError(
        'COLUMN_LINEAGE_DIFFERS',
        'this content is a version already, whose push said something else, or nothing, of where its columns come from',
        { remedy: 'Push without columnLineage; what is known of a version does not change.' },
      );
    }
    await tx.execute(
      `INSERT INTO column_edge (dataset_version_id, position, output_column, from_version_id, from_namespace, from_name, from_column,
         transformations)
       SELECT $1, e.no - 1, e.value->>'column', (e.value->>'versionId')::uuid, e.value->>'namespace', e.value->>'name',
         e.value->>'from', e.value->'transformations'
       FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS e(value, no)`,
      [version.id, JSON.stringify(rows)],
    );
    // What a column comes from, its version comes from: consent and terms follow this edge.
    const to = { kind: 'datasetVersion', id: version.id } as const;
    for (const id of new Set(rows.flatMap(({ versionId }) => versionId ?? [])))
      await this.lineage.addEdge({ from: { kind: 'datasetVersion', id }, to, relation: 'derived_from' });
    return true;
  }
}

function toRow({ column, from, transformations }: PlannedEdge): EdgeRow {
  const outside = 'versionId' in from ? { namespace: null, name: null } : from;
  return {
    column,
    versionId: 'versionId' in from ? from.versionId : null,
    namespace: outside.namespace,
    name: outside.name,
    from: from.column,
    transformations,
  };
}

const stored = (tx: Transaction, versionId: string) =>
  tx.query<EdgeRow & object>(
    `SELECT output_column AS "column", from_version_id AS "versionId", from_namespace AS namespace, from_name AS name,
       from_column AS "from", transformations FROM column_edge WHERE dataset_version_id = $1 ORDER BY position`,
    [versionId],
  );
