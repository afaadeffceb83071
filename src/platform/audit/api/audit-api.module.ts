import { Module } from '@nestjs/common';
import { AuditModule } from '../audit.module.js';
import { AuditController } from './audit.controller.js';
import { AuditResolver } from './audit.resolver.js';

/** The routes and fields of audit, for a process that serves. */
@Module({
  imports: [AuditModule],
  controllers: [AuditController],
  providers: [AuditResolver],
})
export class AuditApiModule {}
