import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files that are being sent in parts. */
export class ResumableUploads0000000000025 implements MigrationInterface {
  name = 'ResumableUploads0000000000025';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PARTIAL);
    await runner.query(PRUNE);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

const PARTIAL = `
CREATE TABLE partial_upload (
  -- Also that of the upload which it becomes.
  id             uuid PRIMARY KEY,
  project_id     uuid NOT NULL REFERENCES project(id),
  created_by     text NOT NULL,
  filename       text NOT NULL,
  size           bigint NOT NULL CHECK (size > 0),
  -- Bytes that are on disk for good. What its file has beyond them does not count.
  received       bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size),
  -- SHA-256 of all bytes, once they are there.
  digest         text CHECK (digest ~ '^[0-9a-f]{64}$'),
  -- Which of its files is written: another one where a writer was given up that may still write.
  file           integer NOT NULL DEFAULT 0,
  -- Who writes, or wrote last.
  writer         uuid,
  writer_process text,
  -- Until when nobody else may; null where nobody writes.
  writing_until  timestamptz,
  ended          text CHECK (ended IN ('finished', 'removed')),
  created_at     timestamptz NOT NULL DEFAULT now(),
  expires_at     timestamptz NOT NULL,
  CHECK (digest IS NULL OR received = size)
);
CREATE INDEX partial_upload_of_key ON partial_upload (created_by) WHERE ended IS NULL;
SELECT assay_isolate('partial_upload',
  'SELECT, INSERT, UPDATE (received, digest, file, writer, writer_process, writing_until, ended, expires_at)');`;

const PRUNE = `
CREATE OR REPLACE FUNCTION prune_platform() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM outbox WHERE sent_at < now() - interval '7 days';
  DELETE FROM idempotency WHERE created_at < now() - interval '7 days';
  DELETE FROM partial_upload WHERE expires_at < now() - interval '7 days';
$$;`;
