export { LineageModule } from './lineage.module.js';
export { LineageService } from './lineage.service.js';
export {
  type Direction,
  type LineageEdge,
  type LineageGraph,
  type LineageNode,
  type NodeKind,
  type NodeRef,
} from './lineage-node.js';
export { lineageParts } from './lineage-parts.js';
