import { createHash, type Hash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AssayConfig } from '../../config/index.js';
import { UnitOfWork } from '../../database/index.js';
import { AssayError, InvalidInputError } from '../../errors/index.js';
import { passingFolders } from '../../files/process-files.js';
import { BlobStore } from '../blob-store.js';
import { diskError } from '../disk-errors.js';
import { safeFilename } from '../filename.js';
import { tooLarge } from '../receive.js';
import { Uploads } from '../uploads.service.js';
import { filesBefore, PartialFile, partialPath } from './partial-file.js';
import {
  beyondLength,
  type Lease,
  partialNotFound,
  type PartChecksum,
  type PartialUploadView,
} from './partial-upload.js';
import { type PartialRow, PartialUploadsStore } from './partial-uploads.store.js';

/** What a server that is killed may lose of one part: bytes between two moments in which they are put on disk for good. */
const CHECKPOINT_BYTES = 32 * 1024 * 1024;
/** Of how many uploads this process remembers the hash so far. Of others the file is read once more. */
const MOST_HASHES = 1_000;

/**
 * Files that come in parts. What was acknowledged is on disk and in the row; everything else does not count, and is cut off by
 * whoever goes on. The last part makes an upload of them, with the same id, as if the file had come at once.
 */
@Injectable()
export class ResumableUploads {
  private readonly folder: string;
  /** What was hashed under a lease: it goes on where nobody else wrote in between. */
  private readonly hashes = new Map<string, Hash>();

  constructor(
    private readonly rows: PartialUploadsStore,
    private readonly uploads: Uploads,
    private readonly units: UnitOfWork,
    private readonly blobs: BlobStore,
    private readonly config: AssayConfig,
  ) {
    this.folder = passingFolders(config.home).staging;
  }

  /** @param size in bytes. Throws UPLOAD_EMPTY, UPLOAD_TOO_LARGE, UPLOADS_UNFINISHED_TOO_MANY. */
  async create(filename: string, size: number): Promise<PartialUploadView> {
    if (size === 0)
      throw new InvalidInputError('UPLOAD_EMPTY', 'the file has no bytes; expected at least one');
    if (size > this.config.maxUploadBytes) throw tooLarge(this.config.maxUploadBytes);
    return toView(await this.rows.create(safeFilename(filename), size));
  }

  /** How far it is. Throws RESUMABLE_UPLOAD_NOT_FOUND. */
  async get(id: string): Promise<PartialUploadView> {
    const row = await this.rows.find(id);
    // A server may have died when all bytes were there and the upload was not.
    if (row.digest !== null && row.ended === null) return this.finish(row);
    return toView(row);
  }

  /**
   * Take in a part that begins at `offset`. Of one that breaks off, what came is kept; with a checksum, nothing. Throws
   * RESUMABLE_UPLOAD_NOT_FOUND, UPLOAD_LOCKED, UPLOAD_OFFSET_CONFLICT, UPLOAD_BEYOND_LENGTH, UPLOAD_CHECKSUM_MISMATCH, STORAGE_FULL.
   */
  async append(
    id: string,
    offset: number,
    source: Readable,
    checksum?: PartChecksum,
  ): Promise<PartialUploadView> {
    source.on('error', () => undefined);
    const lease = await this.rows.lease(id, offset);
    if (!lease) return this.get(id);
    try {
      await this.write(lease, source, checksum);
    } catch (error) {
      throw diskError(error);
    } finally {
      this.rows.letGo(lease);
    }
    return this.get(id);
  }

  /** Throws RESUMABLE_UPLOAD_NOT_FOUND, UPLOAD_LOCKED, UPLOAD_FINISHED. */
  async remove(id: string): Promise<void> {
    const row = await this.rows.remove(id);
    await rm(partialPath(this.folder, id, row.file), { force: true });
  }

  private async write(lease: Lease, source: Readable, checksum?: PartChecksum): Promise<void> {
    const { id, received } = lease;
    const file = await PartialFile.open(this.folder, partialPath(this.folder, id, lease.file), {
      size: received,
      before: await filesBefore(this.folder, id, lease.file),
      hash: this.hashes.get(lease.before ?? ''),
    });
    this.hashes.delete(lease.before ?? '');
    if (!file) {
      await this.units.run(() => this.rows.end(id, 'removed'));
      throw partialNotFound(id);
    }
    try {
      await this.drain(lease, file, source, checksum);
    } catch (error) {
      source.destroy();
      if (checksum || error instanceof AssayError) await file.goBack();
      // The part's own error is what the caller is told; a lease that cannot be given back is found out by whoever comes next.
      await this.giveBack(lease, file).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
  }

  private async drain(
    lease: Lease,
    file: PartialFile,
    source: Readable,
    checksum?: PartChecksum,
  ): Promise<void> {
    const check = checksum && createHash(checksum.algorithm);
    for await (const chunk of source as AsyncIterable<Buffer>) {
      if (file.size + chunk.length > lease.size) throw beyondLength(lease.id, lease.size);
      await file.append(chunk);
      check?.update(chunk);
      if (check || file.unsafe < CHECKPOINT_BYTES || file.size === lease.size) continue;
      await file.sync();
      await this.rows.advance(lease, file.size);
    }
    if (check && !check.digest().equals(checksum.digest)) throw checksumMismatch(lease);
    await this.giveBack(lease, file);
  }

  private async giveBack(lease: Lease, file: PartialFile): Promise<void> {
    await file.sync();
    const isWhole = file.size === lease.size;
    await this.rows.release(lease, file.size, isWhole ? await file.digest() : null);
    const hash = isWhole ? undefined : file.hashed();
    if (!hash) return;
    this.hashes.set(lease.writer, hash);
    if (this.hashes.size > MOST_HASHES) this.hashes.delete(this.hashes.keys().next().value!);
  }

  /** File first, then the row that makes it an upload. Any number of requests may do it at once, and again. */
  private async finish(row: PartialRow): Promise<PartialUploadView> {
    const { id, size, filename } = row;
    const digest = row.digest!;
    await this.blobs.adopt(partialPath(this.folder, id, row.file), digest);
    if (!(await this.blobs.exists(digest))) throw partialNotFound(id);
    await this.units.run(async () => {
      if (await this.rows.end(id, 'finished')) await this.uploads.add({ id, digest, size, filename });
    });
    return toView({ ...row, ended: 'finished' });
  }
}

const toView = ({ id, filename, size, received, ended, expiresAt }: PartialRow): PartialUploadView => ({
  id,
  filename,
  size,
  received,
  finished: ended === 'finished',
  expiresAt,
});

const checksumMismatch = ({ id }: Lease) =>
  new AssayError(
    'checksum',
    'UPLOAD_CHECKSUM_MISMATCH',
    `the part of upload ${id} is not what its checksum says`,
    {
      remedy: 'nothing of the part was kept: send it again',
    },
  );
