import { isInspectArchive } from './formats/inspect-eval.js';
import { importError } from './import-errors.js';
import type { ImportLimits } from './import-limits.js';
import type { ImportSource } from './import-source.js';
import type { ImportFormat } from './imported-results.js';
import { type Fields, fieldsOf } from './fields.js';
import { JsonPicker } from './json/json-picker.js';
import { either, kind, listed, members, whole } from './json/json-shape.js';
import { Utf8Text } from './utf8-text.js';
import { archiveNames } from './zip/zip-archive.js';

const NAMES = [
  ...['version', 'status', 'eval', 'versions', 'configs', 'n-shot', 'group_subtasks'],
  ...['spec', 'evalId', 'doc_id', 'resps', 'filtered_resps', 'doc_hash', 'task_id', 'reward'],
];

const FIRST = members({
  ...Object.fromEntries(NAMES.map((name) => [name, kind])),
  results: either(members({ version: whole, results: kind }), kind),
});

/** By the names in the first document, or in the first element of an array. */
const SIGNS: readonly [ImportFormat, 'object' | 'array' | 'both', (first: Fields) => boolean][] = [
  ['inspect-json', 'object', ({ eval: run, status }) => run === 'object' && status === 'string'],
  [
    'promptfoo',
    'object',
    ({ results }) => fieldsOf(results).version !== undefined && fieldsOf(results).results === 'array',
  ],
  ['lm-eval', 'object', (first) => isResults(first.results) && isLmEval(first)],
  ['openai-evals', 'object', ({ spec }) => spec === 'object'],
  [
    'lm-eval-samples',
    'both',
    (first) =>
      first.doc_id !== undefined && (first.resps ?? first.filtered_resps ?? first.doc_hash) !== undefined,
  ],
  ['tau-bench', 'array', ({ task_id: task, reward }) => task !== undefined && reward !== undefined],
];

const isResults = (results: unknown) => typeof results === 'object' && results !== null;
const isLmEval = (first: Fields) =>
  ['versions', 'configs', 'n-shot', 'group_subtasks'].some((name) => first[name] === 'object') &&
  fieldsOf(first.results).version === undefined;

const START = Buffer.from('PK');

/**
 * Which tool wrote a file, by what is in it. Its name counts for nothing. Throws IMPORT_FORMAT_UNKNOWN, IMPORT_FORMAT_AMBIGUOUS, and
 * what a reader would throw.
 */
export async function detectFormat(source: ImportSource, limits: ImportLimits): Promise<ImportFormat> {
  const start = await startOf(source);
  if (start.subarray(0, 2).equals(START)) {
    if (isInspectArchive(await archiveNames(source, limits))) return 'inspect-eval';
    throw unknown('an archive that Inspect did not write');
  }
  const text = start
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (text.startsWith('<')) return 'junit';
  const { first, isArray } = await firstDocument(source, limits);
  const found = SIGNS.filter(
    ([, form, holds]) => (form === 'both' || (form === 'array') === isArray) && holds(first),
  ).map(([format]) => format);
  const [format, other] = found;
  if (format === undefined)
    throw unknown(isArray ? 'a JSON array of something else' : 'JSON of something else');
  if (other !== undefined) throw ambiguous(found);
  return format;
}

async function startOf(source: ImportSource): Promise<Buffer> {
  for await (const chunk of source.chunks()) return Buffer.from(chunk.subarray(0, 1024));
  return Buffer.alloc(0);
}

/** Names of the first document of a file, be it the only one or the first of many lines. */
async function firstDocument(source: ImportSource, limits: ImportLimits) {
  let first: Fields | undefined;
  let isArray = false;
  const picker = new JsonPicker({
    place: 'the file',
    limits,
    documents: 'lines',
    shape: either(
      FIRST,
      listed(FIRST, (element) => {
        isArray = true;
        first ??= fieldsOf(element);
      }),
    ),
    take: (document) => {
      isArray ||= Array.isArray(document);
      first ??= fieldsOf(document);
    },
  });
  const text = new Utf8Text(picker, 'the file');
  for await (const chunk of source.chunks()) {
    text.write(chunk);
    if (first) return { first, isArray };
  }
  text.end();
  return { first: first ?? {}, isArray };
}

const unknown = (what: string) =>
  importError(
    'IMPORT_FORMAT_UNKNOWN',
    'the file',
    `it is ${what}; read are logs of Inspect (JSON, .eval), lm-evaluation-harness (results, samples), promptfoo, OpenAI evals, tau-bench and JUnit XML`,
    'Send a file as one of these tools wrote it, or say its format.',
  );

const ambiguous = (formats: readonly ImportFormat[]) =>
  importError(
    'IMPORT_FORMAT_AMBIGUOUS',
    'the file',
    `it looks like ${formats.join(' and like ')}`,
    'Say the format.',
  );
