import { Injectable } from '@nestjs/common';
import { Records } from '../../platform/audit/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { InvalidInputError, NotFoundError } from '../../platform/errors/index.js';
import { DATASET_VERSION } from './dataset.records.js';
import { BlobStore, SealedFiles } from '../../platform/storage/index.js';
import { parseDatasetRef } from './dataset-name.js';
import type { DatasetVersionView, EvaluationInput } from './dataset-version.js';
import { requireWhole } from './require-whole.js';
import { storedParts } from './split-parts.js';
import type { SplitRole } from './split-role.js';
import { selectVersions } from './version-rows.js';

interface InputRow {
  role: SplitRole;
  domain: string | null;
  rows: string;
  sealed: boolean;
  root: string;
  manifest_digest: string | null;
  public_digest: string | null;
  label_digest: string | null;
  label_classes: string[];
  sealed_classes: Buffer | null;
}

/** What other modules learn of dataset versions. */
@Injectable()
export class DatasetReader {
  constructor(
    private readonly units: UnitOfWork,
    private readonly records: Records,
    private readonly sealedFiles: SealedFiles,
    private readonly blobs: BlobStore,
  ) {}

  /** By NAME@VERSION, NAME (the latest) or id. Throws DATASET_REFERENCE_INVALID, DATASET_VERSION_NOT_FOUND. */
  async byRef(ref: string): Promise<DatasetVersionView> {
    const read = parseDatasetRef(ref);
    const [version] = await this.units.read((tx) =>
      'id' in read
        ? selectVersions(tx, 'WHERE v.id = $1', [read.id])
        : selectVersions(
            tx,
            'WHERE lower(d.name) = lower($1) AND v.version = coalesce($2, d.latest_version)',
            [read.name, read.version],
          ),
    );
    if (!version) {
      throw new NotFoundError(
        'DATASET_VERSION_NOT_FOUND',
        `There is no dataset version ${JSON.stringify(ref)} in this project.`,
        {
          remedy: 'Check name and version; a version exists once its push job has succeeded.',
        },
      );
    }
    return version;
  }

  /** The newest endorsed version of a dataset; null when it has none. */
  async latestEndorsed(name: string): Promise<DatasetVersionView | null> {
    const [version] = await this.units.read((tx) =>
      selectVersions(
        tx,
        `JOIN dataset_endorsement given ON given.dataset_version_id = v.id
         WHERE lower(d.name) = lower($1) ORDER BY v.version DESC LIMIT 1`,
        [name],
      ),
    );
    return version ?? null;
  }

  /** One statement. Ids that do not exist are left out. */
  async byIds(ids: readonly string[]): Promise<Map<string, DatasetVersionView>> {
    const versions = await this.units.read((tx) => selectVersions(tx, 'WHERE v.id = ANY($1::uuid[])', [ids]));
    return new Map(versions.map((version) => [version.id, version]));
  }

  /** What evaluating a split reads. Throws SPLIT_NOT_FOUND, SPLIT_NOT_EVALUABLE (no key or label column), VERSION_ERASED, RECORD_ALTERED. */
  async evaluationInput(datasetVersionId: string, split: string): Promise<EvaluationInput> {
    const version = await this.byRef(datasetVersionId);
    const { schema, dataset } = version;
    await this.records.require([{ kind: DATASET_VERSION, id: version.id }]);
    const [row] = await this.units.read((tx) =>
      tx.query<InputRow>(
        `SELECT s.role, s.domain, s.rows, s.sealed, s.root, s.manifest_digest, s.public_digest, s.label_digest, v.label_classes, v.sealed_classes
         FROM dataset_split s JOIN dataset_version v ON v.id = s.dataset_version_id
         WHERE s.dataset_version_id = $1 AND s.name = $2`,
        [version.id, split],
      ),
    );
    if (!row) throw splitNotFound(version, split);
    requireWhole(version, [split]);
    const typeOf = (name: string | null) => schema.columns.find((column) => column.name === name)?.type;
    const [keyType, labelType] = [typeOf(schema.key), typeOf(schema.label)];
    if (schema.key === null || schema.label === null || !keyType || !labelType) {
      throw new InvalidInputError(
        'SPLIT_NOT_EVALUABLE',
        `${dataset}@${version.version} has no ${schema.key === null ? 'key' : 'label'} column, so predictions cannot be compared with split ${split}`,
        { remedy: 'Push a version that names key and label columns.' },
      );
    }
    return {
      split,
      role: row.role,
      domain: row.domain,
      rows: Number(row.rows),
      sealed: row.sealed,
      root: row.root,
      keyColumn: schema.key,
      keyType,
      labelColumn: schema.label,
      labelType,
      labelClasses:
        row.sealed_classes === null
          ? row.label_classes
          : (this.sealedFiles.openValue(row.sealed_classes) as string[]),
      openClasses: row.label_classes,
      protected: schema.protected,
      columns: schema.columns,
      publicParquet: await storedParts(this.blobs, {
        rows: Number(row.rows),
        manifest: row.manifest_digest,
        public: row.public_digest,
      }),
      labelParquet: row.label_digest,
    };
  }

  /**
   * How many rows of the second split also stand in the first, of how many. Where either is sealed the label is left out
   * of the comparison. Null when nothing was compared (no such split, or no column but key and label).
   */
  async leakage(
    datasetVersionId: string,
    [first, second]: [string, string],
  ): Promise<{ exact: { rows: number; total: number } } | null> {
    const [row] = await this.units.read((tx) =>
      tx.query<{ rows: string; total: string }>(
        'SELECT rows, total FROM dataset_repeat WHERE dataset_version_id = $1 AND in_split = $2 AND found_in = $3 AND in_split <> found_in',
        [datasetVersionId, second, first],
      ),
    );
    return row ? { exact: { rows: Number(row.rows), total: Number(row.total) } } : null;
  }
}

export function splitNotFound(version: DatasetVersionView, split: string): NotFoundError {
  return new NotFoundError(
    'SPLIT_NOT_FOUND',
    `${version.dataset}@${version.version} has no split ${JSON.stringify(split)}; found ${version.splits.map(({ name }) => name).join(', ')}`,
  );
}
