import { Injectable } from '@nestjs/common';
import { currentContext, may, runInContext } from '../context/index.js';
import { UnitOfWork } from '../database/index.js';
import { checkpointsBetween, latestCheckpoint, type Query } from './audit-tree.js';

export const EXPORT_FORMAT = 'assay/audit-export/v1';

const ENTRIES_PER_READ = 1_000;

interface EntryRow {
  entry_index: string;
  leaf_hash: string;
  leaf: string | null;
  body: string | null;
}

/**
 * The whole log as NDJSON, for a verifier that trusts nothing here: a header, a line per entry of every project in the
 * order of the tree, the checkpoints, the keys that signed them. Entries of other projects are their leaf hash and no
 * more; bodies are for callers with the permission `audit`.
 */
@Injectable()
export class AuditExport {
  constructor(private readonly uow: UnitOfWork) {}

  /** Lines with their newlines. Reads in short units, so that an export of any length holds no transaction open. */
  async *lines(): AsyncGenerator<string> {
    const context = currentContext();
    // Whoever pulls the stream does it outside the request's context.
    const read = <T>(work: (query: Query) => Promise<T>): Promise<T> =>
      runInContext(context, () => this.uow.read((tx) => work((sql, values) => tx.query(sql, values))));
    const bodies = runInContext(context, () => may('audit'));

    const size = (await read(latestCheckpoint))?.size ?? 0;
    yield line({ format: EXPORT_FORMAT, project: context.projectId, size });
    for (let from = 0; from < size; from += ENTRIES_PER_READ) {
      const to = Math.min(from + ENTRIES_PER_READ, size);
      yield (await read((query) => entries(query, from, to, bodies))).map(entryLine).join('');
    }
    const keys = new Set<string>();
    for (let after = 0; after < size;) {
      const checkpoints = await read((query) => checkpointsBetween(query, after, size, ENTRIES_PER_READ));
      for (const { note, publicKey } of checkpoints) {
        keys.add(publicKey);
        yield line({ checkpoint: note });
      }
      after = checkpoints.at(-1)?.size ?? size;
    }
    for (const publicKey of keys) yield line({ publicKey });
  }
}

function entries(query: Query, from: number, to: number, bodies: boolean): Promise<EntryRow[]> {
  // Row-level security leaves the leaves of other projects out of the join.
  return query<EntryRow>(
    `SELECT e.entry_index, encode(e.leaf_hash, 'hex') AS leaf_hash, l.leaf, CASE WHEN $3 THEN l.body END AS body
       FROM audit_entry e LEFT JOIN audit_leaf l ON l.id = e.leaf_id
      WHERE e.entry_index >= $1 AND e.entry_index < $2 ORDER BY e.entry_index`,
    [from, to, bodies],
  );
}

/** Leaf and body are canonical JSON already and go out byte for byte. */
function entryLine({ entry_index, leaf_hash, leaf, body }: EntryRow): string {
  const facts = leaf === null ? '' : `,"leaf":${leaf}`;
  const rest = body === null ? '' : `,"body":${body}`;
  return `{"index":${entry_index},"leafHash":"${leaf_hash}"${facts}${rest}}\n`;
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
