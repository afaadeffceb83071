import { Global, Module } from '@nestjs/common';
import { UploadsController } from './api/uploads.controller.js';
import { BlobIntegrity } from './blob-integrity.js';
import { BlobReferences } from './blob-references.service.js';
import { BlobStore } from './blob-store.js';
import { BlobSweeper } from './blob-sweeper.js';
import { FolderBlobStore } from './folder-blob-store.js';
import { Uploads } from './uploads.service.js';

@Global()
@Module({
  controllers: [UploadsController],
  providers: [
    { provide: BlobStore, useClass: FolderBlobStore },
    Uploads,
    BlobReferences,
    BlobSweeper,
    BlobIntegrity,
  ],
  exports: [BlobStore, Uploads, BlobReferences, BlobSweeper],
})
export class StorageModule {}
