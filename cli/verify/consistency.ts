import { hashNode } from './tree.js';

/**
 * Whether a proof shows that a log of `to` entries begins with the log of `from`, by the definition of SUBPROOF in RFC 6962
 * section 2.1.2: the last hash is the half of the tree that the rest of the proof is not about.
 */
export function isConsistent(
  earlier: { size: number; root: Buffer },
  later: { size: number; root: Buffer },
  proof: readonly Buffer[],
): boolean {
  const { size } = earlier;
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(later.size) || size < 1 || size > later.size)
    return false;
  const roots = subtree(size, later.size, proof, earlier.root);
  return roots !== undefined && roots.earlier.equals(earlier.root) && roots.later.equals(later.root);
}

interface Roots {
  earlier: Buffer;
  later: Buffer;
}

/** Both roots of a subtree of `to` leaves. `whole` is the earlier root as long as the subtree begins with the earlier log. */
function subtree(
  from: number,
  to: number,
  proof: readonly Buffer[],
  whole: Buffer | undefined,
): Roots | undefined {
  if (from === to) {
    const [only, ...more] = whole ? [whole, ...proof] : proof;
    return only && more.length === 0 ? { earlier: only, later: only } : undefined;
  }
  const other = proof.at(-1);
  if (!other) return undefined;
  let left = 1;
  while (left * 2 < to) left *= 2;
  const rest = proof.slice(0, -1);
  if (from <= left) {
    const half = subtree(from, left, rest, whole);
    return half && { earlier: half.earlier, later: hashNode(half.later, other) };
  }
  const half = subtree(from - left, to - left, rest, undefined);
  return half && { earlier: hashNode(other, half.earlier), later: hashNode(other, half.later) };
}
