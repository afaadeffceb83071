import { isRecord, readFields } from '../policy/field.js';
import type { PolicyProblem } from '../policy/policy-problem.js';
import { parseSlice, printSlice } from '../slices/index.js';
import {
  LATER_PROTOCOL_FIELDS,
  PROTOCOL_FIELDS,
  type DeclaredSlice,
  type ProtocolDocument,
} from './protocol-fields.js';

/** Where a protocol is wrong, what stands there and what would be right. */
export interface ProtocolProblem {
  code: 'PROTOCOL_INVALID' | 'PROTOCOL_FIELD_NOT_ENFORCED' | 'SLICE_INVALID';
  /** E.g. `protocol.slices[0].where`. */
  path: string;
  message: string;
}

export type ParsedProtocol =
  { ok: true; document: ProtocolDocument } | { ok: false; problems: ProtocolProblem[] };

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
  const read = readFields(given, PROTOCOL_FIELDS, 'protocol', found, LATER_PROTOCOL_FIELDS);
  const problems = found.map(protocolProblem);
  const slices = Array.isArray(read.slices)
    ? readSlices(read.slices as DeclaredSlice[], problems)
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

function protocolProblem({ code, path, found, expected }: PolicyProblem): ProtocolProblem {
  return {
    code: code === 'POLICY_INVALID' ? 'PROTOCOL_INVALID' : 'PROTOCOL_FIELD_NOT_ENFORCED',
    path,
    message:
      found === 'an unknown field'
        ? `unknown field, expected ${expected}`
        : `expected ${expected}, found ${found}`,
  };
}

function readSlices(slices: readonly Partial<DeclaredSlice>[], problems: ProtocolProblem[]): DeclaredSlice[] {
  return slices.flatMap(({ name, where }, i): DeclaredSlice[] => {
    const path = `protocol.slices[${i}]`;
    const earlier = slices.findIndex((slice) => slice.name === name);
    if (name !== undefined && earlier < i)
      problems.push({
        code: 'PROTOCOL_INVALID',
        path: `${path}.name`,
        message: `expected a name of its own, found ${JSON.stringify(name)}, as in protocol.slices[${earlier}]`,
      });
    if (name === undefined || where === undefined) return [];
    const parsed = parseSlice(where);
    if (parsed.ok) return [{ name, where: printSlice(parsed.slice) }];
    problems.push({ code: 'SLICE_INVALID', path: `${path}.where`, message: parsed.problem });
    return [];
  });
}
