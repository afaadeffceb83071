import { createHmac } from 'node:crypto';
import { contentId, ENCODING_VERSION } from '../../../domain/canonical/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import type { BlobFacts, UploadView } from '../../../platform/storage/index.js';
import type { DatasetSchema } from '../dataset-version.js';
import type { PushPlan, SplitPlan } from '../push-plan.js';
import type { SplitRecord } from '../split-by.js';
import { assignSplits } from './assign-splits.js';
import { checkRows, roleColumns } from './check-rows.js';
import { readHeader } from './csv-header.js';
import { findRepeats, type Repeats } from './find-repeats.js';
import { hashRows } from './hash-rows.js';
import { inferColumns } from './infer-columns.js';
import { labelClasses, type LabelClasses } from './label-classes.js';
import { readCsv, type RowsFile } from './rows-file.js';
import { checkNamedColumns, schemaOf, sharedColumns } from './schema-of.js';
import { type SplitFiles, storeSplit, type SplitStores } from './split-files.js';

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
  /** How Assay made the splits; null: they were pushed as splits. */
  splitBy: SplitRecord | null;
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
  const read = plan.splitBy ? [wholeFile(plan.splits)] : plan.splits;

  await progress(0.02, 'reading headers');
  const paths = await Promise.all(uploads.map(({ digest }) => blobs.localPath(digest)));
  const headers = await Promise.all(
    read.map(async ({ name }, i) => ({ split: name, names: await readHeader(paths[i]!, name) })),
  );
  const names = sharedColumns(headers);
  checkNamedColumns(plan, names);

  let files: RowsFile[] = [];
  for (const [i, split] of read.entries()) {
    await progress(0.05 + (0.2 * i) / steps, `reading ${split.name}`);
    files.push(await readCsv(db, paths[i]!, split, headers[i]!.names, names));
  }

  await progress(0.25, 'typing columns');
  const types = await inferColumns(db, files, names, plan.declaredTypes, plan.label);
  const schema = schemaOf(plan, names, types);
  const roles = roleColumns(schema.columns);
  for (const file of files) await checkRows(db, file, roles);
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

  // Labels of sealed rows stand in the file of any split that shares it.
  const sealedUploads = new Set(plan.splits.flatMap(({ sealed, uploadId }) => (sealed ? uploadId : [])));
  const splits: IngestedSplit[] = [];
  for (const [i, file] of files.entries()) {
    await progress(0.4 + (0.4 * i) / steps, `hashing ${file.split.name}`);
    const { root, ...hashed } = await hashRows(db, file, schema.columns, roles, projectKey);
    const stored = await storeSplit(db, stores, file, schema.columns, roles, hashed);
    const upload = uploads[i]!;
    const fileId = sealedUploads.has(upload.id)
      ? createHmac('sha256', projectKey).update(`upload:${upload.digest}`).digest('hex')
      : upload.digest;
    splits.push({ ...file.split, ...stored, rows: file.rows, root, upload, fileId });
  }

  await progress(0.85, 'comparing rows');
  const repeats: IngestedRepeats[] = [];
  for (const found of await findRepeats(db, files, schema.columns, roles)) {
    repeats.push({
      ...found,
      findings: found.findings === null ? null : await blobs.putFile(found.findings),
    });
  }
  const classes = await labelClasses(db, files, roles.label);
  await progress(0.98, 'storing');
  return {
    contentId: contentId(schema, splits),
    encodingVersion: ENCODING_VERSION,
    schema,
    splits,
    splitBy,
    repeats,
    labelClasses: classes,
  };
}

/** One file with the rows of all splits. Messages show no label of it where one of them is sealed. */
function wholeFile(splits: readonly SplitPlan[]): SplitPlan {
  const { uploadId } = splits[0]!;
  // No split can have this name.
  return {
    name: '(file)',
    role: 'train',
    domain: null,
    uploadId,
    sealed: splits.some(({ sealed }) => sealed),
  };
}
