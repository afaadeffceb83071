import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/index.js';
import { currentContext } from '../context/index.js';
import { isId, newId, UnitOfWork } from '../database/index.js';
import { decodeCursor, type Page, type PageRequest, pageSize, toPage } from '../http/page.js';
import { JOB } from './job.records.js';
import { type JobError, jobFinished, jobNotFound } from './job-errors.js';
import { JobRecords, type JobRow, type JobSubject, type Requester } from './job-records.js';
import { JobRegistry } from './job-registry.js';
import { isFinished, type JobState } from './job.state.js';
import { JOB_REQUESTED, Outbox } from './outbox.js';

export interface JobView {
  id: string;
  kind: string;
  state: JobState;
  /** From 0 to 1. */
  progress: number;
  message: string | null;
  result: object | null;
  error: JobError | null;
  subject: JobSubject | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export interface JobFilter {
  state?: JobState;
  kind?: string;
}

/** How often a waiting request looks: soon at first, then twice a second. */
const LOOK_MS = [50, 100, 200, 500] as const;

/** Work that takes longer than a request. What was accepted here completes, whatever process dies. */
@Injectable()
export class Jobs {
  constructor(
    private readonly units: UnitOfWork,
    private readonly records: JobRecords,
    private readonly registry: JobRegistry,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Ask for a job, which will act as the current actor. Inside UnitOfWork.run: it is sent once that commits. `payload`
   * names what to work on (ids, parameters), never data. A job with `partOf` is a part of that one, which has to be asked for by
   * that one's function that stores: then that one waits for all its parts and is run again, and fails or stops with the first
   * of them that does. Blobs that the `blobs` of a part's payload or result name are kept for as long as the whole is unfinished.
   */
  async request(kind: string, payload: object, subject?: JobSubject, partOf?: string): Promise<JobView> {
    if (!this.registry.find(kind))
      throw new Error(`no job of kind ${kind} is registered: found ${this.registry.kinds.join(', ')}`);
    const { projectId, requestId } = currentContext();
    const [row] = await this.units.current().query<JobRow>(
      `INSERT INTO job (id, project_id, kind, payload, requested_by, request_id, state, subject_kind, subject_id,
         parent_id)
       VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9) RETURNING *`,
      [
        newId(),
        projectId,
        kind,
        JSON.stringify(payload),
        JSON.stringify(requester()),
        requestId,
        subject?.kind ?? null,
        subject?.id ?? null,
        partOf ?? null,
      ],
    );
    const job = toJobView(row!);
    await this.outbox.publish(JOB_REQUESTED, { jobId: job.id, kind });
    await this.audit.record({
      action: JOB_REQUESTED,
      subject: { kind: 'job', id: job.id },
      body: { kind, subject: subject ?? null },
      records: [{ kind: JOB, id: job.id }],
    });
    return job;
  }

  /** Throws JOB_NOT_FOUND. */
  async get(id: string): Promise<JobView> {
    const row = isId(id) ? await this.records.find(id) : undefined;
    if (!row) throw jobNotFound(id);
    return toJobView(row);
  }

  /** The job as soon as it is finished, or as it is after `seconds`. */
  async wait(id: string, seconds: number): Promise<JobView> {
    const until = performance.now() + seconds * 1000;
    for (let look = 0; ; look += 1) {
      const job = await this.get(id);
      const left = until - performance.now();
      if (isFinished(job.state) || left <= 0) return job;
      await sleep(Math.min(left, LOOK_MS[Math.min(look, LOOK_MS.length - 1)]!));
    }
  }

  /** Jobs of this project, newest first. */
  async list(page: PageRequest = {}, filter: JobFilter = {}): Promise<Page<JobView>> {
    const size = pageSize(page.first);
    const after = decodeCursor(page.after, 1);
    const rows = await this.units.read((tx) =>
      tx.query<JobRow>(
        `SELECT * FROM job
         WHERE ($1::uuid IS NULL OR id < $1) AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR kind = $3)
         ORDER BY id DESC LIMIT $4`,
        [after?.[0] ?? null, filter.state ?? null, filter.kind ?? null, size + 1],
      ),
    );
    return toPage(rows.map(toJobView), size, (job) => [job.id]);
  }

  /** Stop a job. Saying it again changes nothing. Throws JOB_NOT_FOUND, and JOB_FINISHED when it is too late. */
  async cancel(id: string): Promise<JobView> {
    return this.units.run(async () => {
      const before = await this.get(id);
      if (before.state === 'cancelled') return before;
      const row = await this.stop(before);
      if (!row) throw jobFinished(id, (await this.get(id)).state);
      return toJobView(row);
    });
  }

  /** The same of one that may end by itself: undefined when it has. Inside UnitOfWork.run. */
  async stop({ id, state }: Pick<JobView, 'id' | 'state'>): Promise<JobRow | undefined> {
    const row = await this.records.requestCancel(id);
    if (row)
      await this.audit.record({ action: 'job.cancelled', subject: { kind: 'job', id }, body: { state } });
    return row;
  }
}

function requester(): Requester {
  const { actor, projectName } = currentContext();
  return {
    kind: actor.kind,
    id: actor.id,
    name: actor.name,
    permissions: [...actor.permissions],
    projectName,
  };
}

export function toJobView(row: JobRow): JobView {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    progress: row.progress,
    message: row.message,
    result: row.result,
    error: row.error,
    subject:
      row.subject_kind !== null && row.subject_id !== null
        ? { kind: row.subject_kind, id: row.subject_id }
        : null,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
