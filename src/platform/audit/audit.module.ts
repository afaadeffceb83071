import { Global, Module } from '@nestjs/common';
import { AuditEntries } from './audit-entries.service.js';
import { AuditExport } from './audit-export.service.js';
import { AuditLog } from './audit-log.service.js';
import { AuditProofs } from './audit-proofs.service.js';
import { AuditRecords } from './audit-records.service.js';
import { AuditSequencer } from './audit-sequencer.service.js';
import { RecordAdoption } from './record-adoption.service.js';
import { RecordKinds } from './record-kinds.js';
import { Records } from './records.service.js';

/** What happened, in the transaction in which it happened, and proof of it afterwards. */
@Global()
@Module({
  providers: [
    AuditLog,
    AuditEntries,
    AuditProofs,
    AuditExport,
    AuditRecords,
    AuditSequencer,
    RecordKinds,
    Records,
    RecordAdoption,
  ],
  exports: [
    AuditLog,
    AuditEntries,
    AuditProofs,
    AuditExport,
    AuditRecords,
    AuditSequencer,
    RecordKinds,
    Records,
  ],
})
export class AuditModule {}
