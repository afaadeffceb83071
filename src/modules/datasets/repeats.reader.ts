import { Injectable } from '@nestjs/common';
import { may } from '../../platform/context/index.js';
import { UnitOfWork } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { type Page, type PageRequest, pageSize } from '../../platform/http/page.js';
import { BlobStore } from '../../platform/storage/index.js';
import type { ComparedOn } from './ingest/find-repeats.js';
import { lineOffset, linesFrom } from './lines-page.js';

/** Rows of one split that stand again: in itself (duplicates) or in another (leakage). */
export interface RepeatsView {
  inSplit: string;
  foundIn: string;
  /** Rows of `inSplit`. */
  total: number;
  comparedOn: ComparedOn;
  /** By `comparedOn`: with the label where both splits are open, without it where one is sealed. Keys never count. */
  rows: number;
  ignoringLabel: number;
  /** Null without a label, and for callers without the permission `audit` where a split is sealed. */
  withLabel: number | null;
}

/** One repeated row and the first that equals it. Rows count from 1 after the header of the file that was pushed. */
export interface RepeatedRow {
  row: number;
  key: string | null;
  otherRow: number;
  otherKey: string | null;
}

interface RepeatRow {
  dataset_version_id: string;
  in_split: string;
  found_in: string;
  total: string;
  compared_on: ComparedOn;
  rows: string;
  ignoring_label: string;
  with_label: string | null;
}

/** The exact repetitions that were found when a version was pushed. */
@Injectable()
export class RepeatsReader {
  constructor(
    private readonly units: UnitOfWork,
    private readonly blobs: BlobStore,
  ) {}

  /** By version, duplicates and leakage together, in split order. One statement. */
  async byVersions(versionIds: readonly string[]): Promise<Map<string, RepeatsView[]>> {
    const rows = await this.units.read((tx) =>
      tx.query<RepeatRow>(
        `SELECT r.dataset_version_id, r.in_split, r.found_in, r.total, r.compared_on, r.rows, r.ignoring_label, r.with_label
         FROM dataset_repeat r
         JOIN dataset_split a ON a.dataset_version_id = r.dataset_version_id AND a.name = r.in_split
         JOIN dataset_split b ON b.dataset_version_id = r.dataset_version_id AND b.name = r.found_in
         WHERE r.dataset_version_id = ANY($1::uuid[]) ORDER BY r.dataset_version_id, a.position, b.position`,
        [versionIds],
      ),
    );
    const auditor = may('audit');
    const found = new Map<string, RepeatsView[]>(versionIds.map((id) => [id, []]));
    for (const row of rows) {
      const hidden = row.compared_on === 'features' && !auditor;
      found.get(row.dataset_version_id)?.push({
        inSplit: row.in_split,
        foundIn: row.found_in,
        total: Number(row.total),
        comparedOn: row.compared_on,
        rows: Number(row.rows),
        ignoringLabel: Number(row.ignoring_label),
        withLabel: hidden || row.with_label === null ? null : Number(row.with_label),
      });
    }
    return found;
  }

  /** The rows behind one count, all of them, page by page. Throws SPLIT_NOT_FOUND for a pair that was not compared. */
  async rows(
    versionId: string,
    inSplit: string,
    foundIn: string,
    page: PageRequest,
  ): Promise<Page<RepeatedRow>> {
    const size = pageSize(page.first);
    const start = lineOffset(page.after);
    const [pair] = await this.units.read((tx) =>
      tx.query<{ findings_digest: string | null }>(
        'SELECT findings_digest FROM dataset_repeat WHERE dataset_version_id = $1 AND in_split = $2 AND found_in = $3',
        [versionId, inSplit, foundIn],
      ),
    );
    if (!pair) {
      throw new NotFoundError(
        'SPLIT_NOT_FOUND',
        `splits ${JSON.stringify(inSplit)} and ${JSON.stringify(foundIn)} of this version were not compared`,
      );
    }
    if (pair.findings_digest === null) return { items: [], endCursor: null, hasNextPage: false };
    return linesFrom<RepeatedRow>(await this.blobs.localPath(pair.findings_digest), start, size);
  }
}
