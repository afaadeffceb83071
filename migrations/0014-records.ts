import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What ties rows to the audit log: where each record was last attested, and what of the log's own tables does not agree. */
export class Records0000000000014 implements MigrationInterface {
  name = 'Records0000000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ATTESTED);
    await runner.query(ADOPTION);
    await runner.query(MISFITS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}

const ATTESTED = `
-- The n-th time that a leaf attested a record: where to look. What it attested stands in the leaf's body. That n is unique
-- also keeps two transactions from attesting one record without having seen each other.
ALTER TABLE audit_leaf ADD UNIQUE (project_id, id);
CREATE TABLE audit_record (
  project_id uuid NOT NULL REFERENCES project(id),
  kind       text NOT NULL CHECK (length(kind) BETWEEN 1 AND 100),
  id         text NOT NULL CHECK (length(id) BETWEEN 1 AND 300),
  n          integer NOT NULL CHECK (n > 0),
  leaf_id    bigint NOT NULL,
  FOREIGN KEY (project_id, leaf_id) REFERENCES audit_leaf(project_id, id),
  PRIMARY KEY (project_id, kind, id, n)
);
CREATE INDEX audit_record_leaf ON audit_record (leaf_id);
SELECT assay_isolate('audit_record', 'SELECT, INSERT');

CREATE INDEX blob_reference_owner ON blob_reference (project_id, owner_kind, owner_id);`;

const ADOPTION = `
-- Projects with records from before records were attested. They are attested as they are at the next start, once.
CREATE TABLE audit_adoption (project_id uuid PRIMARY KEY REFERENCES project(id));
SELECT assay_isolate('audit_adoption', 'SELECT');
INSERT INTO audit_adoption SELECT id FROM project;

CREATE FUNCTION audit_to_adopt() RETURNS TABLE (id uuid, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, p.name FROM audit_adoption a JOIN project p ON p.id = a.project_id ORDER BY p.id
$$;
-- It can be said once, and not taken back.
CREATE FUNCTION audit_adopted(done uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM audit_adoption WHERE project_id = done
$$;
REVOKE ALL ON FUNCTION audit_to_adopt(), audit_adopted(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_to_adopt(), audit_adopted(uuid) TO assay_app;`;

const MISFITS = `
-- What in the tables of the log says something else than what is hashed, of entries first_index to last_index: places and
-- reasons, and nothing of what the leaves of any project say. A leaf is canonical JSON, so its members stand at known places.
CREATE FUNCTION audit_misfits(first_index bigint, last_index bigint) RETURNS TABLE (place text, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT 'auditEntry ' || e.entry_index, 'its leaf is gone'
    FROM audit_entry e LEFT JOIN audit_leaf l ON l.id = e.leaf_id
   WHERE e.entry_index BETWEEN first_index AND last_index AND l.id IS NULL
  UNION ALL
  SELECT 'auditEntry ' || e.entry_index, c.reason
    FROM audit_entry e JOIN audit_leaf l ON l.id = e.leaf_id
    CROSS JOIN LATERAL (VALUES
      ('its leaf hash is not that of its leaf', e.leaf_hash IS DISTINCT FROM sha256('\\x00'::bytea || convert_to(l.leaf, 'UTF8'))),
      ('the leaf hash beside its leaf is another', e.leaf_hash IS DISTINCT FROM l.leaf_hash),
      ('its body does not have the digest that the leaf holds',
        strpos(l.leaf, '"bodyDigest":"' || encode(sha256(convert_to(l.body, 'UTF8')), 'hex') || '"') = 0),
      ('the columns beside its leaf do not say what the leaf says',
        strpos(l.leaf, '{"action":' || to_json(l.action) || ',"actor":') <> 1
        OR strpos(l.leaf, '"id":"' || l.entry_id || '","project":"' || l.project_id || '","requestId":') = 0
        OR strpos(l.leaf, '"subject":{"id":' || to_json(l.subject_id) || ',"kind":' || to_json(l.subject_kind) || '},"time":') = 0)
    ) AS c(reason, holds)
   WHERE e.entry_index BETWEEN first_index AND last_index AND c.holds
  UNION ALL
  SELECT 'auditRecord ' || r.kind || ' ' || r.id || ' ' || r.n, 'it points to an entry that does not attest that record'
    FROM audit_entry e JOIN audit_leaf l ON l.id = e.leaf_id JOIN audit_record r ON r.leaf_id = l.id
   WHERE e.entry_index BETWEEN first_index AND last_index
     AND (r.project_id <> l.project_id
       OR strpos(l.body, '","id":' || to_json(r.id) || ',"kind":' || to_json(r.kind) || ',"n":' || r.n || '}') = 0)
  UNION ALL
  SELECT 'auditNode ' || n.level || '/' || n.node_index, 'its hash is not that of the two below it'
    FROM audit_node n
    LEFT JOIN audit_node a ON a.level = n.level - 1 AND a.node_index = n.node_index * 2
    LEFT JOIN audit_node b ON b.level = n.level - 1 AND b.node_index = n.node_index * 2 + 1
    LEFT JOIN audit_entry x ON n.level = 1 AND x.entry_index = n.node_index * 2
    LEFT JOIN audit_entry y ON n.level = 1 AND y.entry_index = n.node_index * 2 + 1
   WHERE (n.node_index + 1) * 2::numeric ^ least(n.level, 62) - 1 BETWEEN first_index AND last_index
     AND n.hash IS DISTINCT FROM
         sha256('\\x01'::bytea || coalesce(a.hash, x.leaf_hash) || coalesce(b.hash, y.leaf_hash))
  UNION ALL
  SELECT 'auditNode ' || t.level || '/' || t.node_index, 'it is gone'
    FROM (SELECT 1 AS level, e.entry_index / 2 AS node_index FROM audit_entry e
           WHERE e.entry_index BETWEEN first_index AND last_index AND e.entry_index % 2 = 1
          UNION ALL
          SELECT n.level + 1, n.node_index / 2 FROM audit_node n
           WHERE n.node_index % 2 = 1 AND (n.node_index + 1) * 2::numeric ^ least(n.level, 62) - 1 BETWEEN first_index AND last_index) t
   WHERE NOT EXISTS (SELECT FROM audit_node p WHERE p.level = t.level AND p.node_index = t.node_index)
  UNION ALL
  SELECT 'auditCheckpoint ' || c.size, 'its size and root are not those of its note'
    FROM audit_checkpoint c
   WHERE c.size - 1 BETWEEN first_index AND last_index
     AND strpos(c.note, E'\\n' || c.size || E'\\n' || encode(c.root, 'base64') || E'\\n') = 0
$$;

-- Leaves that neither are in the tree nor wait for it, what points to no leaf, and entries that nothing signs for.
CREATE FUNCTION audit_strays() RETURNS TABLE (place text, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  (SELECT 'auditLeaf ' || l.id, 'it is neither in the tree nor waiting for it'
     FROM audit_leaf l
    WHERE NOT EXISTS (SELECT FROM audit_entry e WHERE e.leaf_id = l.id)
      AND NOT EXISTS (SELECT FROM audit_pending p WHERE p.leaf_id = l.id)
    ORDER BY l.id LIMIT 1000)
  UNION ALL
  (SELECT 'auditRecord ' || r.kind || ' ' || r.id || ' ' || r.n, 'it points to an entry that does not attest that record'
     FROM audit_record r WHERE NOT EXISTS (SELECT FROM audit_leaf l WHERE l.id = r.leaf_id)
    ORDER BY r.kind, r.id LIMIT 1000)
  UNION ALL
  (SELECT 'auditEntry ' || e.entry_index, 'no checkpoint covers it'
     FROM audit_entry e WHERE e.entry_index >= (SELECT coalesce(max(c.size), 0) FROM audit_checkpoint c)
    ORDER BY e.entry_index LIMIT 1000)
$$;

REVOKE ALL ON FUNCTION audit_misfits(bigint, bigint), audit_strays() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_misfits(bigint, bigint), audit_strays() TO assay_app;`;
