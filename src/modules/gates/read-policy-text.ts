import { parseDocument, visit } from 'yaml';
import { AssayError } from '../../platform/errors/index.js';
import { policyTextInvalid } from './gates.errors.js';

const MAX_CHARACTERS = 64 * 1024;
const MAX_DEPTH = 20;
const MAX_ALIASES = 20;

/**
 * The value of a policy written in YAML 1.2 or JSON. Duplicate keys, tags of one's own, several documents, and texts that are
 * too long, too deep or too entwined are refused. Throws POLICY_TOO_LARGE, POLICY_TEXT_INVALID.
 */
export function readPolicyText(text: string): unknown {
  if (text.length > MAX_CHARACTERS) {
    throw policyTextInvalid(
      'POLICY_TOO_LARGE',
      `The policy has ${text.length} characters; at most ${MAX_CHARACTERS} are read.`,
      'Split it into several policies of the same stage: all of them must pass.',
    );
  }
  if (nesting(text) > MAX_DEPTH * 4) throw tooDeep();
  try {
    return read(text);
  } catch (error) {
    if (error instanceof AssayError) throw error;
    // The parser's own limits: recursion, aliases that lead nowhere or multiply.
    throw invalid(error instanceof Error ? firstLine(error.message) : 'the parser gave up');
  }
}

function read(text: string): unknown {
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    uniqueKeys: true,
    merge: false,
    stringKeys: true,
  });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw invalid(firstLine(problem.message));
  let aliases = 0;
  visit(document, {
    Alias: () => {
      aliases += 1;
    },
    Node: (_key, _node, path) => {
      if (path.length > MAX_DEPTH * 2) throw tooDeep();
    },
  });
  if (aliases > MAX_ALIASES) throw invalid(`it has ${aliases} aliases; at most ${MAX_ALIASES} are read`);
  return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
}

/** How deep brackets are nested, whatever they stand in: an upper bound that needs no parser and no stack. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '[' || character === '{') deepest = Math.max(deepest, (depth += 1));
    else if (character === ']' || character === '}') depth -= 1;
  }
  return deepest;
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/:$/, '') ?? message;
}

function tooDeep() {
  return invalid(`it is nested deeper than ${MAX_DEPTH} levels`);
}

function invalid(found: string) {
  return policyTextInvalid(
    'POLICY_TEXT_INVALID',
    `The policy is not readable YAML or JSON: ${found}.`,
    'Correct the text, and push it again.',
  );
}
