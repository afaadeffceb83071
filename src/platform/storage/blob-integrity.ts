import { Injectable } from '@nestjs/common';
import { RecordKinds, type StoredThing } from '../audit/index.js';
import { UnitOfWork } from '../database/index.js';
import { AssayError } from '../errors/index.js';
import { BlobStore } from './blob-store.js';
import { UPLOAD } from './storage.records.js';

const PER_READ = 500;

/** Reads every file that a record of the project keeps, one after the other, and holds it to its digest. */
@Injectable()
export class BlobIntegrity {
  constructor(
    private readonly units: UnitOfWork,
    private readonly blobs: BlobStore,
    kinds: RecordKinds,
  ) {
    kinds.register(UPLOAD);
    kinds.registerCheck(() => this.check());
  }

  private async *check(): AsyncGenerator<StoredThing> {
    for (let after = ''; ;) {
      const page: { digest: string }[] = await this.units.read((tx) =>
        tx.query('SELECT DISTINCT digest FROM blob_reference WHERE digest > $1 ORDER BY digest LIMIT $2', [
          after,
          PER_READ,
        ]),
      );
      for (const { digest } of page)
        yield { kind: 'blob', id: digest, problem: await this.problemOf(digest) };
      if (page.length < PER_READ) return;
      after = page.at(-1)!.digest;
    }
  }

  private async problemOf(digest: string): Promise<string | null> {
    try {
      // Read to the end: the store compares there.
      for await (const _ of this.blobs.read(digest));
      return null;
    } catch (error) {
      return error instanceof AssayError
        ? `${error.code}: ${error.message}`
        : `it cannot be read (${(error as Error).message})`;
    }
  }
}
