import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { currentContext } from '../../context/index.js';
import { isId, newId, type Transaction, UnitOfWork } from '../../database/index.js';
import { ConflictError } from '../../errors/index.js';
import { isGoneProcess, processPrefix } from '../../files/process-files.js';
import { type Lease, partialLocked, partialNotFound, wrongOffset } from './partial-upload.js';

/** What the sweeper leaves of files that nobody touches is a day: the row goes first. */
const KEPT_FOR = '23 hours';
/** Longer than a body may pause (platform/http/body-pace), and than a disk may take. */
const LEASE = '2 minutes';
/** Unfinished ones of one key. */
const MOST = 100;

export interface PartialRow {
  id: string;
  filename: string;
  size: number;
  received: number;
  digest: string | null;
  file: number;
  ended: 'finished' | 'removed' | null;
  expiresAt: Date;
}

interface LockedRow extends PartialRow {
  writer: string | null;
  writer_process: string | null;
  left_open: boolean;
  busy: boolean;
}

const COLUMNS = `id, filename, size::float8 AS size, received::float8 AS received, digest, file, ended,
  expires_at AS "expiresAt"`;
/** Of the calling key, and not over. */
const MINE = `id = $1 AND created_by = $2 AND ended IS DISTINCT FROM 'removed' AND expires_at > now()`;

/** The rows of partial uploads: how far each is, and who may write it. */
@Injectable()
export class PartialUploadsStore {
  /** Those of this process that write: what a request left that broke off is known to be nobody's. */
  private readonly writers = new Set<string>();

  constructor(private readonly units: UnitOfWork) {}

  /** Throws UPLOADS_UNFINISHED_TOO_MANY. */
  create(filename: string, size: number): Promise<PartialRow> {
    const { projectId, actor } = currentContext();
    return this.units.run(async (tx) => {
      const [{ open } = { open: 0 }] = await tx.query<{ open: number }>(
        'SELECT count(*)::integer AS open FROM partial_upload WHERE created_by = $1 AND ended IS NULL AND expires_at > now()',
        [actor.id],
      );
      if (open >= MOST)
        throw new ConflictError(
          'UPLOADS_UNFINISHED_TOO_MANY',
          `this API key has ${open} unfinished resumable uploads; at most ${MOST} are kept`,
          { remedy: 'finish or DELETE some of them, or let them expire' },
        );
      const [row] = await tx.query<PartialRow>(
        `INSERT INTO partial_upload (id, project_id, created_by, filename, size, expires_at)
         VALUES ($1, $2, $3, $4, $5, now() + interval '${KEPT_FOR}') RETURNING ${COLUMNS}`,
        [newId(), projectId, actor.id, filename, size],
      );
      return row!;
    });
  }

  /** Throws RESUMABLE_UPLOAD_NOT_FOUND. */
  async find(id: string): Promise<PartialRow> {
    const [row] = isId(id)
      ? await this.units.read((tx) =>
          tx.query<PartialRow>(`SELECT ${COLUMNS} FROM partial_upload WHERE ${MINE}`, [
            id,
            currentContext().actor.id,
          ]),
        )
      : [];
    if (!row) throw partialNotFound(id);
    return row;
  }

  /**
   * Become its only writer, to go on at `offset`; undefined where all bytes are there. Throws RESUMABLE_UPLOAD_NOT_FOUND,
   * UPLOAD_LOCKED, UPLOAD_OFFSET_CONFLICT.
   */
  lease(id: string, offset: number): Promise<Lease | undefined> {
    return this.units.run(async (tx) => {
      const row = await locked(tx, id);
      const gone = this.isGone(row);
      if (row.busy && !gone) throw partialLocked(id);
      if (offset !== row.received) throw wrongOffset(id, offset, row.received);
      if (row.digest !== null) return undefined;
      // Whoever did not say that they ended may have stalled, and write on when they wake; unless they are gone.
      const stalled = row.left_open && !gone;
      const file = stalled ? row.file + 1 : row.file;
      const writer = randomUUID();
      // Before others can see it in its row.
      this.writers.add(writer);
      await tx.execute(
        `UPDATE partial_upload SET file = $2, writer = $3, writer_process = $4, writing_until = now() + interval '${LEASE}'
         WHERE id = $1`,
        [id, file, writer, processPrefix()],
      );
      const { filename, size, received } = row;
      const before = row.left_open ? null : row.writer;
      return { id, writer, before, file, filename, size, received };
    });
  }

  /** Say that bytes are on disk, and go on writing. Throws UPLOAD_LOCKED where somebody else writes now. */
  advance(lease: Lease, received: number): Promise<void> {
    return this.update(lease, `received = $3, writing_until = now() + interval '${LEASE}'`, [received]);
  }

  /** The same, and let others write. `digest` once all bytes are there. */
  release(lease: Lease, received: number, digest: string | null): Promise<void> {
    return this.update(lease, 'received = $3, digest = $4, writing_until = NULL', [received, digest]);
  }

  /** Whatever became of it, this process writes no more under this lease. */
  letGo({ writer }: Lease): void {
    this.writers.delete(writer);
  }

  /** Inside UnitOfWork.run. False where it had ended before. */
  async end(id: string, how: 'finished' | 'removed'): Promise<boolean> {
    const sql = 'UPDATE partial_upload SET ended = $2, writing_until = NULL WHERE id = $1 AND ended IS NULL';
    return (await this.units.current().execute(sql, [id, how])) === 1;
  }

  /** End it before it is whole. Throws RESUMABLE_UPLOAD_NOT_FOUND, UPLOAD_LOCKED, UPLOAD_FINISHED. */
  remove(id: string): Promise<PartialRow> {
    return this.units.run(async (tx) => {
      const row = await locked(tx, id);
      if (row.busy && !this.isGone(row)) throw partialLocked(id);
      if (row.digest !== null)
        throw new ConflictError('UPLOAD_FINISHED', `upload ${id} has all its bytes`, {
          remedy: 'let it be: what nothing uses goes by itself after a day',
        });
      await this.end(id, 'removed');
      return row;
    });
  }

  private isGone({ writer, writer_process: process }: LockedRow): boolean {
    if (process === processPrefix()) return !this.writers.has(writer ?? '');
    return isGoneProcess(process ?? '');
  }

  private update({ id, writer }: Lease, changes: string, values: unknown[]): Promise<void> {
    return this.units.run(async (tx) => {
      const changed = await tx.execute(
        `UPDATE partial_upload SET ${changes}, expires_at = now() + interval '${KEPT_FOR}'
         WHERE id = $1 AND writer = $2 AND writing_until IS NOT NULL AND ended IS NULL`,
        [id, writer, ...values],
      );
      if (changed !== 1) throw partialLocked(id);
    });
  }
}

/** Its row, until the unit ends. */
async function locked(tx: Transaction, id: string): Promise<LockedRow> {
  const [row] = isId(id)
    ? await tx.query<LockedRow>(
        `SELECT ${COLUMNS}, writer, writer_process, writing_until IS NOT NULL AS left_open,
                coalesce(writing_until > now(), false) AS busy
           FROM partial_upload WHERE ${MINE} FOR UPDATE`,
        [id, currentContext().actor.id],
      )
    : [];
  if (!row) throw partialNotFound(id);
  return row;
}
