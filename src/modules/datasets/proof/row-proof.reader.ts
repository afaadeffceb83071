import { Injectable } from '@nestjs/common';
import {
  commitmentOf,
  contentDocument,
  digestOf,
  EncodingError,
  encodeValue,
  fieldsOf,
  parseAs,
  textOfField,
} from '../../../domain/canonical/index.js';
import { AuditProofs } from '../../../platform/audit/index.js';
import { may } from '../../../platform/context/index.js';
import { ConflictError, ForbiddenError, InvalidInputError } from '../../../platform/errors/index.js';
import { DatasetReader, splitNotFound } from '../dataset-reader.js';
import type { DatasetSplitView, DatasetVersionView } from '../dataset-version.js';
import { shownColumns } from '../diff/row-change.js';
import { HASH_BYTES } from '../sorted-rows/sorted-rows-format.js';
import { rowsAltered, SortedRowsStore } from '../sorted-rows/sorted-rows.store.js';
import { VERSION_CREATED } from '../version-store.js';
import { findRow, provePaths } from './find-row.js';
import { type ProvedRow, ROW_PROOF, type RowProofView } from './row-proof.view.js';

/** What is to be proved: a key as a text of a CSV file, or in a split without a key a leaf hash. */
export interface WantedRow {
  key?: string;
  leaf?: string;
}

/** Proofs that a row is in a split of a version, or is not. */
@Injectable()
export class RowProofReader {
  constructor(
    private readonly datasets: DatasetReader,
    private readonly sorted: SortedRowsStore,
    private readonly proofs: AuditProofs,
  ) {}

  /**
   * Throws DATASET_VERSION_NOT_FOUND, SPLIT_NOT_FOUND, ROW_WANTED_INVALID, ROW_PROOF_SEALED (without the permission `audit`),
   * ROW_PROOF_UNAVAILABLE (sealed, and from before sorted rows were kept), ROWS_ALTERED.
   */
  async prove(ref: string, splitName: string, wanted: WantedRow): Promise<RowProofView> {
    const version = await this.datasets.byRef(ref);
    const split = version.splits.find(({ name }) => name === splitName);
    if (!split) throw splitNotFound(version, splitName);
    if (split.sealed && !may('audit'))
      throw new ForbiddenError(
        'ROW_PROOF_SEALED',
        `Split ${splitName} of ${version.dataset}@${version.version} is sealed, and a proof of its rows shows what commits to their labels.`,
        { permission: 'audit', remedy: 'Ask somebody with the permission audit for the proof.' },
      );
    const order = orderOf(version, wanted);
    const content = contentDocument(version.schema, version.splits);
    if (digestOf(content) !== version.contentId) throw rowsAltered(version, splitName);
    const { included, rows, erased } = await this.rows(version, split, order);
    const audit = await this.proofs.bundleFor({ kind: 'datasetVersion', id: version.id }, VERSION_CREATED);
    return {
      kind: ROW_PROOF,
      contentId: version.contentId,
      content,
      split: splitName,
      // As rows hold it, whatever form it was asked for in: who verifies need not know all of them.
      key: version.schema.key === null ? null : textOfField(order),
      leaf: wanted.leaf ?? null,
      included,
      rows,
      erased,
      audit: may('audit') ? audit : { ...audit, body: null },
    };
  }

  private async rows(
    version: DatasetVersionView,
    split: DatasetSplitView,
    order: Buffer,
  ): Promise<Pick<RowProofView, 'included' | 'rows' | 'erased'>> {
    const opened = await this.sorted.open(version, split);
    try {
      if (split.sealed && !opened.index.committed)
        throw new ConflictError(
          'ROW_PROOF_UNAVAILABLE',
          `the commitments of ${version.dataset}@${version.version}:${split.name} were not kept when it was pushed`,
          {
            remedy:
              'Push its files again with this version as parent: rows of the new version can be proved.',
          },
        );
      const { included, rows, erased } = await findRow(opened, order);
      // They stand side by side.
      const leaves = erased.length > 0 ? await opened.leaves(erased[0]!, erased.length) : Buffer.alloc(0);
      const gone = erased.map((index, i) => ({
        index,
        leaf: leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
      }));
      const paths = await provePaths(opened, [...rows, ...gone], Buffer.from(split.root, 'hex'));
      if (!paths) throw rowsAltered(version, split.name);
      const columns = shownColumns(version.schema, split.sealed);
      const shown = rows.map(({ index, row }, i): ProvedRow => {
        const fields = fieldsOf(row);
        return {
          index,
          values: Object.fromEntries(columns.map(({ name }, at) => [name, textOfField(fields[at]!)])),
          commitment: split.sealed ? commitmentOf(row) : null,
          hashes: hexes(paths[i]!),
        };
      });
      return {
        included,
        rows: shown,
        erased: gone.map(({ index, leaf }, i) => ({
          index,
          leaf: leaf.toString('hex'),
          hashes: hexes(paths[rows.length + i]!),
        })),
      };
    } finally {
      await opened.close();
    }
  }
}

const hexes = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('hex'));

/** What the wanted row is ordered by. */
function orderOf({ schema, ...version }: DatasetVersionView, { key, leaf }: WantedRow): Buffer {
  const ref = `${version.dataset}@${version.version}`;
  const wrong = (reason: string, remedy: string) =>
    new InvalidInputError('ROW_WANTED_INVALID', `${ref}: ${reason}`, { remedy });
  if (schema.key === null) {
    if (key !== undefined || leaf === undefined || !/^[0-9a-f]{64}$/.test(leaf))
      throw wrong(
        'it has no key column, so a row is named by its leaf hash',
        'Give leaf=HASH, 64 lowercase hex digits: SHA-256(0x00 || encoded row), docs/encoding.md section 4.',
      );
    return Buffer.from(leaf, 'hex');
  }
  if (key === undefined || leaf !== undefined)
    throw wrong(`rows are named by column ${JSON.stringify(schema.key)}`, 'Give key=VALUE, and no leaf.');
  const { type } = schema.columns.find(({ name }) => name === schema.key)!;
  try {
    return encodeValue(type, parseAs(type, key));
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    throw wrong(
      `the key ${JSON.stringify(key.slice(0, 80))} is not of type ${type}: ${error.message}`,
      'Write the key as the CSV file has it.',
    );
  }
}
