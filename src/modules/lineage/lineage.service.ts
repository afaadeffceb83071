import { Injectable } from '@nestjs/common';
import { currentContext } from '../../platform/context/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { InvalidInputError, NotFoundError } from '../../platform/errors/index.js';
import type { Direction, LineageEdge, LineageGraph, LineageNode, NodeKind, NodeRef } from './lineage-node.js';
import { parseNodeReference } from './node-reference.js';

/** A walk stops here and says so: an answer that nobody can read must not cost the database a minute. */
export const MAX_NODES = 10_000;

interface Walked {
  nodes: [kind: NodeKind, id: string, label: string, depth: number][];
  edges: [from: number, to: number, relation: string][];
  truncated: boolean;
}

/** The graph of what came from what. Nodes and edges are only ever added. */
@Injectable()
export class LineageService {
  constructor(private readonly units: UnitOfWork) {}

  /** Inside the unit of work that creates the thing itself. Adding it again changes nothing. */
  async addNode(node: LineageNode): Promise<void> {
    await this.units
      .current()
      .execute(
        'INSERT INTO lineage_node (project_id, kind, id, label) VALUES ($1, $2, $3, $4) ON CONFLICT (project_id, kind, id) DO NOTHING',
        [currentContext().projectId, node.kind, node.id, node.label],
      );
  }

  /** Inside a unit of work. Both nodes must exist; adding it again changes nothing. Throws LINEAGE_NODE_NOT_FOUND. */
  async addEdge(edge: LineageEdge): Promise<void> {
    const { from, to, relation } = edge;
    const [ends] = await this.units.current().query<{ count: string }>(
      `WITH ends AS (
         SELECT f.project_id, f.no AS from_no, t.no AS to_no FROM lineage_node f, lineage_node t
         WHERE f.project_id = $1 AND f.kind = $2 AND f.id = $3 AND t.project_id = $1 AND t.kind = $4 AND t.id = $5
       ), added AS (
         INSERT INTO lineage_edge (project_id, from_no, to_no, relation)
         SELECT project_id, from_no, to_no, $6 FROM ends ON CONFLICT DO NOTHING
       ) SELECT count(*) FROM ends`,
      [currentContext().projectId, from.kind, from.id, to.kind, to.id, relation],
    );
    if (ends?.count !== '1') throw notFound(`${from.kind}:${from.id} or ${to.kind}:${to.id}`);
  }

  /** Everything that led to a node, or that came from it, breadth first. `depth` undefined: to the end. One statement. */
  async walk(node: NodeRef, direction: Direction, depth?: number | null): Promise<LineageGraph> {
    const [graph] = await this.walkMany([node], direction, depth);
    if (!graph) throw notFound(`${node.kind}:${node.id}`);
    return graph;
  }

  /** All nodes of some kinds that lie up or down the stream of any of these, themselves included: no limit, no depths. One statement. */
  async reached(
    nodes: readonly NodeRef[],
    direction: Direction,
    kinds: readonly NodeKind[],
  ): Promise<LineageNode[]> {
    return (await this.reach(nodes, direction, kinds, '1')).map(({ node }) => node);
  }

  /** As `reached`, of each of `nodes` by itself, in their order. One statement. */
  async reachedFrom(
    nodes: readonly NodeRef[],
    direction: Direction,
    kinds: readonly NodeKind[],
  ): Promise<LineageNode[][]> {
    const found = await this.reach(nodes, direction, kinds, 'root.position');
    return nodes.map((_, i) => found.flatMap(({ group, node }) => (group === i + 1 ? [node] : [])));
  }

  /** `group`: SQL of what the ways from a root are kept apart by. */
  private async reach(
    nodes: readonly NodeRef[],
    direction: Direction,
    kinds: readonly NodeKind[],
    group: '1' | 'root.position',
  ): Promise<{ group: number; node: LineageNode }[]> {
    const [at, next] = direction === 'downstream' ? ['from_no', 'to_no'] : ['to_no', 'from_no'];
    const rows = await this.units.read((tx) =>
      tx.query<LineageNode & { root: number }>(
        `WITH RECURSIVE reached(root, no) AS (
           SELECT ${group}::integer, n.no FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS root(kind, id, position)
           JOIN lineage_node n ON n.project_id = $1 AND n.kind = root.kind AND n.id = root.id
           UNION
           SELECT r.root, e.${next} FROM reached r JOIN lineage_edge e ON e.project_id = $1 AND e.${at} = r.no
         ) SELECT r.root, n.kind, n.id, n.label FROM reached r JOIN lineage_node n ON n.project_id = $1 AND n.no = r.no
         WHERE n.kind = ANY($4::text[]) ORDER BY r.root, n.kind, n.no`,
        [currentContext().projectId, nodes.map(({ kind }) => kind), nodes.map(({ id }) => id), kinds],
      ),
    );
    return rows.map(({ root, kind, id, label }) => ({ group: root, node: { kind, id, label } }));
  }

  /** One graph for each of `nodes`, in their order, null for a node that does not exist. One statement for all. */
  async walkMany(
    nodes: readonly NodeRef[],
    direction: Direction,
    depth?: number | null,
  ): Promise<(LineageGraph | null)[]> {
    if (typeof depth === 'number' && (!Number.isInteger(depth) || depth < 0 || depth > 1_000_000)) {
      throw new InvalidInputError(
        'LINEAGE_DEPTH_INVALID',
        `depth is ${depth}; expected an integer from 0 to 1000000`,
      );
    }
    const rows = await this.units.read((tx) =>
      tx.query<{ graph: Walked | null }>(
        `SELECT lineage_walk(root.kind, root.id, $3, $4, $5) AS graph
         FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS root(kind, id, position) ORDER BY root.position`,
        [
          nodes.map((node) => node.kind),
          nodes.map((node) => node.id),
          direction === 'downstream',
          depth ?? null,
          MAX_NODES,
        ],
      ),
    );
    return rows.map((row) => row.graph && toGraph(row.graph));
  }

  /**
   * The node that a reference names: `KIND:ID`, `KIND:LABEL`, or `KIND:NAME` for the latest NAME@VERSION.
   * Throws LINEAGE_REFERENCE_INVALID, LINEAGE_NODE_NOT_FOUND.
   */
  async resolve(ref: string): Promise<LineageNode> {
    const { kind, name } = parseNodeReference(ref);
    const [node] = await this.units.read((tx) =>
      tx.query<LineageNode>(
        `(SELECT kind, id, label, 0 AS rank, no FROM lineage_node WHERE project_id = $1 AND kind = $2 AND id = lower($3))
         UNION ALL
         (SELECT kind, id, label, 1, no FROM lineage_node WHERE project_id = $1 AND kind = $2 AND lower(label) = lower($3)
          ORDER BY no DESC LIMIT 1)
         UNION ALL
         (SELECT kind, id, label, 2, no FROM lineage_node WHERE project_id = $1 AND kind = $2 AND lower(label) LIKE $4
          ORDER BY no DESC LIMIT 1)
         ORDER BY rank LIMIT 1`,
        [currentContext().projectId, kind, name, `${name.toLowerCase().replace(/[\\%_]/g, '\\$&')}@%`],
      ),
    );
    if (!node) throw notFound(`${kind}:${name}`);
    return { kind: node.kind, id: node.id, label: node.label };
  }
}

function toGraph({ nodes, edges, truncated }: Walked): LineageGraph {
  const reached = nodes.map(([kind, id, label, depth]) => ({ kind, id, label, depth }));
  const at = (position: number): NodeRef => {
    const node = reached[position];
    if (!node) throw new Error(`lineage_walk answered an edge to position ${position} of ${reached.length}`);
    return { kind: node.kind, id: node.id };
  };
  return {
    nodes: reached,
    edges: edges.map(([from, to, relation]) => ({ from: at(from), to: at(to), relation })),
    truncated,
  };
}

function notFound(what: string): NotFoundError {
  return new NotFoundError('LINEAGE_NODE_NOT_FOUND', `There is no ${what} in this project's lineage.`, {
    remedy: 'Check kind, name and version; model:NAME@VERSION and dataset:NAME@VERSION name versions.',
  });
}
