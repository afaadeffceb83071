export { BlobReferences, type BlobOwner } from './blob-references.service.js';
export { type BlobFacts, BlobStore, type StagedBlob, type StoredBlob } from './blob-store.js';
export { BlobSweeper } from './blob-sweeper.js';
export { FolderBlobStore } from './folder-blob-store.js';
export { StorageModule } from './storage.module.js';
export { blobPart } from './storage.records.js';
export { OCTET_STREAM, registerStreamingBody } from './streaming-body.js';
export { UploadModel } from './api/upload.model.js';
export { Uploads, type UploadView } from './uploads.service.js';
