import { Module } from '@nestjs/common';
import { RecordKinds } from '../../platform/audit/index.js';
import { LineageModule } from '../lineage/index.js';
import { SourceReader } from './source.reader.js';
import { SOURCE_RECORDS } from './source.records.js';
import { SourcesService } from './sources.service.js';

@Module({
  imports: [LineageModule],
  providers: [SourcesService, SourceReader],
  exports: [SourcesService, SourceReader],
})
export class SourcesModule {
  constructor(kinds: RecordKinds) {
    kinds.register(...SOURCE_RECORDS);
  }
}
