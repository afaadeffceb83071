import { createHmac } from 'node:crypto';
import { contentId, ENCODING_VERSION } from '../../../domain/canonical/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import type { DatasetSchema } from '../dataset-version.js';
import { computeDigests } from '../digests/compute-digests.js';
import type { DatasetDigest } from '../digests/dataset-digest.js';
import { readProvenance, type ReadProvenance } from '../provenance/read-provenance.js';
import type { SubjectTerms } from '../provenance/read-subjects.js';
import type { PushPlan, SplitPlan } from '../push-plan.js';
import type { SplitSource } from '../references/fetch-reference.js';
import type { SplitRecord } from '../split-by.js';
import { assignSplits } from './assign-splits.js';
import { checkRows, roleColumns } from './check-rows.js';
import { inferColumns } from './infer-columns.js';
import type { LabelClasses } from './label-classes.js';
import { openSplit } from './open-split.js';
import type { OpenedSplit } from './opened-split.js';
import type { RowsFile } from './rows-file.js';
import { checkNamedColumns, schemaOf, sharedColumns } from './schema-of.js';
import type { SplitFiles, SplitStores } from './split-files.js';
import type { IngestedRepeats } from './store-repeats.js';
import { storeRows } from './store-rows.js';

export interface IngestedSplit extends SplitPlan, SplitFiles {
  rows: number;
  root: string;
  upload: SplitSource;
  /** Stands for the uploaded file: its digest, or a keyed one where labels could be guessed from the digest. */
  fileId: string;
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
    // Keys that are one each in the whole file are so in its parts.
    for (const file of assigned.files) await checkRows(db, file, { ...roles, key: null });
    ({ files, record: splitBy } = assigned);
  }
  const provenance = await readProvenance(db, files, schema.columns, plan, subjectTerms);

  const stored = await storeRows(db, stores, files, schema.columns, roles, projectKey, progress);
  // Labels of sealed rows stand in the file of any split that shares it, uploaded or fetched.
  const withSealedLabels = new Set(files.flatMap(({ split }, i) => (split.sealed ? uploads[i]!.digest : [])));
  const splits = files.map((file, i): IngestedSplit => {
    const upload = uploads[i]!;
    const fileId = withSealedLabels.has(upload.digest) ? keyedId(upload.digest, projectKey) : upload.digest;
    return { ...file.split, ...stored.splits[i]!, rows: file.rows, upload, fileId };
  });
  await progress(0.98, 'storing');
  return {
    contentId: contentId(schema, splits),
    encodingVersion: ENCODING_VERSION,
    schema,
    splits,
    splitBy,
    repeats: stored.repeats,
    labelClasses: stored.labelClasses,
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

/** Stands for a file whose digest would confirm guesses at its labels. */
const keyedId = (digest: string, projectKey: Uint8Array): string =>
  createHmac('sha256', projectKey).update(`upload:${digest}`).digest('hex');
