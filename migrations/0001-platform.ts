import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What every module stands on: projects and their walls, keys, idempotency, outbox, jobs, uploads, blobs in use. */
export class Platform0000000000001 implements MigrationInterface {
  name = 'Platform0000000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ISOLATION);
    await runner.query(PROJECTS);
    await runner.query(JOBS);
    await runner.query(STORAGE);
    await runner.query(ACROSS_PROJECTS);
    await runner.query(QUEUE);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

const ISOLATION = `
-- One way to wall a table in: row-level security, forced, by the project of the unit of work. An unset project is an
-- error, as current_setting() raises it; a project unset within a session is '', which is no uuid: an error too.
CREATE FUNCTION assay_isolate(table_name text, privileges text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
  EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
  EXECUTE format(
    'CREATE POLICY project ON %I TO assay_app USING (project_id = current_setting(''app.project'')::uuid)
     WITH CHECK (project_id = current_setting(''app.project'')::uuid)', table_name);
  EXECUTE format('CREATE POLICY owner ON %I TO assay_owner USING (true) WITH CHECK (true)', table_name);
  EXECUTE format('GRANT %s ON %I TO assay_app', privileges, table_name);
END $$;
REVOKE ALL ON FUNCTION assay_isolate(text, text) FROM PUBLIC;`;

const PROJECTS = `
CREATE TABLE project (
  id         uuid PRIMARY KEY,
  name       text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE project ENABLE ROW LEVEL SECURITY;
ALTER TABLE project FORCE ROW LEVEL SECURITY;
CREATE POLICY project ON project TO assay_app USING (id = current_setting('app.project')::uuid);
CREATE POLICY owner ON project TO assay_owner USING (true) WITH CHECK (true);
GRANT SELECT ON project TO assay_app;

CREATE TABLE api_key (
  id           uuid PRIMARY KEY,
  project_id   uuid NOT NULL REFERENCES project(id),
  name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  prefix       text NOT NULL,
  hash         bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  roles        text[] NOT NULL CHECK (cardinality(roles) > 0),
  scopes       text[] NOT NULL DEFAULT '{}',
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz,
  created_at   timestamptz NOT NULL DEFAULT now(),
  created_by   text NOT NULL,
  UNIQUE (project_id, id)
);
SELECT assay_isolate('api_key', 'SELECT, INSERT, UPDATE (revoked_at)');

CREATE TABLE idempotency (
  project_id     uuid NOT NULL REFERENCES project(id),
  key            text NOT NULL,
  route          text NOT NULL,
  request_digest text NOT NULL,
  status         integer,
  response       jsonb,
  created_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, key)
);
SELECT assay_isolate('idempotency', 'SELECT, INSERT, UPDATE (status, response)');`;

const JOBS = `
CREATE TABLE outbox (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES project(id),
  topic      text NOT NULL,
  payload    jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at    timestamptz,
  attempts   integer NOT NULL DEFAULT 0
);
CREATE INDEX outbox_unsent ON outbox (attempts, id) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
SELECT assay_isolate('outbox', 'SELECT, INSERT, UPDATE');

CREATE TABLE job (
  id               uuid PRIMARY KEY,
  project_id       uuid NOT NULL REFERENCES project(id),
  kind             text NOT NULL,
  payload          jsonb NOT NULL,
  requested_by     jsonb NOT NULL,
  request_id       text NOT NULL,
  state            text NOT NULL DEFAULT 'queued'
                   CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  progress         real NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
  message          text,
  result           jsonb,
  error            jsonb,
  attempts         integer NOT NULL DEFAULT 0,
  cancel_requested boolean NOT NULL DEFAULT false,
  subject_kind     text,
  subject_id       text,
  created_at       timestamptz NOT NULL DEFAULT now(),
  started_at       timestamptz,
  finished_at      timestamptz,
  heartbeat_at     timestamptz,
  UNIQUE (project_id, id),
  CHECK ((state IN ('queued', 'running')) = (finished_at IS NULL)),
  CHECK ((state = 'succeeded') = (result IS NOT NULL)),
  CHECK ((state = 'failed') = (error IS NOT NULL))
);
CREATE INDEX job_unfinished ON job (id) WHERE state IN ('queued', 'running');
CREATE INDEX job_recent ON job (project_id, id DESC);
SELECT assay_isolate('job', 'SELECT, INSERT, UPDATE');`;

const STORAGE = `
CREATE TABLE upload (
  id         uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES project(id),
  digest     text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  size       bigint NOT NULL CHECK (size > 0),
  filename   text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  UNIQUE (project_id, id)
);
CREATE INDEX upload_digest ON upload (digest, expires_at);
SELECT assay_isolate('upload', 'SELECT, INSERT, UPDATE (expires_at)');

CREATE TABLE blob_reference (
  project_id uuid NOT NULL REFERENCES project(id),
  digest     text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  size       bigint NOT NULL CHECK (size >= 0),
  owner_kind text NOT NULL,
  owner_id   text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, digest, owner_kind, owner_id)
);
CREATE INDEX blob_reference_digest ON blob_reference (digest);
SELECT assay_isolate('blob_reference', 'SELECT, INSERT');`;

// The few looks across the walls. Each hands out only what its caller must have; all run as the owner of the schema.
const ACROSS_PROJECTS = `
-- Who holds a key, before any project is known. Notes the use, at most once a minute.
CREATE FUNCTION find_api_key(presented bytea)
RETURNS TABLE (id uuid, project_id uuid, project_name text, name text, roles text[], scopes text[], expired boolean, revoked boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE api_key k SET last_used_at = now()
   WHERE k.hash = presented AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
     AND (k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute');
  RETURN QUERY
    SELECT k.id, k.project_id, p.name, k.name, k.roles, k.scopes,
           coalesce(k.expires_at <= now(), false), k.revoked_at IS NOT NULL
      FROM api_key k JOIN project p ON p.id = k.project_id WHERE k.hash = presented;
END $$;

-- False when the name is taken.
CREATE FUNCTION create_project(new_id uuid, new_name text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO project (id, name) VALUES (new_id, new_name) ON CONFLICT (name) DO NOTHING;
  RETURN FOUND;
END $$;

CREATE FUNCTION find_project(wanted text) RETURNS TABLE (id uuid, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, p.name FROM project p WHERE p.name = wanted
$$;

-- Whether any project needs the blob.
CREATE FUNCTION blob_in_use(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM blob_reference WHERE digest = wanted)
      OR EXISTS (SELECT FROM upload WHERE digest = wanted AND expires_at > now())
$$;

-- What is to be sent, whichever project it is of: what failed least often first, so that nothing can hold up the rest.
-- Rows that another process is sending at this moment are left out.
CREATE FUNCTION outbox_pending(max_rows integer)
RETURNS TABLE (id bigint, project_id uuid, topic text, payload jsonb, attempts integer, created_at timestamptz)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id, o.project_id, o.topic, o.payload, o.attempts, o.created_at
    FROM outbox o WHERE o.sent_at IS NULL ORDER BY o.attempts, o.id LIMIT max_rows FOR UPDATE SKIP LOCKED
$$;

-- After a week, what was sent and answers kept for repetitions are of no use any more.
CREATE FUNCTION prune_platform() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM outbox WHERE sent_at < now() - interval '7 days';
  DELETE FROM idempotency WHERE created_at < now() - interval '7 days';
$$;

-- Whose job this is: for a process that was given an id alone.
CREATE FUNCTION job_find(wanted uuid)
RETURNS TABLE (id uuid, project_id uuid, project_name text, kind text, state text, cancel_requested boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT j.id, j.project_id, p.name, j.kind, j.state, j.cancel_requested
    FROM job j JOIN project p ON p.id = j.project_id WHERE j.id = wanted
$$;

-- How much waits, over all projects: numbers and nothing else.
CREATE FUNCTION queue_counts() RETURNS TABLE (queued bigint, running bigint, unsent bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT (SELECT count(*) FROM job WHERE state = 'queued'),
         (SELECT count(*) FROM job WHERE state = 'running'),
         (SELECT count(*) FROM outbox WHERE sent_at IS NULL)
$$;

-- Jobs that are not finished and of which nothing was heard for so long. Pages in order of id, from after the given one on.
CREATE FUNCTION jobs_unfinished(silent_for_seconds double precision, after_id uuid, max_rows integer)
RETURNS TABLE (id uuid, project_id uuid, kind text, state text, cancel_requested boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT j.id, j.project_id, j.kind, j.state, j.cancel_requested
    FROM job j
   WHERE j.state IN ('queued', 'running') AND (after_id IS NULL OR j.id > after_id)
     AND coalesce(j.heartbeat_at, j.created_at) < clock_timestamp() - make_interval(secs => silent_for_seconds)
   ORDER BY j.id LIMIT max_rows
$$;

DO $$
DECLARE
  signature text;
BEGIN
  FOREACH signature IN ARRAY ARRAY[
    'find_api_key(bytea)', 'create_project(uuid, text)', 'find_project(text)', 'blob_in_use(text)',
    'outbox_pending(integer)', 'prune_platform()', 'queue_counts()', 'job_find(uuid)', 'jobs_unfinished(double precision, uuid, integer)'
  ] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO assay_app', signature);
  END LOOP;
END $$;`;

const QUEUE = `
-- BullMQ's own tables live apart. The schema is here already where Assay made the roles itself.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'queue') THEN
    CREATE SCHEMA queue;
    GRANT USAGE, CREATE ON SCHEMA queue TO assay_app;
  END IF;
END $$;`;
