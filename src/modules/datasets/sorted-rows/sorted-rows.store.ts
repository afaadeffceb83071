import { Injectable } from '@nestjs/common';
import { compareNames } from '../../../domain/canonical/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import { Duck, identifier, literal } from '../../../platform/duckdb/index.js';
import { UnavailableError } from '../../../platform/errors/index.js';
import { BlobStore } from '../../../platform/storage/index.js';
import type { DatasetSplitView, DatasetVersionView } from '../dataset-version.js';
import { roleColumns } from '../ingest/check-rows.js';
import { hashRows } from '../ingest/hash-rows.js';
import { columnAt } from '../ingest/rows-file.js';
import { textOf } from '../ingest/value-text.js';
import type { SplitManifest } from '../split-manifest.js';
import { readManifest } from '../split-manifests.js';
import { ChunkedSortedRows } from './chunked-sorted-rows.js';
import type { SortedRows } from './sorted-rows.js';
import { WholeSortedRows } from './whole-sorted-rows.js';
import type { WrittenRows } from './write-sorted-rows.js';

interface StoredDigests {
  manifest: string | null;
  /** Of versions from before there were chunks. */
  sorted: string | null;
  leaves: string;
  public: string;
}

const PREPARED = 64;

/** Opens the sorted rows of splits. Those of versions from before they were kept are made when they are asked for. */
@Injectable()
export class SortedRowsStore {
  /** Made anew, by split. Nothing refers to such chunks, so they may be swept; then they are made again. */
  private readonly prepared = new Map<string, Promise<WrittenRows>>();

  constructor(
    private readonly units: UnitOfWork,
    private readonly blobs: BlobStore,
    private readonly duck: Duck,
  ) {}

  /** Close it. Throws BLOB_NOT_FOUND, BLOB_CORRUPT. */
  async open(version: DatasetVersionView, split: DatasetSplitView): Promise<SortedRows> {
    const [stored] = await this.units.read((tx) =>
      tx.query<StoredDigests>(
        `SELECT manifest_digest AS manifest, sorted_digest AS sorted, leaves_digest AS leaves, public_digest AS public
         FROM dataset_split WHERE id = $1`,
        [split.id],
      ),
    );
    const { manifest, sorted, leaves } = stored!;
    const key = keyPlace(version, split);
    if (manifest !== null) return this.chunked(await readManifest(this.blobs, manifest), key);
    if (sorted === null) {
      const { index, nodes } = await this.prepare(version, split, stored!);
      return this.chunked({ sorted: index, nodes }, key);
    }
    const [rows, hashes] = await Promise.all([this.blobs.localPath(sorted), this.blobs.localPath(leaves)]);
    return WholeSortedRows.open({ rows, leaves: hashes }, sorted, key);
  }

  private chunked(manifest: Pick<SplitManifest, 'sorted' | 'nodes'>, key: number | null): SortedRows {
    return new ChunkedSortedRows(manifest, key, (digest) => this.blobs.localPath(digest));
  }

  private async prepare(
    version: DatasetVersionView,
    split: DatasetSplitView,
    stored: StoredDigests,
  ): Promise<WrittenRows> {
    const known = await this.prepared.get(split.id)?.catch(() => undefined);
    if (known !== undefined && (await this.allThere(known))) return known;
    const making = this.make(version, split, stored);
    if (this.prepared.size >= PREPARED) this.prepared.delete(this.prepared.keys().next().value!);
    this.prepared.set(split.id, making);
    return making;
  }

  private async allThere({ index }: WrittenRows): Promise<boolean> {
    for (const { digest } of index.chunks) if (!(await this.blobs.exists(digest))) return false;
    return true;
  }

  /** Of a sealed split without commitments: the key that made them may be somebody's who is gone. */
  private async make(
    version: DatasetVersionView,
    split: DatasetSplitView,
    stored: StoredDigests,
  ): Promise<WrittenRows> {
    const path = await this.blobs.localPath(stored.public);
    const columns = version.schema.columns.filter(({ role }) => !(split.sealed && role === 'label'));
    const texts = columns.map(({ name, type }, i) => `${textOf(type, identifier(name))} AS ${columnAt(i)}`);
    return this.duck.with(async (db) => {
      const file = {
        split: { name: split.name, sealed: false },
        from: `(SELECT ${texts.join(', ')} FROM read_parquet(${literal(path)}))`,
      };
      const rows = await hashRows(db, this.blobs, file, columns, roleColumns(columns), Buffer.alloc(0));
      if (!split.sealed && rows.root !== split.root) throw rowsAltered(version, split.name);
      return rows;
    });
  }
}

/** The place of the key in an encoded row. */
export function keyPlace({ schema }: DatasetVersionView, { sealed }: DatasetSplitView): number | null {
  const { key } = schema;
  if (key === null) return null;
  return schema.columns.filter(
    ({ name, role }) => !(sealed && role === 'label') && compareNames(name, key) < 0,
  ).length;
}

export const rowsAltered = ({ dataset, version }: DatasetVersionView, split: string) =>
  new UnavailableError(
    'ROWS_ALTERED',
    `the stored rows of ${dataset}@${version}:${split} do not lead to its root`,
    {
      remedy: 'Run `assay audit verify`, and restore what it names from a backup.',
    },
  );
