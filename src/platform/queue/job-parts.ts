import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/index.js';
import { JOB_REQUESTED, Outbox } from './outbox.js';

export const UNFINISHED = `state IN ('queued', 'running')`;
/** Of a row of `job`: it waits for these. */
export const UNFINISHED_PARTS = `EXISTS (SELECT FROM job part WHERE part.parent_id = job.id AND part.${UNFINISHED})`;
/** Ask to stop; what does not run yet has stopped. */
export const STOPPING = `cancel_requested = true,
  state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,
  finished_at = CASE state WHEN 'queued' THEN clock_timestamp() END`;

/** A part that succeeded: what it was to do, and its result. */
export interface DonePart {
  payload: object;
  result: object;
}

/**
 * Jobs that are parts of another, the whole: it waits for them in the state `queued`, and no queue has it. The last part to succeed
 * sends it, in its own transaction; the first to fail or to be cancelled ends it the same way, and all others with it. The rows
 * alone decide, so that neither a queue that lost everything nor a process that died changes what comes of it.
 */
@Injectable()
export class JobParts {
  constructor(
    private readonly units: UnitOfWork,
    private readonly outbox: Outbox,
  ) {}

  /** The parts of a job, in the order in which they were asked for; none while any of them is unfinished. */
  of(jobId: string): Promise<DonePart[]> {
    return this.units.read((tx) =>
      tx.query<DonePart>(
        `SELECT payload, result FROM job WHERE parent_id = $1 AND state = 'succeeded' ORDER BY id`,
        [jobId],
      ),
    );
  }

  /** Hold the row of the whole, if `id` is a part, before its own: all who change a family begin there. Inside UnitOfWork.run. */
  async lockWhole(id: string): Promise<void> {
    await this.units.run((tx) =>
      tx.query('SELECT FROM job WHERE id = (SELECT parent_id FROM job WHERE id = $1) FOR UPDATE', [id]),
    );
  }

  /** What follows when `id` has succeeded: the whole has come further, and is sent when that was the last. */
  async succeeded(id: string): Promise<void> {
    const tx = this.units.current();
    const [whole] = await tx.query<{ id: string; kind: string; left: number }>(
      `UPDATE job SET progress = p.done / p.parts, message = p.done || ' of ' || p.parts || ' parts are done'
         FROM (SELECT parent_id, count(*)::float8 AS parts, (count(*) FILTER (WHERE state = 'succeeded'))::float8 AS done,
                      (count(*) FILTER (WHERE ${UNFINISHED}))::int AS left
                 FROM job WHERE parent_id = (SELECT parent_id FROM job WHERE id = $1) GROUP BY parent_id) p
        WHERE job.id = p.parent_id AND job.${UNFINISHED} RETURNING job.id, job.kind, p.left`,
      [id],
    );
    if (whole?.left === 0) await this.outbox.publish(JOB_REQUESTED, { jobId: whole.id, kind: whole.kind });
  }

  /** What follows when `id` failed, was cancelled or was asked to stop: its parts stop; where it is a part, so does the whole. */
  async ended(id: string): Promise<void> {
    const tx = this.units.current();
    // Not of a part that was merely asked to stop: it says itself when it has.
    await tx.execute(
      `UPDATE job SET state = part.state, error = part.error, cancel_requested = job.cancel_requested OR part.state = 'cancelled',
         finished_at = clock_timestamp()
         FROM job part WHERE part.id = $1 AND part.state IN ('failed', 'cancelled') AND job.id = part.parent_id AND job.${UNFINISHED}`,
      [id],
    );
    await tx.execute(
      `UPDATE job SET ${STOPPING}
        WHERE parent_id IN (SELECT id FROM job WHERE (id = $1 OR id = (SELECT parent_id FROM job WHERE id = $1))
          AND state IN ('failed', 'cancelled')) AND ${UNFINISHED}`,
      [id],
    );
  }
}
