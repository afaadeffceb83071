import { isRecord, readFields } from '../policy/field.js';
import type { PolicyProblem } from '../policy/policy-problem.js';
import { PROTOCOL_FIELDS, type DeclaredSlice, type ProtocolDocument } from './protocol-fields.js';
import { readSlices } from './read-slices.js';

/** Where a protocol is wrong, what stands there and what would be right. */
export interface ProtocolProblem {
  code: 'PROTOCOL_INVALID' | 'SLICE_INVALID';
  /** E.g. `protocol.slices[0].where`. */
  path: string;
  message: string;
}

export type ParsedProtocol =
  | { ok: true; document: ProtocolDocument }
  | { ok: false; problems: ProtocolProblem[] };

/**
 * A protocol from its document, every problem at once: nothing unknown is ignored. A field that is null counts as left out. Slices
 * come out in the one form of their expressions (`printSlice`), so that however they are written they are the same protocol.
 */
export function parseProtocol(document: unknown): ParsedProtocol {
  const given = isRecord(document)
    ? Object.fromEntries(
        Object.entries(document).filter(([, value]) => value !== undefined && value !== null),
      )
    : (document ?? {});
  const found: PolicyProblem[] = [];
  const read = readFields(given, PROTOCOL_FIELDS, 'protocol', found);
  const problems = found.map(protocolProblem);
  const slices = Array.isArray(read.slices)
    ? readSlices(read.slices as DeclaredSlice[], 'protocol.slices', (problem) => problems.push(problem))
    : undefined;
  if (problems.length > 0) return { ok: false, problems };
  const { positive } = read;
  return {
    ok: true,
    document: {
      ...(read as ProtocolDocument),
      ...(positive === undefined ? {} : { positive: String(positive as string | number | boolean) }),
      ...(slices === undefined ? {} : { slices }),
    },
  };
}

function protocolProblem({ path, found, expected }: PolicyProblem): ProtocolProblem {
  return {
    code: 'PROTOCOL_INVALID',
    path,
    message:
      found === 'an unknown field'
        ? `unknown field, expected ${expected}`
        : `expected ${expected}, found ${found}`,
  };
}
