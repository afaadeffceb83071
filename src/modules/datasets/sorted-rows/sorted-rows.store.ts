import { Injectable } from '@nestjs/common';
import { compareNames, type ColumnType } from '../../../domain/canonical/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import { Duck, identifier, literal } from '../../../platform/duckdb/index.js';
import { UnavailableError } from '../../../platform/errors/index.js';
import { BlobStore } from '../../../platform/storage/index.js';
import type { DatasetSplitView, DatasetVersionView } from '../dataset-version.js';
import { roleColumns } from '../ingest/check-rows.js';
import { hashRows } from '../ingest/hash-rows.js';
import { columnAt } from '../ingest/rows-file.js';
import { SortedRowsFile } from './sorted-rows-file.js';

interface StoredDigests {
  sorted: string | null;
  leaves: string;
  public: string;
}

export interface OpenedSplit {
  rows: SortedRowsFile;
  /** A local file of its leaves, 32 bytes each. */
  leaves: string;
}

const PREPARED = 256;

/** Opens the sorted rows of splits. Those of versions from before they were kept are made when they are asked for. */
@Injectable()
export class SortedRowsStore {
  /** Made anew, by split. Nothing refers to such a file, so it may be swept; then it is made again. */
  private readonly prepared = new Map<string, Promise<string>>();

  constructor(
    private readonly units: UnitOfWork,
    private readonly blobs: BlobStore,
    private readonly duck: Duck,
  ) {}

  /** Close `rows`. Throws BLOB_NOT_FOUND, BLOB_CORRUPT. */
  async open(version: DatasetVersionView, split: DatasetSplitView): Promise<OpenedSplit> {
    const [stored] = await this.units.read((tx) =>
      tx.query<StoredDigests>(
        'SELECT sorted_digest AS sorted, leaves_digest AS leaves, public_digest AS public FROM dataset_split WHERE id = $1',
        [split.id],
      ),
    );
    const digest = stored!.sorted ?? (await this.prepare(version, split, stored!));
    const [path, leaves] = await Promise.all([
      this.blobs.localPath(digest),
      this.blobs.localPath(stored!.leaves),
    ]);
    return { rows: await SortedRowsFile.open(path, digest, keyPlace(version, split)), leaves };
  }

  private async prepare(
    version: DatasetVersionView,
    split: DatasetSplitView,
    stored: StoredDigests,
  ): Promise<string> {
    const known = await this.prepared.get(split.id)?.catch(() => undefined);
    if (known !== undefined && (await this.blobs.exists(known))) return known;
    const making = this.make(version, split, stored);
    if (this.prepared.size >= PREPARED) this.prepared.delete(this.prepared.keys().next().value!);
    this.prepared.set(split.id, making);
    return making;
  }

  /** Of a sealed split without commitments: the key that made them may be somebody's who is gone. */
  private async make(
    version: DatasetVersionView,
    split: DatasetSplitView,
    stored: StoredDigests,
  ): Promise<string> {
    const path = await this.blobs.localPath(stored.public);
    const columns = version.schema.columns.filter(({ role }) => !(split.sealed && role === 'label'));
    const texts = columns.map(({ name, type }, i) => `${textOf(type, identifier(name))} AS ${columnAt(i)}`);
    return this.duck.with(async (db) => {
      const file = {
        split: { name: split.name, sealed: false },
        from: `(SELECT ${texts.join(', ')} FROM read_parquet(${literal(path)}))`,
      };
      const { root, sortedRows } = await hashRows(db, file, columns, roleColumns(columns), Buffer.alloc(0));
      if (!split.sealed && root !== split.root) throw rowsAltered(version, split.name);
      return (await this.blobs.putFile(sortedRows)).digest;
    });
  }
}

/** The place of the key in an encoded row. */
function keyPlace({ schema }: DatasetVersionView, { sealed }: DatasetSplitView): number | null {
  const { key } = schema;
  if (key === null) return null;
  return schema.columns.filter(
    ({ name, role }) => !(sealed && role === 'label') && compareNames(name, key) < 0,
  ).length;
}

/** A typed column as the texts that `parseAs` takes. */
function textOf(type: ColumnType, column: string): string {
  // DuckDB prints an instant in the session's zone, and leaves the zone's minutes out.
  return type === 'timestamp'
    ? `CAST(make_timestamp(epoch_us(${column})) AS VARCHAR) || 'Z'`
    : `CAST(${column} AS VARCHAR)`;
}

export const rowsAltered = ({ dataset, version }: DatasetVersionView, split: string) =>
  new UnavailableError(
    'ROWS_ALTERED',
    `the stored rows of ${dataset}@${version}:${split} do not lead to its root`,
    {
      remedy: 'Run `assay audit verify`, and restore what it names from a backup.',
    },
  );
