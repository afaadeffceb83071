import type { SliceExpression, SliceOperand } from '../slices/index.js';

/** The same expression over columns of other names. */
export function renameColumns(slice: SliceExpression, rename: (name: string) => string): SliceExpression {
  const inner = (part: SliceExpression) => renameColumns(part, rename);
  switch (slice.kind) {
    case 'and':
    case 'or':
      return { ...slice, parts: slice.parts.map(inner) };
    case 'not':
      return { ...slice, part: inner(slice.part) };
    case 'compare':
      return { ...slice, left: renamed(slice.left, rename), right: renamed(slice.right, rename) };
    default:
      return { ...slice, operand: renamed(slice.operand, rename) };
  }
}

function renamed(operand: SliceOperand, rename: (name: string) => string): SliceOperand {
  if (operand.kind === 'column') return { kind: 'column', name: rename(operand.name) };
  if (operand.kind === 'call') return { ...operand, argument: renamed(operand.argument, rename) };
  return operand;
}
