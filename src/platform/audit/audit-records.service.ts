import { Injectable, Logger } from '@nestjs/common';
import { currentContext, runInContext } from '../context/index.js';
import { UnitOfWork } from '../database/index.js';
import { AssayError } from '../errors/index.js';
import { AuditSequencer } from './audit-sequencer.service.js';
import { latestCheckpoint, type Query } from './audit-tree.js';
import type { RecordKind } from './record-kind.js';
import { RecordKinds } from './record-kinds.js';
import { digestStatement, recordIds } from './record-text.js';

export const RECORDS_FORMAT = 'assay/audit-records/v1';

const RECORDS_PER_READ = 500;
const ENTRIES_PER_READ = 10_000;

interface RecordLine {
  kind: string;
  id: string;
  digest: string;
  n: number | null;
}

interface Misfit {
  place: string;
  reason: string;
}

/**
 * What is stored now, as NDJSON, for a verifier to hold against the log: a header, the digest of every record, what is wrong with
 * files, what does not agree within the log's own tables, and a last line that counts them. An export that is asked for after this
 * one ended has every entry that these lines need.
 */
@Injectable()
export class AuditRecords {
  private readonly logger = new Logger(AuditRecords.name);

  constructor(
    private readonly uow: UnitOfWork,
    private readonly kinds: RecordKinds,
    private readonly sequencer: AuditSequencer,
  ) {}

  /** Lines with their newlines. What ends the listing too early is its last line, as the answer is under way by then. */
  async *lines(): AsyncGenerator<string> {
    try {
      yield* this.listing();
    } catch (error) {
      const known = error instanceof AssayError ? error : undefined;
      if (!known) this.logger.error({ msg: 'listing the records failed', err: error });
      yield line({
        error: known?.code ?? 'INTERNAL_ERROR',
        detail: known?.message ?? 'Assay failed to list its records; its log says why',
      });
    }
  }

  /** Reads in short units, so that a listing of any length holds no transaction open. */
  private async *listing(): AsyncGenerator<string> {
    const context = currentContext();
    // Whoever pulls the stream does it outside the request's context.
    const inContext = <T>(work: () => Promise<T>): Promise<T> => runInContext(context, work);
    const read = <T>(work: (query: Query) => Promise<T>): Promise<T> =>
      inContext(() => this.uow.read((tx) => work((sql, values) => tx.query(sql, values))));

    const size = (await read(latestCheckpoint))?.size ?? 0;
    yield line({ format: RECORDS_FORMAT, project: context.projectId, size });
    let records = 0;
    for (const kind of this.kinds.all) {
      for (let after: string | null = null; ;) {
        const page: RecordLine[] = await read((query) => digests(query, kind, after));
        for (const record of page) yield line(record);
        records += page.length;
        if (page.length < RECORDS_PER_READ) break;
        after = page.at(-1)!.id;
      }
    }
    let checked = 0;
    for (const check of this.kinds.allChecks) {
      const things = runInContext(context, check)[Symbol.asyncIterator]();
      for (;;) {
        const { value, done } = await inContext(() => things.next());
        if (done === true) break;
        checked++;
        if (value.problem !== null) yield line(value);
      }
    }
    for (let from = 0; from < size; from += ENTRIES_PER_READ) {
      const to = Math.min(from + ENTRIES_PER_READ, size) - 1;
      for (const misfit of await read((query) => misfits(query, from, to))) yield line(misfit);
    }
    const strays = await read((query) => query<Misfit>('SELECT place, reason FROM audit_strays()', []));
    for (const stray of strays) yield line(stray);
    // A stray never comes into the tree, and is named already.
    if (strays.length === 0) await inContext(() => this.sequencer.ensureAllIntegrated());
    yield line({ records, checked });
  }
}

/** In the order of their ids, so that the last is where the next page begins. */
async function digests(query: Query, kind: RecordKind, after: string | null): Promise<RecordLine[]> {
  const ids = await recordIds(query, kind, after, RECORDS_PER_READ);
  if (ids.length === 0) return [];
  const { sql, parameters } = await digestStatement(
    query,
    ids.map((id) => ({ kind, id })),
  );
  return query<RecordLine>(
    `SELECT live.kind, live.id, live.digest,
       (SELECT max(r.n) FROM audit_record r WHERE r.project_id = current_setting('app.project')::uuid
         AND r.kind = live.kind AND r.id = live.id) AS n
     FROM (${sql}) live JOIN unnest($1::text[]) WITH ORDINALITY w(id, position) ON w.id = live.id ORDER BY w.position`,
    parameters,
  );
}

function misfits(query: Query, from: number, to: number): Promise<Misfit[]> {
  return query<Misfit>('SELECT place, reason FROM audit_misfits($1, $2)', [from, to]);
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
