import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit log takes in what is committed, whoever else still works in the cluster (ADR 24). */
export class AuditOrder0000000000020 implements MigrationInterface {
  name = 'AuditOrder0000000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
-- What may be integrated next, without what it says: every committed leaf that waits, in the order of ids. Not a cursor: a leaf that
-- commits late is found where it waits. What was committed before something else began has the lower id, and is seen wherever that is.
CREATE OR REPLACE FUNCTION audit_next_leaves(most integer) RETURNS TABLE (leaf_id bigint, leaf_hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.leaf_id, l.leaf_hash
    FROM audit_pending p JOIN audit_leaf l ON l.id = p.leaf_id
   ORDER BY p.leaf_id LIMIT most
$$;
CREATE OR REPLACE FUNCTION audit_queue_leaves() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO audit_pending (leaf_id) SELECT id FROM added;
  RETURN NULL;
END $$;
ALTER TABLE audit_pending DROP COLUMN xid;
ALTER TABLE audit_leaf DROP COLUMN xid;`);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: restore a backup instead');
  }
}
