import { Injectable } from '@nestjs/common';
import { may } from '../context/index.js';
import { UnitOfWork } from '../database/index.js';
import { decodeCursor, pageSize, toPage, type Page, type PageRequest } from '../http/page.js';
import type { AuditLeaf } from './audit-leaf.js';

/** One entry of the log of a project. */
export interface AuditEntryView extends Omit<AuditLeaf, 'project'> {
  /** Its place in the tree; null until it is integrated, which takes about a second. */
  index: number | null;
  leafHash: string;
  /** What was recorded beside the leaf; null for callers without the permission `audit`. */
  body: object | null;
}

interface EntryRow {
  id: string;
  entry_index: string | null;
  leaf: string;
  leaf_hash: string;
  body: string | null;
}

/** Reads what was recorded. */
@Injectable()
export class AuditEntries {
  constructor(private readonly uow: UnitOfWork) {}

  /** The entries of this project, newest first. */
  async list(request: PageRequest): Promise<Page<AuditEntryView>> {
    const size = pageSize(request.first);
    const [after] = decodeCursor(request.after, 1) ?? [null];
    const rows = await this.uow.read((tx) =>
      tx.query<EntryRow>(
        `SELECT l.id, e.entry_index, l.leaf, encode(l.leaf_hash, 'hex') AS leaf_hash,
                CASE WHEN $3 THEN l.body END AS body
           FROM audit_leaf l LEFT JOIN audit_entry e ON e.leaf_id = l.id
          WHERE l.project_id = current_setting('app.project')::uuid AND ($1::bigint IS NULL OR l.id < $1)
          ORDER BY l.id DESC LIMIT $2`,
        [after, size + 1, may('audit')],
      ),
    );
    const page = toPage(rows, size, ({ id }) => [Number(id)]);
    return { ...page, items: page.items.map(toView) };
  }
}

function toView({ entry_index, leaf, leaf_hash, body }: EntryRow): AuditEntryView {
  const { project: _, ...facts } = JSON.parse(leaf) as AuditLeaf;
  return {
    ...facts,
    index: entry_index === null ? null : Number(entry_index),
    leafHash: leaf_hash,
    body: body === null ? null : (JSON.parse(body) as object),
  };
}
