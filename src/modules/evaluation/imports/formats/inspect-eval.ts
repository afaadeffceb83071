import { fieldsOf, type Fields } from '../fields.js';
import { importError } from '../import-errors.js';
import type { ImportLimits } from '../import-limits.js';
import { members, type JsonShape } from '../json/json-shape.js';
import { JsonPicker } from '../json/json-picker.js';
import type { ResultReader } from '../result-reader.js';
import { ResultsBuilder } from '../results-builder.js';
import { Utf8Text } from '../utf8-text.js';
import { type ArchiveMember, archiveMembers } from '../zip/zip-archive.js';
import {
  addInspectSample,
  addInspectTotals,
  INSPECT_HEADER,
  INSPECT_SAMPLE,
  inspectRun,
} from './inspect-log.js';

/** Written last, when the run has ended. */
const HEADER = 'header.json';
/** Written first. */
const START = '_journal/start.json';
const SAMPLE = /^samples\/.+\.json$/;

export const isInspectArchive = (names: ReadonlySet<string>) => names.has(HEADER) || names.has(START);

/**
 * Inspect's `.eval`: an archive with a header, and a member for each sample and epoch. A run that was killed has no header; what it
 * had finished counts, and its status is `incomplete`.
 */
export const readInspectEval: ResultReader = async (source, limits) => {
  const builder = new ResultsBuilder('inspect-eval', limits);
  let header: Fields | undefined;
  let start: Fields | undefined;
  for await (const member of archiveMembers(source, limits)) {
    if (member.name === HEADER) header = await read(member, members(INSPECT_HEADER), limits);
    else if (member.name === START) start = await read(member, members(INSPECT_HEADER), limits);
    else if (SAMPLE.test(member.name)) {
      const sample = await read(member, INSPECT_SAMPLE, limits);
      addInspectSample(builder, sample, '', `member ${member.name}`);
    }
  }
  const of = header ?? (start && { ...start, status: 'started' });
  const where = `member ${header ? HEADER : START}`;
  if (!of) throw noHeader();
  const { task, ...run } = inspectRun(of, where);
  addInspectTotals(builder, of, task, where);
  return builder.finish({ ...run, tasks: [task], renameTask: () => task });
};

async function read(member: ArchiveMember, shape: JsonShape, limits: ImportLimits): Promise<Fields> {
  let found: unknown;
  const place = `member ${member.name}`;
  const take = (document: unknown) => (found = document);
  const text = new Utf8Text(new JsonPicker({ place, limits, documents: 'one', shape, take }), place);
  await member.read((chunk) => text.write(chunk));
  text.end();
  return fieldsOf(found);
}

const noHeader = () =>
  importError(
    'IMPORT_FORMAT_MISMATCH',
    'the archive',
    `it holds neither ${HEADER} nor ${START}, as the logs of Inspect do`,
    'Import the .eval file that Inspect wrote, unchanged.',
  );
