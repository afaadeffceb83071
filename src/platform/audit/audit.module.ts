import { Global, Module } from '@nestjs/common';
import { AuditController } from './api/audit.controller.js';
import { AuditResolver } from './api/audit.resolver.js';
import { AuditEntries } from './audit-entries.service.js';
import { AuditExport } from './audit-export.service.js';
import { AuditLog } from './audit-log.service.js';
import { AuditProofs } from './audit-proofs.service.js';
import { AuditSequencer } from './audit-sequencer.service.js';

/** What happened, in the transaction in which it happened, and proof of it afterwards. */
@Global()
@Module({
  controllers: [AuditController],
  providers: [AuditLog, AuditEntries, AuditProofs, AuditExport, AuditSequencer, AuditResolver],
  exports: [AuditLog, AuditProofs, AuditSequencer],
})
export class AuditModule {}
