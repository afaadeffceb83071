import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Jobs that are parts of another: it waits for them, and what they hand over is kept for as long as it does. And charts of splits. */
export class JobParts0000000000018 implements MigrationInterface {
  name = 'JobParts0000000000018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE job ADD COLUMN parent_id uuid CHECK (parent_id <> id),
        ADD FOREIGN KEY (project_id, parent_id) REFERENCES job(project_id, id);
      CREATE INDEX job_parts ON job (parent_id) WHERE parent_id IS NOT NULL;

      -- ROC curve and histograms of scores, sealed: next to the predictions they would tell labels.
      ALTER TABLE evaluation_split ADD COLUMN charts bytea;

      -- A job that waits for its parts is not lost: the last of them sends it.
      CREATE OR REPLACE FUNCTION jobs_unfinished(silent_for_seconds float8, after_id uuid, max_rows int)
      RETURNS TABLE (id uuid, project_id uuid, kind text, state text, cancel_requested boolean)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT j.id, j.project_id, j.kind, j.state, j.cancel_requested
          FROM job j
         WHERE j.state IN ('queued', 'running') AND (after_id IS NULL OR j.id > after_id)
           AND coalesce(j.heartbeat_at, j.created_at) < clock_timestamp() - make_interval(secs => silent_for_seconds)
           AND NOT EXISTS (SELECT FROM job part WHERE part.parent_id = j.id AND part.state IN ('queued', 'running'))
         ORDER BY j.id LIMIT max_rows
      $$;

      -- What the parts of an unfinished job were given and what they made, which no other row refers to.
      CREATE OR REPLACE FUNCTION blob_in_use(wanted text) RETURNS boolean
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (SELECT FROM blob_reference WHERE digest = wanted)
            OR EXISTS (SELECT FROM upload WHERE digest = wanted AND expires_at > now())
            OR EXISTS (SELECT FROM job whole JOIN job part ON part.parent_id = whole.id
                        WHERE whole.state IN ('queued', 'running')
                          AND (part.payload->'blobs' ? wanted OR part.result->'blobs' ? wanted))
      $$;
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}
