import { Args, Query, Resolver } from '@nestjs/graphql';
import { Requires } from '../../auth/requires.decorator.js';
import { PageArgs } from '../../http/paged.js';
import { AuditEntries } from '../audit-entries.service.js';
import { AuditProofs } from '../audit-proofs.service.js';
import { proofOf } from './audit-proof.js';
import { AuditEntryPage, AuditProofModel } from './audit.model.js';
import { AuditProofArgs } from './audit.request.js';

@Resolver()
export class AuditResolver {
  constructor(
    private readonly entries: AuditEntries,
    private readonly proofs: AuditProofs,
  ) {}

  @Query(() => AuditEntryPage, { description: 'What was done in this project, newest first.' })
  @Requires('read')
  auditEntries(@Args() page: PageArgs): Promise<AuditEntryPage> {
    return this.entries.list(page);
  }

  @Query(() => AuditProofModel, { description: 'Proof that an entry is in the log.' })
  @Requires('read')
  auditProof(@Args() wanted: AuditProofArgs): Promise<AuditProofModel> {
    return proofOf(this.proofs, wanted);
  }
}
