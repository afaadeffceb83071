import { canonicalText, digestOfJson } from './canonical.js';
import { isHash, isObject, messageOf, unknownMember, type Json } from './json-shape.js';
import { isExportLine } from './export-line.js';
import { openCheckpoint, readVerifierKey, type SignedCheckpoint, type VerifierKey } from './note.js';
import type { RecordLedger } from './record-ledger.js';
import { ReportBuilder, type Code, type Culprit, type VerifyOptions, type VerifyReport } from './report.js';
import { verifyRecords } from './verify-records.js';
import { GrowingTree, hashLeaf } from './tree.js';

export const EXPORT_FORMAT = 'assay/audit-export/v1';

/** What an export says, line by line, with what is wrong about each line by itself. */
class ExportReader {
  size = -1;
  project = '';
  leaves = 0;
  ownLeaves = 0;
  bodies = 0;
  readonly hashes: Buffer[] = [];
  readonly notes: string[] = [];
  readonly keyLines: string[] = [];
  culprit?: Culprit;

  constructor(private readonly ledger?: RecordLedger) {}

  read(line: string, number: number): void {
    let problem: Culprit | undefined;
    try {
      problem = this.readValue(line, number);
    } catch (error) {
      problem = this.wrong('line', `line ${number}: ${messageOf(error)}`);
    }
    this.culprit ??= problem;
  }

  private readValue(line: string, number: number): Culprit | undefined {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      return this.unreadable(number, messageOf(error));
    }
    if (!isObject(value)) return this.wrong('line', `line ${number} is not an object`);
    return this.member(value, number) ?? this.form(value, line, number);
  }

  /** One text for one content: else two readers could take the same line for different things. */
  private form(value: Json, line: string, number: number): Culprit | undefined {
    if (isExportLine(value, line)) return undefined;
    const index = 'index' in value ? this.leaves - 1 : null;
    return { index, field: 'line', reason: `line ${number} is not written as an export writes it` };
  }

  private member(value: Json, number: number): Culprit | undefined {
    if (number === 1) return this.header(value);
    if ('index' in value) return this.entry(value);
    if ('checkpoint' in value) return this.text(value, 'checkpoint', this.notes);
    if ('publicKey' in value) return this.text(value, 'publicKey', this.keyLines);
    return this.wrong('line', `line ${number} is no entry, checkpoint or key`);
  }

  private header(value: Json): Culprit | undefined {
    const { format, project, size } = value;
    const extra = unknownMember(value, ['format', 'project', 'size']);
    if (format !== EXPORT_FORMAT || typeof project !== 'string' || extra !== undefined) {
      return {
        index: null,
        field: 'format',
        reason: `the first line is not the header of an ${EXPORT_FORMAT}`,
      };
    }
    if (typeof size !== 'number') return { index: null, field: 'size', reason: 'the header names no size' };
    this.project = project;
    this.size = size;
    return undefined;
  }

  private entry(value: Json): Culprit | undefined {
    const index = this.leaves++;
    const wrong = (field: string, reason: string): Culprit => ({
      index,
      field,
      reason: `entry ${index}: ${reason}`,
    });
    const { leafHash, leaf, body } = value;
    if (!isHash(leafHash)) {
      this.hashes.push(Buffer.alloc(32));
      return wrong('leafHash', 'its leaf hash is no SHA-256');
    }
    this.hashes.push(Buffer.from(leafHash, 'hex'));
    const extra = unknownMember(value, ['index', 'leafHash', 'leaf', 'body']);
    if (extra !== undefined) return wrong(extra, `it has an unknown member ${extra}`);
    if (value.index !== index) return wrong('index', `it says that it is entry ${String(value.index)}`);
    if (leaf === undefined)
      return body === undefined ? undefined : wrong('body', 'it has a body and no leaf');
    if (!isObject(leaf)) return wrong('leaf', 'its leaf is not an object');
    this.ownLeaves++;
    if (hashLeaf(canonicalText(leaf)).toString('hex') !== leafHash)
      return wrong('leaf', 'its leaf does not have its leaf hash');
    if (leaf.project !== this.project) return wrong('leaf', `it belongs to project ${String(leaf.project)}`);
    if (body === undefined) return undefined;
    this.bodies++;
    if (digestOfJson(body) !== leaf.bodyDigest)
      return wrong('body', 'its body does not have the digest that the leaf holds');
    if (isObject(body)) this.ledger?.add(index, body);
    return undefined;
  }

  private text(value: Json, member: 'checkpoint' | 'publicKey', into: string[]): Culprit | undefined {
    const text = value[member];
    if (typeof text !== 'string' || unknownMember(value, [member]) !== undefined) {
      return this.wrong(member, `a ${member} line is malformed`);
    }
    into.push(text);
    return undefined;
  }

  /** Among the entries, a broken line keeps its place, so that what follows is not blamed for it. */
  private unreadable(number: number, problem: string): Culprit {
    const reason = `line ${number} is not JSON: ${problem}`;
    if (this.leaves >= this.size || this.notes.length > 0) return this.wrong('line', reason);
    this.hashes.push(Buffer.alloc(32));
    return { index: this.leaves++, field: 'line', reason };
  }

  private wrong(field: string, reason: string): Culprit {
    return { index: null, field, reason };
  }
}

export interface ExportOptions extends VerifyOptions {
  /** A checkpoint (signed note) of this log that was kept: the export must continue it. */
  since?: string;
  /** Name the newest checkpoint in the report. */
  keep?: boolean;
  /** What the server says it stores, asked for before the export, and the ledger to hold it against. */
  records?: { lines: AsyncIterable<string> | Iterable<string>; ledger: RecordLedger };
}

/**
 * Rebuilds the audit log from an export, one line per item of `input`, and names the first thing that does not fit.
 * Holds 32 bytes per entry in memory.
 */
export async function verifyExport(
  input: AsyncIterable<string> | Iterable<string>,
  { pinnedPublicKey, since, keep, records }: ExportOptions = {},
): Promise<VerifyReport> {
  const reader = new ExportReader(records?.ledger);
  let number = 0;
  let blank = 0;
  for await (const line of input) {
    // Only what follows the last newline may be empty.
    if (line === '') blank++;
    else reader.read(blank > 0 ? '' : line, (number += 1 + blank));
  }
  if (blank > 1) reader.read('', number + 1);
  const builder = new ReportBuilder();
  checkEntries(builder, reader);
  const keys = readKeys(builder, reader);
  checkCheckpoints(builder, reader, keys);
  checkPinned(builder, reader, pinnedPublicKey);
  if (since !== undefined) checkKept(builder, reader, since, [...keys, ...pinnedKeys(pinnedPublicKey)]);
  if (records) await verifyRecords(builder, records.lines, records.ledger, reader.project);
  if (keep) builder.checkpoint = reader.notes.at(-1);
  return builder.report();
}

function checkEntries(builder: ReportBuilder, reader: ExportReader): void {
  const { leaves, ownLeaves, bodies, size, project, culprit } = reader;
  if (culprit) return builder.failed('entries', 'AUDIT_ENTRY_ALTERED', culprit);
  if (leaves !== size) {
    const reason = `the header says ${size} entries, ${leaves} are there`;
    return builder.failed('entries', 'AUDIT_ENTRY_ALTERED', { index: leaves, field: 'size', reason });
  }
  const own = `${ownLeaves} of project ${project} with the hash of their leaf, ${bodies} of these with the digest of their body`;
  builder.passed('entries', `${leaves} in all: ${own}`);
}

function readKeys(builder: ReportBuilder, { keyLines, size }: ExportReader): VerifierKey[] {
  try {
    const keys = keyLines.map(readVerifierKey);
    if (keys.length === 0 && size > 0) throw new Error('the export names no public key');
    builder.passed('keys', keyLines.join(', '));
    return keys;
  } catch (error) {
    builder.failed('keys', 'AUDIT_KEY_INVALID', {
      index: null,
      field: 'publicKey',
      reason: messageOf(error),
    });
    return [];
  }
}

/** Each checkpoint has to be signed, in order, of one log, and to have the root of the entries it covers. */
function checkCheckpoints(builder: ReportBuilder, reader: ExportReader, keys: readonly VerifierKey[]): void {
  const tree = new GrowingTree();
  const { hashes, notes } = reader;
  let last: SignedCheckpoint | undefined;
  for (const [at, note] of notes.entries()) {
    const fail = (
      index: number | null,
      field: string,
      reason: string,
      code: Code = 'AUDIT_CHECKPOINT_ALTERED',
    ) =>
      builder.failed('checkpoints', code, {
        index,
        field,
        reason: `checkpoint ${at + 1} of ${notes.length}: ${reason}`,
      });
    let checkpoint: SignedCheckpoint;
    try {
      checkpoint = openCheckpoint(note, keys);
    } catch (error) {
      return fail(null, 'checkpoint', messageOf(error));
    }
    const { origin, size, root } = checkpoint;
    const covered = tree.size;
    if (last && (last.origin !== origin || size <= last.size)) {
      return fail(
        null,
        'checkpoint',
        `${origin} with ${size} entries follows ${last.origin} with ${last.size}`,
      );
    }
    if (size > hashes.length)
      return fail(hashes.length, 'checkpoint', `${size} entries are signed for, ${hashes.length} are there`);
    for (const hash of hashes.slice(covered, size)) tree.add(hash);
    if (!tree.root().equals(root)) {
      const entries =
        size - covered === 1 ? `entry ${covered} was` : `one of the entries ${covered} to ${size - 1} was`;
      return fail(
        covered,
        'leafHash',
        `its root is not that of the ${size} entries: ${entries} changed`,
        'AUDIT_ENTRY_ALTERED',
      );
    }
    last = checkpoint;
  }
  const signed = last?.size ?? 0;
  if (signed !== hashes.length || (hashes.length > 0 && !last)) {
    const reason = `${hashes.length} entries are there, ${signed} are signed for`;
    return builder.failed('checkpoints', 'AUDIT_CHECKPOINT_ALTERED', {
      index: signed,
      field: 'checkpoint',
      reason,
    });
  }
  builder.passed(
    'checkpoints',
    `${notes.length}, each signed and with the root of its entries; the last covers all ${signed}`,
  );
}

function checkPinned(
  builder: ReportBuilder,
  { keyLines, notes }: ExportReader,
  pinned: string | undefined,
): void {
  if (pinned === undefined) return;
  try {
    const newest = notes.at(-1);
    if (newest !== undefined) openCheckpoint(newest, [readVerifierKey(pinned.trim())]);
    builder.passed('known key', 'the newest checkpoint is signed with the key you know');
  } catch {
    const reason = `the newest checkpoint is not signed with the key you know, but with one of ${keyLines.join(', ')}`;
    builder.failed('known key', 'AUDIT_KEY_UNKNOWN', { index: null, field: 'publicKey', reason });
  }
}

function pinnedKeys(pinned: string | undefined): VerifierKey[] {
  try {
    return pinned === undefined ? [] : [readVerifierKey(pinned.trim())];
  } catch {
    // Named by the check of the known key.
    return [];
  }
}

/** The log as it was when the checkpoint was kept has to be the beginning of this one. */
function checkKept(
  builder: ReportBuilder,
  { hashes }: ExportReader,
  since: string,
  keys: readonly VerifierKey[],
): void {
  const rewritten = (index: number | null, reason: string) =>
    builder.failed('kept checkpoint', 'AUDIT_LOG_REWRITTEN', { index, field: 'checkpoint', reason });
  let kept: SignedCheckpoint;
  try {
    kept = openCheckpoint(since, keys);
  } catch (error) {
    return rewritten(null, `the checkpoint you kept is not of this log: ${messageOf(error)}`);
  }
  if (kept.size > hashes.length) {
    const reason = `you kept a checkpoint of ${kept.size} entries, and ${hashes.length} are there: the end was cut off`;
    return rewritten(hashes.length, reason);
  }
  const tree = new GrowingTree();
  for (const hash of hashes.slice(0, kept.size)) tree.add(hash);
  if (!tree.root().equals(kept.root)) {
    const reason = `the first ${kept.size} entries are not those of the checkpoint you kept: the log was rewritten`;
    return rewritten(null, reason);
  }
  builder.passed(
    'kept checkpoint',
    `the log begins with the ${kept.size} entries of the checkpoint you kept`,
  );
}
