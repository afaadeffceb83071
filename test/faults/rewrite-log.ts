import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  checkpointText,
  encodeNoteKey,
  parseCheckpoint,
  signNote,
  TreeAppender,
  type StoredNode,
} from '../../src/domain/merkle/index.js';
import type { Superuser } from '../support/superuser.js';

export const LOG_TABLES = ['audit_leaf', 'audit_entry', 'audit_node', 'audit_checkpoint', 'audit_record'];

/**
 * Makes of the leaves, in the order of the entries, a log in which everything agrees: hashes, tree, one checkpoint signed by
 * `key`. Who has the superuser can do this with a key of their own, and who has the signing key too with that.
 */
export async function rewriteLog(superuser: Superuser, key: KeyObject): Promise<void> {
  const run = (sql: string, values: unknown[] = []) => superuser.client.query(sql, values);
  const [newest] = await superuser.rows<{ note: string }>(
    'SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1',
  );
  const name = parseCheckpoint(newest!.note).origin;
  await run(`UPDATE audit_leaf SET leaf_hash = sha256('\\x00'::bytea || convert_to(leaf, 'UTF8'))`);
  const leaves = await superuser.rows<{ id: string; leaf_hash: Buffer }>(
    'SELECT l.id, l.leaf_hash FROM audit_entry e JOIN audit_leaf l ON l.id = e.leaf_id ORDER BY e.entry_index',
  );
  for (const table of ['audit_entry', 'audit_node', 'audit_checkpoint']) await run(`DELETE FROM ${table}`);
  const nodes: StoredNode[] = [];
  const appender = new TreeAppender(0, [], (node) => nodes.push(node));
  for (const [index, { id, leaf_hash }] of leaves.entries()) {
    appender.append(leaf_hash);
    await run('INSERT INTO audit_entry (entry_index, leaf_id, leaf_hash) VALUES ($1, $2, $3)', [
      index,
      id,
      leaf_hash,
    ]);
  }
  for (const { level, index, hash } of nodes)
    if (level > 0)
      await run('INSERT INTO audit_node (level, node_index, hash) VALUES ($1, $2, $3)', [level, index, hash]);
  const root = appender.root();
  const noteKey = { name, publicKey: createPublicKey(key) };
  const note = signNote(checkpointText({ origin: name, size: appender.size, root }), noteKey, key);
  await run('INSERT INTO audit_checkpoint (size, root, note, public_key) VALUES ($1, $2, $3, $4)', [
    appender.size,
    root,
    note,
    encodeNoteKey(noteKey),
  ]);
}
