import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/index.js';
import { Duck, type DuckSession, identifier, literal, rowsOfParts } from '../../../platform/duckdb/index.js';
import { BlobStore, SealedFiles } from '../../../platform/storage/index.js';
import type { DatasetVersionView } from '../dataset-version.js';
import { roleColumns } from '../ingest/check-rows.js';
import { labelClasses } from '../ingest/label-classes.js';
import { columnAt, type RowsFile } from '../ingest/rows-file.js';
import { SortedRowsStore } from '../sorted-rows/sorted-rows.store.js';
import { chunksOf, manifestBytes, type SplitManifest } from '../split-manifest.js';
import { readManifest } from '../split-manifests.js';
import { openParts } from '../split-parts.js';
import { eraseColumns, eraseLabels, isOfSubjects } from './erase-columns.js';
import { eraseRows, Subjects } from './erase-rows.js';
import {
  type ErasedSplit,
  type ErasedVersion,
  overtaken,
  placesOf,
  storedFiles,
  type StoredSplitFiles,
} from './erased-version.js';

interface SplitNow {
  public: SplitManifest['public'];
  label: string | null;
}

const rowsIn = (parts: SplitManifest['public']) => parts.reduce((sum, { rows }) => sum + rows, 0);

/** Makes the files of a version anew without the content of some rows. Stores blobs, changes nothing else. */
@Injectable()
export class VersionEraser {
  constructor(
    private readonly units: UnitOfWork,
    private readonly sorted: SortedRowsStore,
    private readonly blobs: BlobStore,
    private readonly sealedFiles: SealedFiles,
    private readonly duck: Duck,
  ) {}

  /** `counts`: the rows of the subject by split. Throws ERASURE_OLD_STORAGE, ERASURE_SEALED_SUBJECT, ERASURE_OVERTAKEN. */
  async erase(
    version: DatasetVersionView,
    counts: ReadonlyMap<string, number>,
    lookup: string,
    projectKey: Uint8Array,
    signal: AbortSignal,
  ): Promise<ErasedVersion> {
    const files = await this.units.read((tx) => storedFiles(tx, version));
    return this.duck.with(async (db) => {
      const splits: ErasedSplit[] = [];
      const now = new Map<string, SplitNow>();
      const kept = new Set<string>();
      const before = new Set<string>();
      for (const [name, stored] of files) {
        const manifest = await readManifest(this.blobs, stored.manifest);
        const old = [stored.manifest, ...chunksOf(manifest).map(({ digest }) => digest), stored.label];
        const expected = counts.get(name);
        if (expected === undefined) {
          now.set(name, { public: manifest.public, label: stored.label });
          for (const digest of old) kept.add(digest!);
          continue;
        }
        const made = await this.eraseSplit(db, version, stored, manifest, lookup, projectKey);
        if (made.split.erased !== expected) throw overtaken(`${version.dataset}@${version.version}:${name}`);
        splits.push(made.split);
        now.set(name, made.now);
        for (const digest of old) if (digest !== null) before.add(digest);
        for (const { digest } of [made.split.manifest, ...made.split.chunks]) kept.add(digest);
      }
      const gone = [...before].filter((digest) => !kept.has(digest));
      return { version, splits, gone, classes: await this.classes(db, version, now) };
    }, signal);
  }

  private async eraseSplit(
    db: DuckSession,
    version: DatasetVersionView,
    stored: StoredSplitFiles,
    manifest: SplitManifest,
    lookup: string,
    projectKey: Uint8Array,
  ): Promise<{ split: ErasedSplit; now: SplitNow }> {
    const split = version.splits.find(({ name }) => name === stored.name)!;
    const places = placesOf(version, split);
    const stores = { blobs: this.blobs, sealedFiles: this.sealedFiles };
    const sorted = await this.sorted.open(version, split);
    try {
      const subjects = new Subjects(new Set([lookup]), projectKey);
      const { index, erased } = await eraseRows(sorted, places, subjects, (bytes) =>
        this.blobs.putBytes(bytes),
      );
      const { columns, key } = version.schema;
      const column = columns.find(({ name }) => name === version.subjectColumn)!;
      const theirs = isOfSubjects(column, subjects.met);
      const parts = await eraseColumns(db, stores, manifest.public, theirs, columns.length);
      // Leaves and columns are told whose they are in two ways: one that missed a row would leave it, or take somebody else's.
      if (rowsIn(manifest.public) - rowsIn(parts) !== erased)
        throw new Error(
          `${version.dataset}@${version.version}:${stored.name} has ${erased} leaves of the subject, and ${rowsIn(manifest.public) - rowsIn(parts)} rows`,
        );
      const label =
        stored.label === null
          ? null
          : await eraseLabels(db, stores, stored.label, manifest.public, key!, theirs);
      const next = { ...manifest, public: parts, sorted: index };
      return {
        split: {
          before: stored,
          erased,
          manifest: await this.blobs.putBytes(manifestBytes(next)),
          chunks: chunksOf(next),
          label,
        },
        now: { public: parts, label: label?.digest ?? null },
      };
    } finally {
      await sorted.close();
    }
  }

  private async classes(db: DuckSession, version: DatasetVersionView, now: ReadonlyMap<string, SplitNow>) {
    const { label } = roleColumns(version.schema.columns);
    const files: RowsFile[] = [];
    for (const split of label ? version.splits : []) {
      const { public: parts, label: labels } = now.get(split.name)!;
      const [column, from] =
        labels === null
          ? [identifier(label!.name), rowsOfParts(await openParts(this.blobs, parts))]
          : ['label', `read_parquet(${literal(await this.sealedFiles.openedIn(db.scratch, labels))})`];
      files.push({
        split: { ...split, uploadId: null, reference: null },
        from: `(SELECT ${column} AS ${columnAt(label!.index)} FROM ${from})`,
        rows: split.rows,
      });
    }
    return labelClasses(db, files, label);
  }
}
