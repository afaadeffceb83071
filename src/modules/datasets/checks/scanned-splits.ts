import { Injectable } from '@nestjs/common';
import { literal } from '../../../platform/duckdb/index.js';
import { BlobStore } from '../../../platform/storage/index.js';
import type { DatasetVersionView } from '../dataset-version.js';
import { DatasetsService } from '../datasets.service.js';
import type { ScannedVersion } from './other-version.js';

/** Splits of a version as scans read them. */
@Injectable()
export class ScannedSplits {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly blobs: BlobStore,
  ) {}

  async of(
    version: DatasetVersionView,
    names: readonly string[],
  ): Promise<ScannedVersion['splits'][number][]> {
    const splits: ScannedVersion['splits'][number][] = [];
    for (const name of names) {
      const { digest } = await this.datasets.splitFile(version.id, name);
      const { rows, sealed } = version.splits.find((split) => split.name === name)!;
      const from = `read_parquet(${literal(await this.blobs.localPath(digest))})`;
      splits.push({ name, rows, sealed, from });
    }
    return splits;
  }
}
