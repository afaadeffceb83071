export { LineageModule } from './lineage.module.js';
export { LineageService } from './lineage.service.js';
export {
  NODE_KINDS,
  type Direction,
  type LineageEdge,
  type LineageGraph,
  type LineageNode,
  type NodeKind,
  type NodeRef,
  type ReachedNode,
} from './lineage-node.js';
export { lineageParts } from './lineage-parts.js';
