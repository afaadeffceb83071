import { Module } from '@nestjs/common';
import { UsedUploads } from './used-uploads.js';

/** Apart from the rest of the storage, as it needs the outbox too. */
@Module({ providers: [UsedUploads], exports: [UsedUploads] })
export class UsedUploadsModule {}
