import { Global, Module } from '@nestjs/common';
import { Secrets } from '../config/index.js';
import { currentContext } from '../context/index.js';
import { BlobIntegrity } from './blob-integrity.js';
import { BlobReferences } from './blob-references.service.js';
import { BlobStore } from './blob-store.js';
import { BlobSweeper } from './blob-sweeper.js';
import { FolderBlobStore } from './folder-blob-store.js';
import { PartialUploadsStore } from './resumable/partial-uploads.store.js';
import { ResumableUploads } from './resumable/resumable-uploads.service.js';
import { SealedFiles } from './sealed-files.js';
import { Uploads } from './uploads.service.js';

const SEALED_FILES = {
  provide: SealedFiles,
  inject: [BlobStore, Secrets],
  useFactory: (blobs: BlobStore, secrets: Secrets) =>
    new SealedFiles(blobs, () => secrets.projectSealingKey(currentContext().projectId)),
};

@Global()
@Module({
  providers: [
    { provide: BlobStore, useClass: FolderBlobStore },
    Uploads,
    PartialUploadsStore,
    ResumableUploads,
    BlobReferences,
    BlobSweeper,
    BlobIntegrity,
    SEALED_FILES,
  ],
  exports: [BlobStore, Uploads, ResumableUploads, BlobReferences, BlobSweeper, SealedFiles],
})
export class StorageModule {}
