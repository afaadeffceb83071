/** What may stand in the lineage graph, and the prefixes under which people write it. */
export const NODE_KINDS = [
  'source',
  'upload',
  'datasetVersion',
  'run',
  'modelVersion',
  'evaluation',
  'importedEvaluation',
  'policy',
  'gateDecision',
  'promotion',
] as const;

export type NodeKind = (typeof NODE_KINDS)[number];

export type Direction = 'upstream' | 'downstream';

/** Names one node. `id` is a UUID, but for an upload: the SHA-256 of its bytes. */
export interface NodeRef {
  kind: NodeKind;
  id: string;
}

export interface LineageNode extends NodeRef {
  /** What people call it: NAME@VERSION for dataset and model versions. */
  label: string;
}

export interface ReachedNode extends LineageNode {
  /** Steps from the node where the walk began, which has 0. */
  depth: number;
}

/** Data flows `from` -> `to`; `relation` is a verb: 'trained_on', 'produced', 'evaluated', 'decided', ... */
export interface LineageEdge {
  from: NodeRef;
  to: NodeRef;
  relation: string;
}

export interface LineageGraph {
  /** In the order they were reached, nearest first. */
  nodes: ReachedNode[];
  /** Every edge between two of `nodes`. */
  edges: LineageEdge[];
  /** Whether the limit on nodes ended the walk before the graph did. */
  truncated: boolean;
}
