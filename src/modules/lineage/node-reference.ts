import { InvalidInputError } from '../../platform/errors/index.js';
import { NODE_KINDS, type NodeKind } from './lineage-node.js';

/** A reference as written: `modelVersion:credit@1`, `dataset:adult`, `run:0190…`. */
export interface NodeReference {
  kind: NodeKind;
  /** An id, a label, or the NAME of a NAME@VERSION label (its latest version). */
  name: string;
}

const KINDS = new Map<string, NodeKind>([
  ...NODE_KINDS.map((kind): [string, NodeKind] => [kind.toLowerCase(), kind]),
  ['dataset', 'datasetVersion'],
  ['model', 'modelVersion'],
  ['decision', 'gateDecision'],
]);

/** Read `KIND:NAME`. Throws LINEAGE_REFERENCE_INVALID. */
export function parseNodeReference(ref: string): NodeReference {
  const colon = ref.indexOf(':');
  const kind = colon < 0 ? undefined : KINDS.get(ref.slice(0, colon).toLowerCase());
  const name = ref.slice(colon + 1);
  if (kind === undefined || name === '' || name.length > 300 || name.includes('\0')) {
    throw new InvalidInputError(
      'LINEAGE_REFERENCE_INVALID',
      `${JSON.stringify(ref.slice(0, 120))} does not name a node; expected KIND:NAME`,
      {
        remedy: `Write for example model:credit@1, dataset:adult@2 or run:<id>. Kinds: ${['dataset', 'model', ...NODE_KINDS].join(', ')}.`,
      },
    );
  }
  return { kind, name };
}
