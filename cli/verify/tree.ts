import { sha256 } from './canonical.js';

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

export function hashLeaf(text: string): Buffer {
  return sha256(LEAF, text);
}

export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(NODE, left, right);
}

/**
 * The root that an inclusion proof leads to, by the definition of PATH in RFC 6962 section 2.1.1: the last hash is the
 * other half of the whole tree. Undefined when the proof has another length than the tree asks for.
 */
export function rootOfPath(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Buffer[],
): Buffer | undefined {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size)
    return undefined;
  if (size === 1) return path.length === 0 ? Buffer.from(leaf) : undefined;
  const other = path.at(-1);
  if (!other) return undefined;
  let left = 1;
  while (left * 2 < size) left *= 2;
  const rest = path.slice(0, -1);
  if (index < left) {
    const half = rootOfPath(leaf, index, left, rest);
    return half && hashNode(half, other);
  }
  const half = rootOfPath(leaf, index - left, size - left, rest);
  return half && hashNode(other, half);
}

/** The root of a growing list: a stack of full trees, each larger than the next. */
export class GrowingTree {
  private readonly full: { leaves: number; hash: Buffer }[] = [];
  size = 0;

  add(leaf: Buffer): void {
    let tree = { leaves: 1, hash: leaf };
    for (let last = this.full.at(-1); last?.leaves === tree.leaves; last = this.full.at(-1)) {
      this.full.pop();
      tree = { leaves: tree.leaves * 2, hash: hashNode(last.hash, tree.hash) };
    }
    this.full.push(tree);
    this.size++;
  }

  root(): Buffer {
    let root = this.full.at(-1)?.hash;
    if (!root) return sha256('');
    for (let i = this.full.length - 2; i >= 0; i--) root = hashNode(this.full[i]!.hash, root);
    return root;
  }
}
