import type { NodePlace } from '../../domain/merkle/index.js';

/** Runs one statement in whatever transaction the caller has open. */
export type Query = <Row>(sql: string, parameters: unknown[]) => Promise<Row[]>;

export interface SignedCheckpoint {
  size: number;
  root: Buffer;
  /** A signed note whose text is the checkpoint. */
  note: string;
  /** The verifier key of the note's signature, in the form of C2SP signed notes. */
  publicKey: string;
}

interface CheckpointRow {
  size: string;
  root: Buffer;
  note: string;
  public_key: string;
}

/** The newest checkpoint; undefined while the log is empty. */
export async function latestCheckpoint(query: Query): Promise<SignedCheckpoint | undefined> {
  const [row] = await query<CheckpointRow>(
    'SELECT size, root, note, public_key FROM audit_checkpoint ORDER BY size DESC LIMIT 1',
    [],
  );
  return row && toCheckpoint(row);
}

/** Checkpoints of more than `after` and at most `upTo` leaves, smallest first. */
export async function checkpointsBetween(
  query: Query,
  after: number,
  upTo: number,
  most: number,
): Promise<SignedCheckpoint[]> {
  const rows = await query<CheckpointRow>(
    'SELECT size, root, note, public_key FROM audit_checkpoint WHERE size > $1 AND size <= $2 ORDER BY size LIMIT $3',
    [after, upTo, most],
  );
  return rows.map(toCheckpoint);
}

/** The hashes of full subtrees, in the order asked for. Throws when the tree does not have one. */
export async function readNodes(query: Query, places: readonly NodePlace[]): Promise<Buffer[]> {
  if (places.length === 0) return [];
  const rows = await query<{ hash: Buffer | null }>(
    `SELECT coalesce(n.hash, e.leaf_hash) AS hash
       FROM unnest($1::integer[], $2::bigint[]) WITH ORDINALITY p(level, node_index, position)
       LEFT JOIN audit_node n ON n.level = p.level AND n.node_index = p.node_index
       LEFT JOIN audit_entry e ON p.level = 0 AND e.entry_index = p.node_index
      ORDER BY p.position`,
    [places.map(({ level }) => level), places.map(({ index }) => index)],
  );
  return rows.map(({ hash }, i) => {
    if (!hash) throw new Error(`the audit tree lacks node ${places[i]!.level}/${places[i]!.index}`);
    return hash;
  });
}

function toCheckpoint({ size, root, note, public_key }: CheckpointRow): SignedCheckpoint {
  return { size: Number(size), root, note, publicKey: public_key };
}
