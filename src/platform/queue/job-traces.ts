import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/index.js';
import { UNFINISHED } from './job-parts.js';
import { Jobs, type JobView } from './jobs.service.js';

/** Kinds of jobs whose results show values of rows. */
const SHOW_VALUES = [
  'dataset.check',
  'dataset.suggest-rules',
  'dataset.drift',
  'dataset.agreement',
  'evaluation.contamination',
];
const ERASED = {
  code: 'ERASED',
  message: 'what it said was deleted with rows that it spoke of',
  details: {},
};

/** What jobs keep of the rows that they worked on. */
@Injectable()
export class JobTraces {
  constructor(
    private readonly units: UnitOfWork,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Stops jobs that may have read any of these things: none of them ends with what it saw, as a job that was asked to stop cannot store.
   * Inside UnitOfWork.run, under the locks that they take when they store, and before one looks for what they stored.
   */
  async stop(ids: readonly string[]): Promise<void> {
    // A push only names the version that its own was made from.
    const rows = await this.units.current().query<Pick<JobView, 'id' | 'state'>>(
      `SELECT id, state FROM job j WHERE ${UNFINISHED} AND parent_id IS NULL AND kind <> 'dataset.ingest'
         AND EXISTS (SELECT FROM unnest($1::text[]) named WHERE strpos(j.payload::text, named) > 0) ORDER BY id`,
      [ids],
    );
    for (const row of rows) await this.jobs.stop(row);
  }

  /** The uploads that ended jobs were given which read or made any of these things. Joins an open unit. */
  async uploadsFor(ids: readonly string[]): Promise<string[]> {
    const rows = await this.units.read((tx) =>
      tx.query<{ id: string }>(
        `SELECT DISTINCT u #>> '{}' AS id FROM job j CROSS JOIN LATERAL jsonb_path_query(j.payload, '$.**.uploadId ? (@.type() == "string")') u
         WHERE EXISTS (SELECT FROM unnest($1::text[]) named WHERE strpos(j.payload::text, named) > 0 OR strpos(j.result::text, named) > 0)`,
        [ids],
      ),
    );
    return rows.map(({ id }) => id);
  }

  /** Deletes what ended jobs answered or failed with that were asked about any of these things. Inside UnitOfWork.run. */
  async forget(ids: readonly string[]): Promise<number> {
    const rows = await this.units.current().query(
      `UPDATE job j SET result = CASE WHEN j.state = 'succeeded' THEN '{"erased": true}'::jsonb END,
         error = CASE WHEN j.state = 'failed' THEN $3::jsonb || jsonb_build_object('code', j.error->>'code') END
       WHERE (j.state = 'failed' OR j.state = 'succeeded' AND j.kind = ANY($2))
         AND EXISTS (SELECT FROM unnest($1::text[]) named WHERE strpos(j.payload::text, named) > 0) RETURNING id`,
      [ids, SHOW_VALUES, JSON.stringify(ERASED)],
    );
    return rows.length;
  }
}
