import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit log: leaves of every project, the one Merkle tree over them, its signed checkpoints. */
export class Audit0000000000009 implements MigrationInterface {
  name = 'Audit0000000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LEAVES);
    await runner.query(TREE);
    await runner.query(SEQUENCING);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

const LEAVES = `
CREATE TABLE audit_leaf (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid          xid8 NOT NULL DEFAULT pg_current_xact_id(),
  project_id   uuid NOT NULL REFERENCES project(id),
  entry_id     uuid NOT NULL UNIQUE,
  action       text NOT NULL CHECK (length(action) BETWEEN 1 AND 100),
  subject_kind text NOT NULL CHECK (length(subject_kind) BETWEEN 1 AND 100),
  subject_id   text NOT NULL CHECK (length(subject_id) BETWEEN 1 AND 300),
  -- Canonical JSON, as it was hashed. Text, because jsonb would print other bytes.
  leaf         text NOT NULL CHECK (octet_length(leaf) <= 65535),
  leaf_hash    bytea NOT NULL CHECK (length(leaf_hash) = 32),
  body         text NOT NULL,
  UNIQUE (project_id, id)
);
CREATE INDEX audit_leaf_subject ON audit_leaf (project_id, subject_kind, subject_id, id DESC);
-- Neither the id nor the transaction nor the hash is the application's to choose.
SELECT assay_isolate('audit_leaf',
  'SELECT, INSERT (project_id, entry_id, action, subject_kind, subject_id, leaf, body)');

-- Leaves that are not in the tree yet. Only the functions below read or write it.
CREATE TABLE audit_pending (
  leaf_id bigint PRIMARY KEY,
  xid     xid8 NOT NULL
);
CREATE INDEX audit_pending_order ON audit_pending (xid, leaf_id);

CREATE FUNCTION audit_hash_leaf() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  leaf json := NEW.leaf::json;
BEGIN
  IF (leaf ->> 'id', leaf ->> 'project', leaf ->> 'action', leaf #>> '{subject,kind}', leaf #>> '{subject,id}', leaf ->> 'bodyDigest')
     IS DISTINCT FROM (NEW.entry_id::text, NEW.project_id::text, NEW.action, NEW.subject_kind, NEW.subject_id,
                       encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex')) THEN
    RAISE EXCEPTION 'the audit leaf does not say what its row says';
  END IF;
  NEW.leaf_hash := sha256('\\x00'::bytea || convert_to(NEW.leaf, 'UTF8'));
  RETURN NEW;
END $$;
CREATE TRIGGER audit_leaf_hash BEFORE INSERT ON audit_leaf FOR EACH ROW EXECUTE FUNCTION audit_hash_leaf();

CREATE FUNCTION audit_queue_leaves() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO audit_pending (leaf_id, xid) SELECT id, xid FROM added;
  RETURN NULL;
END $$;
CREATE TRIGGER audit_leaf_queue AFTER INSERT ON audit_leaf
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_queue_leaves();`;

// One tree for all projects: a project's history cannot be rewritten without every other project seeing it. These
// tables hold hashes and nothing else, so they have no walls.
const TREE = `
CREATE TABLE audit_entry (
  entry_index bigint PRIMARY KEY CHECK (entry_index >= 0),
  leaf_id     bigint NOT NULL UNIQUE REFERENCES audit_leaf(id),
  leaf_hash   bytea NOT NULL CHECK (length(leaf_hash) = 32)
);
-- The full subtrees above the leaves: node (level, index) covers the leaves from index * 2^level on.
CREATE TABLE audit_node (
  level      integer NOT NULL CHECK (level BETWEEN 1 AND 62),
  node_index bigint NOT NULL CHECK (node_index >= 0),
  hash       bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, node_index)
);
CREATE TABLE audit_checkpoint (
  size       bigint PRIMARY KEY CHECK (size > 0),
  root       bytea NOT NULL CHECK (length(root) = 32),
  -- A signed note (C2SP) and the key that verifies it.
  note       text NOT NULL,
  public_key text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON audit_entry, audit_node, audit_checkpoint TO assay_app;`;

const SEQUENCING = `
-- What may be integrated next, without what it says: leaves of transactions that are older than every transaction still
-- running, in the order of (xid, id). Ids alone are given out before their transactions commit, so a reader that goes by
-- them passes over those that commit late. An xid from the future comes from another cluster, by a restored backup.
CREATE FUNCTION audit_next_leaves(most integer) RETURNS TABLE (leaf_id bigint, leaf_hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.leaf_id, l.leaf_hash
    FROM audit_pending p JOIN audit_leaf l ON l.id = p.leaf_id
   WHERE p.xid < pg_snapshot_xmin(pg_current_snapshot()) OR p.xid >= pg_snapshot_xmax(pg_current_snapshot())
   ORDER BY p.xid, p.leaf_id LIMIT most
$$;

-- Appends leaves to the tree, with the subtrees that they complete and a checkpoint. All or nothing; refuses to skip,
-- repeat or replace anything.
CREATE FUNCTION audit_integrate(first_index bigint, leaf_ids bigint[], levels integer[], indexes bigint[],
                                hashes bytea[], new_root bytea, new_note text, new_public_key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  touched bigint;
BEGIN
  IF first_index <> (SELECT coalesce(max(entry_index) + 1, 0) FROM audit_entry) THEN
    RAISE EXCEPTION 'the audit log does not end at entry %', first_index;
  END IF;
  DELETE FROM audit_pending WHERE leaf_id = ANY(leaf_ids);
  GET DIAGNOSTICS touched = ROW_COUNT;
  IF touched <> cardinality(leaf_ids) THEN
    RAISE EXCEPTION 'of % leaves, % were waiting for the audit log', cardinality(leaf_ids), touched;
  END IF;
  INSERT INTO audit_entry (entry_index, leaf_id, leaf_hash)
    SELECT first_index + n.position - 1, l.id, l.leaf_hash
      FROM unnest(leaf_ids) WITH ORDINALITY n(leaf_id, position) JOIN audit_leaf l ON l.id = n.leaf_id;
  INSERT INTO audit_node (level, node_index, hash) SELECT * FROM unnest(levels, indexes, hashes);
  INSERT INTO audit_checkpoint (size, root, note, public_key)
    VALUES (first_index + cardinality(leaf_ids), new_root, new_note, new_public_key);
END $$;

REVOKE ALL ON FUNCTION audit_hash_leaf(), audit_queue_leaves(), audit_next_leaves(integer),
  audit_integrate(bigint, bigint[], integer[], bigint[], bytea[], bytea, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_next_leaves(integer),
  audit_integrate(bigint, bigint[], integer[], bigint[], bytea[], bytea, text, text) TO assay_app;`;
