import { Injectable } from '@nestjs/common';
import { consistencyProof, inclusionProof, rootAt } from '../../domain/merkle/index.js';
import { UnitOfWork, type Transaction } from '../database/index.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../errors/index.js';
import type { AuditLeaf, AuditSubject } from './audit-leaf.js';
import { AuditSequencer } from './audit-sequencer.service.js';
import { latestCheckpoint, readNodes, type Query, type SignedCheckpoint } from './audit-tree.js';

/** All that is needed to prove, without Assay, that an entry is in the log. Hashes are lowercase hex. */
export interface AuditProofBundle {
  leaf: AuditLeaf;
  /** What `leaf.bodyDigest` is the digest of. */
  body: object;
  index: number;
  treeSize: number;
  /** The inclusion proof, from the leaf's sibling upwards. */
  hashes: string[];
  /** The signed checkpoint of the tree of `treeSize` leaves. */
  checkpoint: string;
  /** The verifier key that signed it. Compare it with the one you know: a proof cannot vouch for its own key. */
  publicKey: string;
}

/** That the log of `to` entries begins with the log of `from`. Hashes are lowercase hex. */
export interface ConsistencyProof {
  from: number;
  to: number;
  fromRoot: string;
  toRoot: string;
  hashes: string[];
}

interface FoundLeaf {
  id: string;
  leaf: string;
  body: string;
  entry_index: string | null;
}

const BY_ENTRY = 'l.entry_id = $1';
const BY_SUBJECT = 'l.subject_kind = $1 AND l.subject_id = $2';

/** Proofs about the audit log. Each call opens units of its own: never call these inside an open unit of work. */
@Injectable()
export class AuditProofs {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly sequencer: AuditSequencer,
  ) {}

  /** The newest signed checkpoint; the first is made now where something waits for it. Throws AUDIT_LOG_EMPTY where nothing does. */
  async checkpoint(): Promise<SignedCheckpoint> {
    const latest = () => this.uow.read((tx) => latestCheckpoint(queryOf(tx)));
    const first = await latest();
    if (first) return first;
    await this.sequencer.ensureAllIntegrated();
    return newest(await latest());
  }

  /**
   * The proof of the newest entry about a subject, of one action where it is given. Waits until the entry is in the tree.
   * Throws AUDIT_ENTRY_NOT_FOUND.
   */
  bundleFor(subject: AuditSubject, action?: string): Promise<AuditProofBundle> {
    const where = action === undefined ? BY_SUBJECT : `${BY_SUBJECT} AND l.action = $3`;
    const values = [subject.kind, subject.id, ...(action === undefined ? [] : [action])];
    return this.bundle(where, values, `${subject.kind} ${subject.id}`);
  }

  /** The proof of one entry by its id. Throws AUDIT_ENTRY_NOT_FOUND. */
  bundleOf(entryId: string): Promise<AuditProofBundle> {
    return this.bundle(BY_ENTRY, [entryId], entryId);
  }

  /** That the log of `to` entries (default: all that are signed for) begins with the log of `from`. */
  consistency(from: number, to?: number): Promise<ConsistencyProof> {
    return this.uow.read(async (tx) => {
      const query = queryOf(tx);
      const { size } = newest(await latestCheckpoint(query));
      const second = to ?? size;
      if (!Number.isInteger(second) || second < 1 || second > size)
        throw sizeInvalid('to', second, `1 to ${size}`);
      if (!Number.isInteger(from) || from < 1 || from > second)
        throw sizeInvalid('from', from, `1 to ${second}`);
      const read = readerOf(query);
      return {
        from,
        to: second,
        fromRoot: (await rootAt(from, read)).toString('hex'),
        toRoot: (await rootAt(second, read)).toString('hex'),
        hashes: hexOf(await consistencyProof(from, second, read)),
      };
    });
  }

  private async bundle(where: string, values: unknown[], wanted: string): Promise<AuditProofBundle> {
    const first = await this.uow.read((tx) => this.prove(tx, where, values));
    if (!first) {
      throw new NotFoundError(
        'AUDIT_ENTRY_NOT_FOUND',
        `the audit log of this project has no entry about ${wanted}`,
      );
    }
    if ('leaf' in first) return first;
    await this.sequencer.ensureIntegrated([first.pending]);
    const second = await this.uow.read((tx) => this.prove(tx, 'l.id = $1', [first.pending]));
    if (second && 'leaf' in second) return second;
    throw new ConflictError('AUDIT_PROOF_INSIDE_UNIT', 'a proof was asked for inside an open unit of work');
  }

  /** The proof of the newest leaf that fits, or the leaf's id while it waits for the tree. */
  private async prove(
    tx: Transaction,
    where: string,
    values: unknown[],
  ): Promise<AuditProofBundle | { pending: string } | undefined> {
    const query = queryOf(tx);
    const found = await this.find(tx, where, values);
    if (!found) return undefined;
    if (found.entry_index === null) return { pending: found.id };
    const index = Number(found.entry_index);
    const { size, note, publicKey } = newest(await latestCheckpoint(query));
    return {
      leaf: JSON.parse(found.leaf) as AuditLeaf,
      body: JSON.parse(found.body) as object,
      index,
      treeSize: size,
      hashes: hexOf(await inclusionProof(index, size, readerOf(query))),
      checkpoint: note,
      publicKey,
    };
  }

  private async find(tx: Transaction, where: string, values: unknown[]): Promise<FoundLeaf | undefined> {
    const [row] = await tx.query<FoundLeaf>(
      `SELECT l.id, l.leaf, l.body, e.entry_index
         FROM audit_leaf l LEFT JOIN audit_entry e ON e.leaf_id = l.id
        WHERE l.project_id = current_setting('app.project')::uuid AND ${where}
        ORDER BY l.id DESC LIMIT 1`,
      values,
    );
    return row;
  }
}

function queryOf(tx: Transaction): Query {
  return (sql, values) => tx.query(sql, values);
}

function readerOf(query: Query) {
  return (places: Parameters<typeof readNodes>[1]) => readNodes(query, places);
}

function hexOf(hashes: readonly Buffer[]): string[] {
  return hashes.map((hash) => hash.toString('hex'));
}

function newest(checkpoint: SignedCheckpoint | undefined): SignedCheckpoint {
  if (checkpoint) return checkpoint;
  throw new NotFoundError('AUDIT_LOG_EMPTY', 'the audit log has no checkpoint yet', {
    remedy: 'Record something first; a checkpoint follows within a second.',
  });
}

function sizeInvalid(name: string, found: number, expected: string): InvalidInputError {
  return new InvalidInputError(
    'AUDIT_SIZE_INVALID',
    `${name} is ${found}; expected an integer from ${expected}`,
    {
      remedy: 'A proof from size 0 is refused, as everything is consistent with nothing.',
    },
  );
}
