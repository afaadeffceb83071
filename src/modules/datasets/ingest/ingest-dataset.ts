import { createHmac } from 'node:crypto';
import { contentId, ENCODING_VERSION } from '../../../domain/canonical/index.js';
import { type DuckSession, literal } from '../../../platform/duckdb/index.js';
import type { BlobFacts } from '../../../platform/storage/index.js';
import type { DatasetSchema } from '../dataset-version.js';
import { computeDigests } from '../digests/compute-digests.js';
import type { DatasetDigest } from '../digests/dataset-digest.js';
import { readProvenance, type ReadProvenance } from '../provenance/read-provenance.js';
import type { SubjectTerms } from '../provenance/read-subjects.js';
import type { WrittenRows } from '../sorted-rows/write-sorted-rows.js';
import type { PushPlan, SplitPlan } from '../push-plan.js';
import type { SplitSource } from '../references/fetch-reference.js';
import type { SplitRecord } from '../split-by.js';
import { assignSplits } from './assign-splits.js';
import { checkRows, roleColumns } from './check-rows.js';
import { findRepeats, type OrderedRows, type Repeats } from './find-repeats.js';
import { hashRows } from './hash-rows.js';
import { inferColumns } from './infer-columns.js';
import { labelClasses, type LabelClasses } from './label-classes.js';
import { openSplit } from './open-split.js';
import type { OpenedSplit } from './opened-split.js';
import type { RowsFile } from './rows-file.js';
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
  upload: SplitSource;
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
  /** How Assay made the splits; null: they were pushed as splits. */
  splitBy: SplitRecord | null;
  repeats: IngestedRepeats[];
  labelClasses: LabelClasses;
  provenance: ReadProvenance;
  /** By which MLflow knows the files. */
  digests: DatasetDigest[];
}

export interface Ingestion {
  plan: PushPlan;
  /** The files, in the order of the plan's splits. */
  uploads: readonly SplitSource[];
  projectKey: Uint8Array;
  /** Bytes that one file may unpack to. */
  maxBytes: number;
  /** Null where the plan names no subject column. */
  subjectTerms: SubjectTerms | null;
  /** Fraction from 0 to 1, and what is being done. */
  progress(fraction: number, message: string): Promise<void>;
}

/** From files to typed, hashed, compared and stored splits. */
export async function ingestDataset(
  db: DuckSession,
  stores: SplitStores,
  ingestion: Ingestion,
): Promise<IngestedDataset> {
  const { plan, uploads, projectKey, maxBytes, subjectTerms, progress } = ingestion;
  const { blobs } = stores;
  const steps = plan.splits.length;
  const read = plan.splitBy ? [wholeFile(plan.splits)] : plan.splits;

  await progress(0.02, 'reading headers');
  const paths = await Promise.all(
    uploads.map(({ digest, fetched }) => fetched?.path ?? blobs.localPath(digest)),
  );
  const opened: OpenedSplit[] = [];
  for (const [i, split] of read.entries())
    opened.push(await openSplit(db, paths[i]!, split, plan.declaredTypes, maxBytes));
  const names = sharedColumns(read.map(({ name }, i) => ({ split: name, names: opened[i]!.names })));
  checkNamedColumns(plan, names);

  let files: RowsFile[] = [];
  for (const [i, split] of read.entries()) {
    await progress(0.05 + (0.2 * i) / steps, `reading ${split.name}`);
    files.push(await opened[i]!.read(names));
  }

  await progress(0.25, 'typing columns');
  const types = await inferColumns(db, files, names, plan.declaredTypes, plan.label);
  const schema = schemaOf(plan, names, types);
  const roles = roleColumns(schema.columns);
  for (const file of files) await checkRows(db, file, roles);
  const pushed = files.map((rows, i) => ({ rows, opened: opened[i]!, digest: uploads[i]!.digest }));
  const digests = await computeDigests(db, pushed, names, plan.splitBy !== null);
  let splitBy: SplitRecord | null = null;
  if (plan.splitBy) {
    await progress(0.35, 'splitting');
    const { splits, splitBy: by } = plan;
    const assigned = await assignSplits(
      db,
      files[0]!,
      { splits, splitBy: by },
      schema.columns,
      roles,
      projectKey,
    );
    for (const file of assigned.files) await checkRows(db, file, roles);
    ({ files, record: splitBy } = assigned);
  }
  const provenance = await readProvenance(db, files, schema.columns, plan, subjectTerms);

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

  // Labels of sealed rows stand in the file of any split that shares it, uploaded or fetched.
  const withSealedLabels = new Set(files.flatMap(({ split }, i) => (split.sealed ? uploads[i]!.digest : [])));
  const splits: IngestedSplit[] = [];
  for (const [i, file] of files.entries()) {
    const upload = uploads[i]!;
    const fileId = withSealedLabels.has(upload.digest)
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
    splitBy,
    repeats,
    labelClasses: classes,
    provenance,
    digests,
  };
}

/** One file with the rows of all splits. Messages show no label of it where one of them is sealed. */
function wholeFile(splits: readonly SplitPlan[]): SplitPlan {
  return {
    ...splits[0]!,
    // No split can have this name.
    name: '(file)',
    role: 'train',
    domain: null,
    sealed: splits.some(({ sealed }) => sealed),
  };
}

/** Both, or the error of one once neither runs any more. */
async function together<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}
