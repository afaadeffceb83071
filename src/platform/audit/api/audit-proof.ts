import { may } from '../../context/index.js';
import type { AuditProofs } from '../audit-proofs.service.js';
import type { AuditProofModel } from './audit.model.js';
import { wantedEntry, type AuditProofArgs } from './audit.request.js';

/** What both transports answer: the body goes to those who may see everything. */
export async function proofOf(proofs: AuditProofs, args: AuditProofArgs): Promise<AuditProofModel> {
  const wanted = wantedEntry(args);
  const bundle = await ('entry' in wanted ? proofs.bundleOf(wanted.entry) : proofs.bundleFor(wanted.subject));
  return may('audit') ? bundle : { ...bundle, body: null };
}
