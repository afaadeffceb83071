import { isHash, isObject, messageOf, type Json } from './json-shape.js';
import type { RecordLedger } from './record-ledger.js';
import type { Code, Culprit, ReportBuilder } from './report.js';

export const RECORDS_FORMAT = 'assay/audit-records/v1';
const SHOWN = 20;

interface Problem {
  check: 'records' | 'files' | 'tables';
  code: Code;
  culprit: Culprit;
}

/** A listing of what is stored, line by line, held against what the log says of it. */
class Listing {
  readonly problems: Problem[] = [];
  readonly seen = new Set<string>();
  project = '';
  files = 0;
  private size = 0;
  private ended = false;
  malformed?: string;

  constructor(private readonly ledger: RecordLedger) {}

  read(line: string, number: number): void {
    if (this.malformed !== undefined) return;
    try {
      const value: unknown = JSON.parse(line);
      if (!isObject(value)) throw new Error('it is not an object');
      if (this.ended) throw new Error('it stands after the end');
      if (number === 1) this.header(value);
      else this.item(value);
    } catch (error) {
      this.malformed = `line ${number} of the listing of records: ${messageOf(error)}`;
    }
  }

  /** After the last line: whether all of it came, and whether all that was recorded was in it. */
  end(): void {
    if (!this.ended) this.malformed ??= 'the listing of records is cut off';
    for (const key of this.ledger.keys()) {
      const n = this.ledger.lastBefore(key, this.size);
      if (n === 0 || this.seen.has(key)) continue;
      const { index } = this.ledger.find(key, n)!;
      this.record(key, index, `it is gone; entry ${index} recorded it`);
    }
  }

  private header({ format, project, size }: Json): void {
    if (format !== RECORDS_FORMAT || typeof project !== 'string' || !Number.isSafeInteger(size))
      throw new Error(`it is not the header of an ${RECORDS_FORMAT}`);
    this.project = project;
    this.size = size as number;
  }

  private item(value: Json): void {
    const { kind, id } = value;
    if (typeof value.error === 'string') throw new Error(`${value.error}: ${String(value.detail)}`);
    if (Number.isSafeInteger(value.records)) return this.lastLine(value);
    if (typeof value.place === 'string') {
      const reason = `${value.place}: ${String(value.reason)}`;
      return void this.problems.push({
        check: 'tables',
        code: 'AUDIT_TABLE_ALTERED',
        culprit: { index: null, field: value.place, reason },
      });
    }
    if (typeof kind !== 'string' || typeof id !== 'string') throw new Error('it names no kind and id');
    if (typeof value.problem === 'string') {
      const reason = `${kind} ${id}: ${value.problem}`;
      return void this.problems.push({
        check: 'files',
        code: 'BLOB_ALTERED',
        culprit: { index: null, field: `${kind} ${id}`, reason },
      });
    }
    this.stored(`${kind} ${id}`, value);
  }

  private stored(key: string, { digest, n }: Json): void {
    if (!isHash(digest)) throw new Error(`${key} has no digest`);
    if (this.seen.has(key)) throw new Error(`${key} stands in it twice`);
    this.seen.add(key);
    if (n === null)
      return this.record(key, null, 'no entry of the log recorded it: somebody put it there past Assay');
    const attested = this.ledger.find(key, n as number);
    const last = this.ledger.lastBefore(key, this.size);
    if (!attested)
      return this.record(
        key,
        null,
        `the log never recorded it for the time ${String(n)}: somebody put it there past Assay`,
      );
    if ((n as number) < last)
      return this.record(
        key,
        attested.index,
        `entry ${this.ledger.find(key, last)!.index} recorded it since, and it is looked up as before`,
      );
    if (attested.digest !== digest)
      this.record(
        key,
        attested.index,
        `its digest is ${digest}, entry ${attested.index} recorded ${attested.digest}`,
      );
  }

  private lastLine({ records, checked }: Json): void {
    if (records !== this.seen.size)
      throw new Error(`it counts ${String(records)} records, ${this.seen.size} came`);
    this.files = Number(checked);
    this.ended = true;
  }

  private record(key: string, index: number | null, reason: string): void {
    const culprit = { index, field: key, reason: `${key} is not what the log recorded: ${reason}` };
    this.problems.push({ check: 'records', code: 'RECORD_ALTERED', culprit });
  }
}

/**
 * Adds to a report whether what a server says it stores (`GET …/audit/records`, asked for before the export that filled `ledger`)
 * is what the log recorded. Holds some 100 bytes for each record in memory.
 */
export async function verifyRecords(
  builder: ReportBuilder,
  lines: AsyncIterable<string> | Iterable<string>,
  ledger: RecordLedger,
  project: string,
): Promise<void> {
  const listing = new Listing(ledger);
  let number = 0;
  for await (const line of lines) listing.read(line, ++number);
  listing.end();
  const contradiction = ledger.contradiction();
  if (contradiction) builder.failed('records', 'RECORD_ALTERED', { field: 'body', ...contradiction });
  if (listing.malformed === undefined && listing.project !== project)
    listing.malformed = `the listing is of project ${listing.project}, the export of ${project}`;
  if (listing.malformed !== undefined) {
    const culprit = { index: null, field: 'records', reason: listing.malformed };
    builder.failed('records', 'LISTING_MALFORMED', culprit);
  }
  // What is wrong in the log's own tables explains what looks wrong with records.
  report(builder, listing, 'tables', 'the tables of the log agree with what is hashed');
  report(builder, listing, 'records', `${listing.seen.size} are as the log recorded them`);
  report(builder, listing, 'files', `${listing.files} have the digest that names them`);
}

function report(
  builder: ReportBuilder,
  { problems, malformed }: Listing,
  check: Problem['check'],
  good: string,
): void {
  const found = problems.filter((problem) => problem.check === check);
  for (const { code, culprit } of found.slice(0, SHOWN)) builder.failed(check, code, culprit);
  if (found.length > SHOWN) {
    const reason = `and ${found.length - SHOWN} more`;
    builder.failed(check, found[0]!.code, { index: null, field: check, reason });
  }
  if (found.length === 0 && malformed === undefined) builder.passed(check, good);
}
