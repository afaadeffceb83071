import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/index.js';
import type { JobError } from './job-errors.js';
import { JobParts, STOPPING, UNFINISHED, UNFINISHED_PARTS } from './job-parts.js';
import type { JobState } from './job.state.js';

export interface JobSubject {
  kind: string;
  id: string;
}

/** Who asked for a job: it acts as them. */
export interface Requester {
  kind: 'key' | 'system';
  id: string;
  name: string;
  permissions: string[];
  projectName: string;
}

export interface JobRow {
  id: string;
  project_id: string;
  kind: string;
  payload: object;
  requested_by: Requester;
  request_id: string;
  state: JobState;
  progress: number;
  message: string | null;
  result: object | null;
  error: JobError | null;
  attempts: number;
  cancel_requested: boolean;
  subject_kind: string | null;
  subject_id: string | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  heartbeat_at: Date | null;
  /** The job that it is a part of. */
  parent_id: string | null;
}

/** Longer than a sign of life lasts until the next, so that a clock that was set back a little is nobody's death. */
const CLOCK_SLACK_SECONDS = 10;

/** The attempt that may still write: a job's process that was given up for dead and comes back may not. */
const OWN_ATTEMPT = `id = $1 AND state = 'running' AND attempts = $2`;

/** The rows of jobs. Each method joins the open unit of work, or is one of its own, in the current project. */
@Injectable()
export class JobRecords {
  constructor(
    private readonly units: UnitOfWork,
    private readonly parts: JobParts,
  ) {}

  async find(id: string): Promise<JobRow | undefined> {
    const [row] = await this.units.read((tx) => tx.query<JobRow>('SELECT * FROM job WHERE id = $1', [id]));
    return row;
  }

  /**
   * Whether anything was heard of an unfinished job within `seconds`; `from the future` when its last sign of life, or of its
   * being asked for, is dated later than now: the clock was set back since, and whoever gave it cannot give another for long.
   */
  async lastHeard(
    id: string,
    seconds: number,
  ): Promise<'lately' | 'long ago' | 'from the future' | undefined> {
    const [row] = await this.units.read((tx) =>
      tx.query<{ age: number }>(
        `SELECT extract(epoch FROM clock_timestamp() - coalesce(heartbeat_at, created_at))::float8 AS age
         FROM job WHERE id = $1 AND ${UNFINISHED}`,
        [id],
      ),
    );
    if (!row) return undefined;
    if (row.age < -CLOCK_SLACK_SECONDS) return 'from the future';
    return row.age < seconds ? 'lately' : 'long ago';
  }

  /** Start another attempt. Undefined when the job is finished or cancelled, or waits for its parts. */
  start(id: string): Promise<JobRow | undefined> {
    return this.first(
      `UPDATE job SET state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, now()),
         heartbeat_at = clock_timestamp(), message = NULL, progress = 0
       WHERE id = $1 AND ${UNFINISHED} AND NOT cancel_requested AND NOT ${UNFINISHED_PARTS} RETURNING *`,
      [id],
    );
  }

  /** Hold the row until the unit of work ends. Undefined when this attempt may not finish the job any more. */
  async lock(id: string, attempt: number): Promise<JobRow | undefined> {
    await this.parts.lockWhole(id);
    return this.first(`SELECT * FROM job WHERE ${OWN_ATTEMPT} AND NOT cancel_requested FOR UPDATE`, [
      id,
      attempt,
    ]);
  }

  async succeed(id: string, attempt: number, result: object): Promise<void> {
    await this.units.run(async () => {
      const changed = await this.change(
        `UPDATE job SET state = 'succeeded', progress = 1, message = NULL, result = $3, finished_at = clock_timestamp() WHERE ${OWN_ATTEMPT}`,
        [id, attempt, JSON.stringify(result)],
      );
      if (changed > 0) await this.parts.succeeded(id);
    });
  }

  /** Back to the queue's side until its parts are done, if it has any that are not. The last of them sends it again. */
  async awaitParts(id: string, attempt: number): Promise<boolean> {
    const changed = await this.change(
      `UPDATE job SET state = 'queued', message = 'waiting for its parts' WHERE ${OWN_ATTEMPT} AND ${UNFINISHED_PARTS}`,
      [id, attempt],
    );
    return changed > 0;
  }

  async fail(id: string, attempt: number, error: JobError): Promise<void> {
    await this.ending(
      id,
      `UPDATE job SET state = 'failed', error = $3, finished_at = clock_timestamp() WHERE ${OWN_ATTEMPT}`,
      [id, attempt, JSON.stringify(error)],
    );
  }

  /** Back to the queue, to be tried again. A process that stops of its own accord does not spend an attempt. */
  async requeue(id: string, attempt: number, message: string, spent: boolean): Promise<void> {
    await this.change(
      `UPDATE job SET state = 'queued', message = $3, progress = 0, attempts = attempts - $4::int WHERE ${OWN_ATTEMPT}`,
      [id, attempt, message, spent ? 0 : 1],
    );
  }

  async progress(id: string, attempt: number, fraction: number, message: string): Promise<void> {
    await this.change(
      `UPDATE job SET progress = $3, message = $4, heartbeat_at = clock_timestamp() WHERE ${OWN_ATTEMPT}`,
      [id, attempt, fraction, message],
    );
  }

  async heartbeat(id: string, attempt: number): Promise<void> {
    await this.change(`UPDATE job SET heartbeat_at = clock_timestamp() WHERE ${OWN_ATTEMPT}`, [id, attempt]);
  }

  /** Ask a job to stop. One that does not run yet is cancelled at once. Undefined when it is finished. */
  requestCancel(id: string): Promise<JobRow | undefined> {
    return this.units.run(async () => {
      await this.parts.lockWhole(id);
      const row = await this.first(`UPDATE job SET ${STOPPING} WHERE id = $1 AND ${UNFINISHED} RETURNING *`, [
        id,
      ]);
      if (row) await this.parts.ended(id);
      return row;
    });
  }

  /** Mark a job as cancelled that was asked to stop and has. */
  async cancelled(id: string): Promise<boolean> {
    const changed = await this.ending(
      id,
      `UPDATE job SET state = 'cancelled', finished_at = clock_timestamp()
       WHERE id = $1 AND ${UNFINISHED} AND cancel_requested`,
      [id],
    );
    return changed > 0;
  }

  /** End a job whose processes died: cancelled where that was asked for, else failed. */
  async giveUp(id: string, error: JobError): Promise<void> {
    if (await this.cancelled(id)) return;
    await this.ending(
      id,
      `UPDATE job SET state = 'failed', error = $2, finished_at = clock_timestamp() WHERE id = $1 AND ${UNFINISHED}`,
      [id, JSON.stringify(error)],
    );
  }

  /** A change that ends a job, with what follows for the job that it is a part of and for its parts. */
  private ending(id: string, sql: string, parameters: unknown[]): Promise<number> {
    return this.units.run(async () => {
      await this.parts.lockWhole(id);
      const changed = await this.change(sql, parameters);
      if (changed > 0) await this.parts.ended(id);
      return changed;
    });
  }

  private async first(sql: string, parameters: unknown[]): Promise<JobRow | undefined> {
    const [row] = await this.units.run((tx) => tx.query<JobRow>(sql, parameters));
    return row;
  }

  private change(sql: string, parameters: unknown[]): Promise<number> {
    return this.units.run((tx) => tx.execute(sql, parameters));
  }
}
