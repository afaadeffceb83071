import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { currentContext } from '../../platform/context/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { Duck, literal, type ParquetPart, rowsOfParts } from '../../platform/duckdb/index.js';
import { type BlobFacts, BlobStore } from '../../platform/storage/index.js';
import { DatasetReader, splitNotFound } from './dataset-reader.js';
import type { DatasetVersionView } from './dataset-version.js';
import { parquetOptions } from './ingest/rows-file.js';
import { requireWhole } from './require-whole.js';
import { openParts, storedParts } from './split-parts.js';

export interface SplitFile {
  filename: string;
  digest: string;
  /** Bytes. */
  size: number;
  /** Its bytes, checked against the digest before the first is read. */
  open(): Promise<Readable>;
}

interface StoredRow {
  id: string;
  rows: string;
  manifest: string | null;
  public: string | null;
  size: string | null;
}

const JOINED = 256;

/** A split's public columns: every column, but the label of a sealed split. */
@Injectable()
export class SplitRows {
  /** Chunks in one file, by project and manifest. Nothing refers to such a file, so it may be swept; then it is made again. */
  private readonly joined = new Map<string, Promise<BlobFacts>>();

  constructor(
    private readonly units: UnitOfWork,
    private readonly reader: DatasetReader,
    private readonly blobs: BlobStore,
    private readonly duck: Duck,
  ) {}

  /** Local Parquet files, together in key order. Throws SPLIT_NOT_FOUND, VERSION_ERASED, BLOB_NOT_FOUND, BLOB_CORRUPT. */
  async parts(ref: string, split: string): Promise<ParquetPart[]> {
    const { row, version } = await this.stored(ref, split);
    requireWhole(version, [split]);
    return this.open(row);
  }

  /** SQL for a FROM clause that reads them. */
  async from(ref: string, split: string): Promise<string> {
    return rowsOfParts(await this.parts(ref, split));
  }

  /** One Parquet file of all rows that are not erased, in key order. Throws SPLIT_NOT_FOUND. */
  async file(ref: string, split: string): Promise<SplitFile> {
    const { row, filename } = await this.stored(ref, split);
    const { digest, size } =
      row.manifest === null
        ? { digest: row.public!, size: Number(row.size) }
        : await this.joinedFile(row, row.manifest);
    return {
      filename,
      digest,
      size,
      open: async () => createReadStream(await this.blobs.localPath(digest)),
    };
  }

  private async open({ rows, manifest, public: whole }: StoredRow): Promise<ParquetPart[]> {
    const stored = { rows: Number(rows), manifest, public: whole };
    return openParts(this.blobs, await storedParts(this.blobs, stored));
  }

  private async joinedFile(row: StoredRow, manifest: string): Promise<BlobFacts> {
    const place = `${currentContext().projectId}:${manifest}`;
    const known = await this.joined.get(place)?.catch(() => undefined);
    if (known !== undefined && (await this.blobs.exists(known.digest))) return known;
    const joining = this.join(await this.open(row)).then(async (file) => {
      await this.units.run((tx) =>
        tx.execute(
          'INSERT INTO joined_rows (manifest_digest, digest) VALUES ($1, $2) ON CONFLICT DO NOTHING',
          [manifest, file.digest],
        ),
      );
      return file;
    });
    if (this.joined.size >= JOINED) this.joined.delete(this.joined.keys().next().value!);
    this.joined.set(place, joining);
    return joining;
  }

  private async join(parts: readonly ParquetPart[]): Promise<BlobFacts> {
    if (parts.length === 1) return this.blobs.putFile(parts[0]!.path);
    return this.duck.with(async (db) => {
      const path = join(db.scratch, 'rows.parquet');
      const columns = await db.rows(`DESCRIBE SELECT * FROM ${rowsOfParts(parts)}`);
      await db.run(
        `COPY (SELECT * FROM ${rowsOfParts(parts)}) TO ${literal(path)} (${parquetOptions(columns.length)})`,
      );
      return this.blobs.putFile(path);
    });
  }

  private async stored(
    ref: string,
    split: string,
  ): Promise<{ row: StoredRow; version: DatasetVersionView; filename: string }> {
    const version = await this.reader.byRef(ref);
    const [row] = await this.units.read((tx) =>
      tx.query<StoredRow>(
        `SELECT id, rows, manifest_digest AS manifest, public_digest AS public, public_size AS size
         FROM dataset_split WHERE dataset_version_id = $1 AND name = $2`,
        [version.id, split],
      ),
    );
    if (!row) throw splitNotFound(version, split);
    return { row, version, filename: `${version.dataset}-${version.version}-${split}.parquet` };
  }
}
