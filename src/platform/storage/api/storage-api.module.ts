import { Module } from '@nestjs/common';
import { StorageModule } from '../storage.module.js';
import { ResumableUploadsController } from './resumable-uploads.controller.js';
import { UploadsController } from './uploads.controller.js';

/** The routes and fields of storage, for a process that serves. */
@Module({
  imports: [StorageModule],
  controllers: [UploadsController, ResumableUploadsController],
})
export class StorageApiModule {}
