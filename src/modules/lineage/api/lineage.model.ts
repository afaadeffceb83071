import { Int } from '@nestjs/graphql';
import { Output, Prop } from '../../../platform/http/index.js';
import type { LineageEdge, LineageGraph, NodeKind, NodeRef, ReachedNode } from '../lineage-node.js';

@Output('LineageNodeRef', 'Names one node of the lineage graph.')
export class LineageNodeRefModel implements NodeRef {
  @Prop(() => String, { description: 'What it is.', example: 'modelVersion' })
  kind: NodeKind;

  @Prop(() => String, { description: 'Its id; for an upload the SHA-256 of its bytes.' })
  id: string;
}

@Output('LineageNode', 'A node that the walk reached.')
export class LineageNodeModel extends LineageNodeRefModel implements ReachedNode {
  @Prop(() => String, { description: 'What people call it.', example: 'credit@1' })
  label: string;

  @Prop(() => Int, { description: 'Steps from the node where the walk began.' })
  depth: number;
}

@Output('LineageEdge', 'Data flowed from one node to another.')
export class LineageEdgeModel implements LineageEdge {
  @Prop(() => LineageNodeRefModel, { description: 'The upstream end.' })
  from: LineageNodeRefModel;

  @Prop(() => LineageNodeRefModel, { description: 'The downstream end.' })
  to: LineageNodeRefModel;

  @Prop(() => String, { description: 'A verb.', example: 'trained_on' })
  relation: string;
}

@Output('LineageGraph', 'What a node came from, or what came from it.')
export class LineageGraphModel implements LineageGraph {
  @Prop(() => [LineageNodeModel], {
    description: 'The nodes, nearest first; the first is the one asked for.',
  })
  nodes: LineageNodeModel[];

  @Prop(() => [LineageEdgeModel], { description: 'Every edge between two of these nodes.' })
  edges: LineageEdgeModel[];

  @Prop(() => Boolean, { description: 'Whether the limit of 10,000 nodes ended the walk.' })
  truncated: boolean;
}
