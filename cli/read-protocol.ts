import { parseDocument } from 'yaml';
import { readText } from './local-file.js';
import { CommandFailed } from './problem.js';

const MAX_CHARACTERS = 256 * 1024;
const MAX_DEPTH = 20;
const MAX_ALIASES = 20;

/**
 * The document of a protocol file, YAML 1.2 or JSON, for the server to judge. Duplicate keys, tags of one's own, several documents, and
 * files that are too long, too deep or too entwined are refused: PROTOCOL_TEXT_INVALID.
 */
export function readProtocol(path: string): object {
  const text = readText(path);
  if (text.length > MAX_CHARACTERS)
    throw invalid(path, `it has ${text.length} characters; at most ${MAX_CHARACTERS} are read`);
  // Lists in lists on one line need no brackets.
  if (nesting(text) > MAX_DEPTH || text.includes('- '.repeat(MAX_DEPTH)))
    throw invalid(path, `it is nested deeper than ${MAX_DEPTH} levels`);
  let document: unknown;
  try {
    document = parsed(text);
  } catch (error) {
    throw invalid(path, (error instanceof Error ? error.message : 'the parser gave up').split('\n')[0]!);
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw invalid(path, 'it is no object');
  return document;
}

function parsed(text: string): unknown {
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    uniqueKeys: true,
    merge: false,
    stringKeys: true,
  });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw problem;
  return document.toJS({ maxAliasCount: MAX_ALIASES });
}

/** How deep brackets are nested: an upper bound that needs no parser and no stack. */
function nesting(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const character of text) {
    if (character === '[' || character === '{') deepest = Math.max(deepest, (depth += 1));
    else if (character === ']' || character === '}') depth -= 1;
  }
  return deepest;
}

const invalid = (path: string, found: string) =>
  new CommandFailed({
    code: 'PROTOCOL_TEXT_INVALID',
    detail: `${path} is not readable YAML or JSON: ${found}.`,
    remedy: 'Correct the file, and evaluate again.',
  });
