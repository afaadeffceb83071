import { compareNames } from '../../../domain/canonical/index.js';
import type { Transaction } from '../../../platform/database/index.js';
import { ConflictError } from '../../../platform/errors/index.js';
import type { BlobFacts } from '../../../platform/storage/index.js';
import type { DatasetSplitView, DatasetVersionView } from '../dataset-version.js';
import type { LabelClasses } from '../ingest/label-classes.js';
import { keyPlace } from '../sorted-rows/sorted-rows.store.js';
import type { RowPlaces } from './erase-rows.js';

/** What stands in the database of where a split's rows are. */
export interface StoredSplitFiles {
  id: string;
  name: string;
  manifest: string;
  label: string | null;
}

/** A split without the rows of a subject. Its blobs are stored; no row says so yet. */
export interface ErasedSplit {
  before: StoredSplitFiles;
  /** How many rows lost their content. */
  erased: number;
  manifest: BlobFacts;
  chunks: BlobFacts[];
  label: BlobFacts | null;
}

export interface ErasedVersion {
  version: DatasetVersionView;
  splits: ErasedSplit[];
  /** Of the rows that are left. */
  classes: LabelClasses;
  /** Files that this version has no more. */
  gone: string[];
}

/** Throws ERASURE_OLD_STORAGE for a split that is not in chunks. */
export async function storedFiles(
  tx: Transaction,
  { id, dataset, version }: DatasetVersionView,
): Promise<Map<string, StoredSplitFiles>> {
  const rows = await tx.query<Omit<StoredSplitFiles, 'manifest'> & { manifest: string | null }>(
    `SELECT id, name, manifest_digest AS manifest, label_digest AS label FROM dataset_split WHERE dataset_version_id = $1
     ORDER BY position`,
    [id],
  );
  return new Map(
    rows.map(({ manifest, ...row }) => {
      if (manifest !== null) return [row.name, { ...row, manifest }];
      throw new ConflictError(
        'ERASURE_OLD_STORAGE',
        `${dataset}@${version}:${row.name} is stored whole, as before there were chunks, and no row can be taken out of it`,
        { remedy: 'Restore the version into a new project, and delete this one.', split: row.name },
      );
    }),
  );
}

/** Throws ERASURE_SEALED_SUBJECT where no row shows whom it is about. */
export function placesOf(version: DatasetVersionView, split: DatasetSplitView): RowPlaces {
  const name = version.subjectColumn!;
  const shown = version.schema.columns.filter(({ role }) => !(split.sealed && role === 'label'));
  if (!shown.some((column) => column.name === name))
    throw new ConflictError(
      'ERASURE_SEALED_SUBJECT',
      `the subjects of ${version.dataset}@${version.version}:${split.name} are its sealed labels, which no row shows`,
      { remedy: 'Delete the project, and push its data without this split.', split: split.name },
    );
  return {
    key: keyPlace(version, split),
    subject: shown.filter((column) => compareNames(column.name, name) < 0).length,
  };
}

export const overtaken = (what: string) =>
  new ConflictError('ERASURE_OVERTAKEN', `${what} changed while rows were erased; nothing was erased`, {
    remedy: 'Ask for the erasure again.',
  });

export const emptied = ({ dataset, version }: DatasetVersionView, split: string) =>
  new ConflictError(
    'ERASURE_EMPTIES_SPLIT',
    `without these rows split ${split} of ${dataset}@${version} has none; nothing was erased`,
    {
      remedy: `Push a version of ${dataset} without that split or with other rows in it, and ask for the erasure again.`,
      split,
    },
  );
