import { parseSlice, printSlice } from '../slices/index.js';
import type { DeclaredSlice } from './protocol-fields.js';

/** What is wrong with a declared slice. */
export interface SliceProblem {
  code: 'PROTOCOL_INVALID' | 'SLICE_INVALID';
  path: string;
  message: string;
}

/** Declared slices with names of their own, in the one form of their expressions; the others are told to `refuse`. */
export function readSlices(
  slices: readonly Partial<DeclaredSlice>[],
  at: string,
  refuse: (problem: SliceProblem) => void,
): DeclaredSlice[] {
  return slices.flatMap(({ name, where }, i): DeclaredSlice[] => {
    const path = `${at}[${i}]`;
    const earlier = slices.findIndex((slice) => slice.name === name);
    if (name !== undefined && earlier < i)
      refuse({
        code: 'PROTOCOL_INVALID',
        path: `${path}.name`,
        message: `found ${JSON.stringify(name)}, as in ${at}[${earlier}]; expected a name of its own`,
      });
    if (name === undefined || where === undefined) return [];
    const parsed = parseSlice(where);
    if (parsed.ok) return [{ name, where: printSlice(parsed.slice) }];
    refuse({ code: 'SLICE_INVALID', path: `${path}.where`, message: parsed.problem });
    return [];
  });
}
