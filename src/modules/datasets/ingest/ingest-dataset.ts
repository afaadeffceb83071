import { createHmac } from 'node:crypto';
import { contentId, ENCODING_VERSION } from '../../../domain/canonical/index.js';
import { type DuckSession, literal } from '../../../platform/duckdb/index.js';
import type { BlobFacts, UploadView } from '../../../platform/storage/index.js';
import type { DatasetSchema } from '../dataset-version.js';
import type { WrittenRows } from '../sorted-rows/write-sorted-rows.js';
import type { PushPlan, SplitPlan } from '../push-plan.js';
import { checkRows, roleColumns } from './check-rows.js';
import { readHeader } from './csv-header.js';
import { findRepeats, type OrderedRows, type Repeats } from './find-repeats.js';
import { hashRows } from './hash-rows.js';
import { inferColumns } from './infer-columns.js';
import { labelClasses, type LabelClasses } from './label-classes.js';
import { readCsv, type RowsFile } from './rows-file.js';
import { checkNamedColumns, schemaOf, sharedColumns } from './schema-of.js';
import {
  orderRows,
  type SplitFiles,
  type SplitStores,
  storeColumns,
  type StoredColumns,
  storeManifest,
} from './split-files.js';

export interface IngestedSplit extends SplitPlan, SplitFiles {
  rows: number;
  root: string;
  upload: UploadView;
  /** Stands for the uploaded file: its digest, or a keyed one where labels could be guessed from the digest. */
  fileId: string;
}

export interface IngestedRepeats extends Omit<Repeats, 'findings'> {
  findings: BlobFacts | null;
}

/** All that becomes a dataset version. Its blobs are stored; no row says so yet. */
export interface IngestedDataset {
  contentId: string;
  encodingVersion: number;
  schema: DatasetSchema;
  splits: IngestedSplit[];
  repeats: IngestedRepeats[];
  labelClasses: LabelClasses;
}

export interface Ingestion {
  plan: PushPlan;
  /** The files, in the order of the plan's splits. */
  uploads: readonly UploadView[];
  projectKey: Uint8Array;
  /** Fraction from 0 to 1, and what is being done. */
  progress(fraction: number, message: string): Promise<void>;
}

/** From uploaded CSV files to typed, hashed, compared and stored splits. */
export async function ingestDataset(
  db: DuckSession,
  stores: SplitStores,
  ingestion: Ingestion,
): Promise<IngestedDataset> {
  const { plan, uploads, projectKey, progress } = ingestion;
  const { blobs } = stores;
  const steps = plan.splits.length;

  await progress(0.02, 'reading headers');
  const paths = await Promise.all(uploads.map(({ digest }) => blobs.localPath(digest)));
  const headers = await Promise.all(
    plan.splits.map(async ({ name }, i) => ({ split: name, names: await readHeader(paths[i]!, name) })),
  );
  const names = sharedColumns(headers);
  checkNamedColumns(plan, names);

  const files: RowsFile[] = [];
  for (const [i, split] of plan.splits.entries()) {
    await progress(0.05 + (0.2 * i) / steps, `reading ${split.name}`);
    files.push(await readCsv(db, paths[i]!, split, headers[i]!.names, names));
  }

  await progress(0.25, 'typing columns');
  const types = await inferColumns(db, files, names, plan.declaredTypes, plan.label);
  const schema = schemaOf(plan, names, types);
  const roles = roleColumns(schema.columns);
  for (const file of files) await checkRows(db, file, roles);

  const side = await db.beside();
  const { columns } = schema;
  // Hashing is JavaScript, the rest DuckDB: neither waits for the other.
  const [hashed, { stored, found, classes }] = await together(
    (async () => {
      const hashes: WrittenRows[] = [];
      for (const [i, file] of files.entries()) {
        await progress(0.4 + (0.5 * i) / steps, `hashing ${file.split.name}`);
        hashes.push(await hashRows(db, blobs, file, columns, roles, projectKey));
      }
      await progress(0.9, 'comparing rows');
      return hashes;
    })(),
    (async () => {
      const ordered: OrderedRows[] = [];
      const stored: StoredColumns[] = [];
      for (const file of files) {
        const path = await orderRows(side, file, columns, roles);
        ordered.push({ ...file, from: `read_parquet(${literal(path)})` });
        stored.push(await storeColumns(side, stores, file, path, columns, roles));
      }
      const found = await findRepeats(side, ordered, columns, roles);
      return { stored, found, classes: await labelClasses(side, ordered, roles.label) };
    })(),
  );

  const splits: IngestedSplit[] = [];
  for (const [i, file] of files.entries()) {
    const upload = uploads[i]!;
    const fileId = file.split.sealed
      ? createHmac('sha256', projectKey).update(`upload:${upload.digest}`).digest('hex')
      : upload.digest;
    const kept = await storeManifest(blobs, stored[i]!, hashed[i]!);
    splits.push({ ...file.split, ...kept, rows: file.rows, root: hashed[i]!.root, upload, fileId });
  }
  const repeats: IngestedRepeats[] = [];
  for (const each of found) {
    const findings = each.findings === null ? null : await blobs.putFile(each.findings);
    repeats.push({ ...each, findings });
  }
  await progress(0.98, 'storing');
  return {
    contentId: contentId(schema, splits),
    encodingVersion: ENCODING_VERSION,
    schema,
    splits,
    repeats,
    labelClasses: classes,
  };
}

/** Both, or the error of one once neither runs any more. */
async function together<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}
