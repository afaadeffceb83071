import type { RecordPart } from '../../platform/audit/index.js';
import type { NodeKind } from './lineage-node.js';

/** Of a record that is a node of the lineage graph: the node, and the edges that lead to it with where they come from. */
export function lineageParts(kind: NodeKind): RecordPart[] {
  const nodes = `SELECT n.no FROM lineage_node n WHERE n.project_id = current_setting('app.project')::uuid AND n.kind = '${kind}' AND n.id = ANY($ids)`;
  return [
    { table: 'lineage_node', key: 't.id', where: `t.no IN (${nodes})` },
    {
      table: 'lineage_edge',
      key: '(SELECT n.id FROM lineage_node n WHERE n.project_id = t.project_id AND n.no = t.to_no)',
      where: `t.project_id = current_setting('app.project')::uuid AND t.to_no IN (${nodes})`,
      also: {
        from: `(SELECT json_build_array(n.kind, n.id, n.label) FROM lineage_node n WHERE n.project_id = t.project_id AND n.no = t.from_no)`,
      },
    },
  ];
}
