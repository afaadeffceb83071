import { Injectable } from '@nestjs/common';
import { join } from 'node:path';
import { contentId, ENCODING_VERSION } from '../../../domain/canonical/index.js';
import { UnitOfWork } from '../../../platform/database/index.js';
import {
  Duck,
  type DuckSession,
  identifier,
  literal,
  rowsOfParquet,
  rowsOfParts,
} from '../../../platform/duckdb/index.js';
import { BlobStore, SealedFiles } from '../../../platform/storage/index.js';
import type { DatasetSplitView, DatasetVersionView } from '../dataset-version.js';
import { type RoleColumns, roleColumns } from '../ingest/check-rows.js';
import { findRepeats } from '../ingest/find-repeats.js';
import type { IngestedDataset, IngestedSplit } from '../ingest/ingest-dataset.js';
import { labelClasses } from '../ingest/label-classes.js';
import { columnAt, parquetOptions, type RowsFile, rowsFileAt } from '../ingest/rows-file.js';
import { orderRows, storeColumns, storeManifest } from '../ingest/split-files.js';
import { storeRepeats } from '../ingest/store-repeats.js';
import { textOf } from '../ingest/value-text.js';
import { readProvenance } from '../provenance/read-provenance.js';
import type { WrittenRows } from '../sorted-rows/write-sorted-rows.js';
import { SortedRowsStore } from '../sorted-rows/sorted-rows.store.js';
import { readManifest } from '../split-manifests.js';
import { openParts } from '../split-parts.js';
import { isOfSubjects } from './erase-columns.js';
import { leaveOutRows, Subjects } from './erase-rows.js';
import { emptied, placesOf, storedFiles, type StoredSplitFiles } from './erased-version.js';

/** Lookups, lowercase hex, under the project's key. */
export interface LeftOut {
  lookups: ReadonlySet<string>;
  projectKey: Uint8Array;
}

/** A version's rows but those of some subjects, as a push without these would leave them: from what is stored, commitments as they are. */
@Injectable()
export class VersionDeriver {
  constructor(
    private readonly units: UnitOfWork,
    private readonly sorted: SortedRowsStore,
    private readonly blobs: BlobStore,
    private readonly sealedFiles: SealedFiles,
    private readonly duck: Duck,
  ) {}

  /** Throws ERASURE_EMPTIES_SPLIT, ERASURE_OLD_STORAGE, ERASURE_SEALED_SUBJECT. */
  async derive(version: DatasetVersionView, without: LeftOut, signal: AbortSignal): Promise<IngestedDataset> {
    const stored = await this.units.read((tx) => storedFiles(tx, version));
    const { schema } = version;
    const { columns } = schema;
    const roles = roleColumns(columns);
    const stores = { blobs: this.blobs, sealedFiles: this.sealedFiles };
    return this.duck.with(async (db) => {
      const files: RowsFile[] = [];
      const ordered: RowsFile[] = [];
      const splits: IngestedSplit[] = [];
      for (const view of version.splits) {
        const { hashed, subjects } = await this.leaveOut(db, version, view, without);
        const file = await this.textsOf(db, version, view, stored.get(view.name)!, subjects, roles);
        if (file.rows !== hashed.index.rows) throw new Error(`two counts of the rows of ${view.name} differ`);
        const path = await orderRows(db, file, columns, roles);
        const kept = await storeManifest(
          this.blobs,
          await storeColumns(db, stores, file, path, columns, roles),
          hashed,
        );
        files.push(file);
        ordered.push({ ...file, from: rowsOfParquet(path) });
        const upload = { id: null, digest: '', size: 0, filename: '' };
        splits.push({
          ...file.split,
          ...kept,
          rows: file.rows,
          root: hashed.root,
          upload,
          fileId: hashed.root,
        });
      }
      const repeats = await storeRepeats(this.blobs, await findRepeats(db, ordered, columns, roles));
      const named = version.sources.find(({ byColumn }) => byColumn !== null);
      const asked = { sourceColumn: named?.byColumn ?? null, subject: version.subjectColumn };
      const terms = { key: without.projectKey, withdrawn: new Set<string>() };
      return {
        contentId: contentId(schema, splits),
        encodingVersion: ENCODING_VERSION,
        schema,
        splits,
        splitBy: null,
        repeats,
        labelClasses: await labelClasses(db, ordered, roles.label),
        provenance: await readProvenance(db, files, columns, asked, terms),
        // No file of these rows was ever pushed.
        digests: [],
      };
    }, signal);
  }

  private async leaveOut(
    db: DuckSession,
    version: DatasetVersionView,
    split: DatasetSplitView,
    { lookups, projectKey }: LeftOut,
  ): Promise<{ hashed: WrittenRows; subjects: Set<string> }> {
    const places = placesOf(version, split);
    const sorted = await this.sorted.open(version, split);
    try {
      const subjects = new Subjects(lookups, projectKey);
      const spool = join(db.scratch, `spool-${split.name}`);
      const hashed = await leaveOutRows(sorted, places, subjects, spool, (bytes) =>
        this.blobs.putBytes(bytes),
      );
      if (hashed.index.rows === 0) throw emptied(version, split.name);
      return { hashed, subjects: subjects.met };
    } finally {
      await sorted.close();
    }
  }

  /** What is left as texts, which is what a push is read into. */
  private async textsOf(
    db: DuckSession,
    version: DatasetVersionView,
    view: DatasetSplitView,
    stored: StoredSplitFiles,
    subjects: ReadonlySet<string>,
    { key, label }: RoleColumns,
  ): Promise<RowsFile> {
    const { columns } = version.schema;
    const parts = (await readManifest(this.blobs, stored.manifest)).public;
    const shown = rowsOfParts(await openParts(this.blobs, parts));
    const labels =
      stored.label === null
        ? ''
        : `JOIN read_parquet(${literal(await this.sealedFiles.openedIn(db.scratch, stored.label))}) l ON l.key = p.${identifier(key!.name)}`;
    const texts = columns.map(({ name, type }, i) => {
      const column = labels !== '' && i === label?.index ? 'l.label' : `p.${identifier(name)}`;
      return `${textOf(type, column)} AS ${columnAt(i)}`;
    });
    const theirs = isOfSubjects(
      columns.find(({ name }) => name === version.subjectColumn)!,
      subjects,
    );
    const order = key ? `ORDER BY p.${identifier(key.name)}` : '';
    const path = join(db.scratch, `rows-${view.name}.parquet`);
    await db.run(
      `COPY (SELECT row_number() OVER (${order}) AS row, ${texts.join(', ')} FROM (SELECT * FROM ${shown} WHERE NOT ${theirs}) p ${labels})
       TO ${literal(path)} (${parquetOptions(columns.length, 'snappy')})`,
    );
    const { name, role, domain, sealed } = view;
    return rowsFileAt(db, { name, role, domain, sealed, uploadId: null, reference: null }, path);
  }
}
