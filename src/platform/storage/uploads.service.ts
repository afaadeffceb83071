import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/index.js';
import { AssayConfig } from '../config/index.js';
import { currentContext } from '../context/index.js';
import { isId, newId, UnitOfWork } from '../database/index.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../errors/index.js';
import { BlobStore } from './blob-store.js';
import { safeFilename } from './filename.js';
import { UPLOAD } from './storage.records.js';

export interface UploadView {
  id: string;
  digest: string;
  /** Bytes. */
  size: number;
  filename: string;
  createdAt: Date;
  expiresAt: Date;
  /** What was made of it, where its file was not kept after that. */
  usedUpFor: string | null;
}

interface UploadRow {
  id: string;
  digest: string;
  size: string;
  filename: string;
  created_at: Date;
  expires_at: Date;
  used_up_for: string | null;
}

const COLUMNS = 'id, digest, size, filename, created_at, expires_at, used_up_for';
const KEPT_FOR = '24 hours';

/**
 * Files that a client has sent and nothing has used yet. An upload belongs to the API key that sent it, whatever others of the
 * project may do: it can hold the labels of a split that is about to be sealed. It goes after 24 hours, or as soon as it is used up.
 */
@Injectable()
export class Uploads {
  constructor(
    private readonly units: UnitOfWork,
    private readonly blobs: BlobStore,
    private readonly config: AssayConfig,
    private readonly audit: AuditLog,
  ) {}

  /** Take in a file. The bytes come first, outside any transaction; the row makes them visible. */
  async receive(source: Readable, filename: string): Promise<UploadView> {
    const staged = await this.blobs.stage(source, { maxBytes: this.config.maxUploadBytes });
    if (staged.size === 0) {
      await staged.discard();
      throw new InvalidInputError('UPLOAD_EMPTY', 'the file has no bytes; expected at least one', {
        remedy: 'send the file as the body of the request, with content-type application/octet-stream',
      });
    }
    await staged.commit();
    return this.add({ ...staged, filename: safeFilename(filename) });
  }

  /** Make an upload of a file that is stored. `id`: one that it has already. */
  add(file: { id?: string; digest: string; size: number; filename: string }): Promise<UploadView> {
    return this.units.run(async (tx) => {
      const [row] = await tx.query<UploadRow>(
        `INSERT INTO upload (id, project_id, digest, size, filename, expires_at, created_by)
         VALUES ($1, $2, $3, $4, $5, now() + interval '${KEPT_FOR}', $6) RETURNING ${COLUMNS}`,
        [
          file.id ?? newId(),
          currentContext().projectId,
          file.digest,
          file.size,
          file.filename,
          currentContext().actor.id,
        ],
      );
      const upload = toView(row!);
      await this.audit.record({
        action: 'upload.created',
        subject: { kind: 'upload', id: upload.id },
        // Salted: the digest of this body is public, and a file of few rows could be found by trying its labels.
        body: {
          digest: upload.digest,
          size: upload.size,
          filename: upload.filename,
          salt: randomBytes(16).toString('hex'),
        },
        records: [{ kind: UPLOAD, id: upload.id }],
      });
      return upload;
    });
  }

  /** Throws UPLOAD_NOT_FOUND, for uploads of another project or another key too. */
  async get(uploadId: string): Promise<UploadView> {
    const [row] = isId(uploadId)
      ? await this.units.read((tx) =>
          tx.query<UploadRow>(`SELECT ${COLUMNS} FROM upload WHERE id = $1 AND created_by = $2`, [
            uploadId,
            currentContext().actor.id,
          ]),
        )
      : [];
    if (!row) throw uploadNotFound(uploadId);
    return toView(row);
  }

  /** Claim several, always in the same order: two that want the same files must not wait for each other. By id. */
  async claimAll(uploadIds: readonly string[], purpose: string): Promise<Map<string, UploadView>> {
    const claimed = new Map<string, UploadView>();
    for (const id of [...new Set(uploadIds)].sort()) claimed.set(id, await this.claim(id, purpose));
    return claimed;
  }

  /** As `get`, for the job that works on it. Throws UPLOAD_USED_UP too. */
  async usable(uploadId: string): Promise<UploadView> {
    const upload = await this.get(uploadId);
    if (upload.usedUpFor !== null) throw usedUp(uploadId, upload.usedUpFor);
    return upload;
  }

  /**
   * Say that `purpose` (what is made of it: `datasetVersion`, `evaluation`, ...) is going to use an upload: it stays for
   * another 24 hours, time enough for the job. Inside UnitOfWork.run. Throws UPLOAD_NOT_FOUND, UPLOAD_EXPIRED, UPLOAD_USED_UP.
   */
  async claim(uploadId: string, purpose: string): Promise<UploadView> {
    const upload = await this.get(uploadId);
    const [row] = await this.units.current().query<UploadRow>(
      `UPDATE upload SET expires_at = now() + interval '${KEPT_FOR}'
       WHERE id = $1 AND expires_at > now() AND used_up_for IS NULL RETURNING ${COLUMNS}`,
      [uploadId],
    );
    if (!row) {
      if (upload.usedUpFor !== null) throw usedUp(uploadId, upload.usedUpFor);
      throw new ConflictError(
        'UPLOAD_EXPIRED',
        `upload ${uploadId}, wanted for ${purpose}, was kept until ${upload.expiresAt.toISOString()}`,
        { remedy: 'upload the file again' },
      );
    }
    return toView(row);
  }
}

const usedUp = (id: string, purpose: string) =>
  new ConflictError('UPLOAD_USED_UP', `upload ${id} was used up for a ${purpose}, and its file is not kept`, {
    remedy: 'upload the file again: a file with labels that are sealed is kept for one push',
  });

const uploadNotFound = (id: string) =>
  new NotFoundError(
    'UPLOAD_NOT_FOUND',
    `no upload ${JSON.stringify(id.slice(0, 80))} of this API key in this project`,
    {
      remedy:
        'upload the file with POST /v1/projects/{project}/uploads, by the key that is to use it, and use the id of the answer',
    },
  );

function toView(row: UploadRow): UploadView {
  return {
    id: row.id,
    digest: row.digest,
    size: Number(row.size),
    filename: row.filename,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedUpFor: row.used_up_for,
  };
}
