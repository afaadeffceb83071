import { foldRange, placesOf, type NodePlace } from './tree.js';
import { nodeHash } from './hash.js';

/** A perfect subtree that became full, to be stored. */
export interface StoredNode extends NodePlace {
  hash: Buffer;
}

/**
 * Appends leaves to a tree of which only the right edge is known: a compact range, at most one hash per level. Every
 * perfect subtree that fills up is handed to `store`, leaves (level 0) included.
 */
export class TreeAppender {
  private readonly edge: Buffer[];

  /** `edge` holds the hashes of `TreeAppender.edgeOf(size)`. */
  constructor(
    private leaves: number,
    edge: readonly Uint8Array[],
    private readonly store: (node: StoredNode) => void,
  ) {
    if (edge.length !== TreeAppender.edgeOf(leaves).length) {
      throw new RangeError(
        `the edge of ${leaves} leaves has ${TreeAppender.edgeOf(leaves).length} nodes, got ${edge.length}`,
      );
    }
    this.edge = edge.map((hash) => Buffer.from(hash));
  }

  /** The subtrees that a tree of this size consists of: what has to be read before appending. */
  static edgeOf(size: number): NodePlace[] {
    return placesOf({ from: 0, to: size });
  }

  get size(): number {
    return this.leaves;
  }

  append(leaf: Uint8Array): void {
    let hash: Buffer = Buffer.from(leaf);
    let level = 0;
    let index = this.leaves;
    this.store({ level, index, hash });
    while (index % 2 === 1) {
      hash = nodeHash(this.edge.pop()!, hash);
      level++;
      index = (index - 1) / 2;
      this.store({ level, index, hash });
    }
    this.edge.push(hash);
    this.leaves++;
  }

  root(): Buffer {
    return foldRange(this.edge);
  }
}
