import { Injectable } from '@nestjs/common';
import { SourceReader } from '../../sources/index.js';
import { DatasetReader } from '../dataset-reader.js';
import { SplitRows } from '../split-rows.js';
import { type PublicFile, toCroissant } from './to-croissant.js';

/** Versions as others read them. */
@Injectable()
export class CroissantReader {
  constructor(
    private readonly reader: DatasetReader,
    private readonly rows: SplitRows,
    private readonly sources: SourceReader,
  ) {}

  /** A version as a Croissant document. Throws DATASET_VERSION_NOT_FOUND. */
  async document(ref: string): Promise<Record<string, unknown>> {
    const version = await this.reader.byRef(ref);
    const files = new Map<string, PublicFile>();
    for (const { name } of version.splits) files.set(name, await this.rows.file(version.id, name));
    const { byId } = await this.sources.withLatest(version.sources.map(({ id }) => id));
    return toCroissant(version, files, [...byId.values()]);
  }
}
