import { Injectable } from '@nestjs/common';
import type { DatasetVersionView } from '../dataset-version.js';
import { SplitRows } from '../split-rows.js';
import type { ScannedVersion } from './other-version.js';

/** Splits of a version as scans read them. */
@Injectable()
export class ScannedSplits {
  constructor(private readonly rows: SplitRows) {}

  async of(
    version: DatasetVersionView,
    names: readonly string[],
  ): Promise<ScannedVersion['splits'][number][]> {
    const splits: ScannedVersion['splits'][number][] = [];
    for (const name of names) {
      const { rows, sealed } = version.splits.find((split) => split.name === name)!;
      splits.push({ name, rows, sealed, from: await this.rows.from(version.id, name) });
    }
    return splits;
  }
}
