import { ID, Int } from '@nestjs/graphql';
import { GraphQLJSON } from '../../graphql/json.scalar.js';
import { Paged } from '../../http/paged.js';
import { Output, Prop } from '../../http/shape.js';
import type { AuditEntryView } from '../audit-entries.service.js';
import type { AuditLeaf } from '../audit-leaf.js';
import type { AuditProofBundle, ConsistencyProof } from '../audit-proofs.service.js';

const DIGEST = { pattern: '^[0-9a-f]{64}$' };

@Output('AuditActor', 'Who acted.')
export class AuditActorModel {
  @Prop(() => String, { description: '`key` or `system`.' })
  kind: string;

  @Prop(() => ID, { description: 'API key id, or the part of Assay that acted.' })
  id: string;

  @Prop(() => String, { description: 'Its name at that time.' })
  name: string;
}

@Output('AuditSubject', 'What was acted on.')
export class AuditSubjectModel {
  @Prop(() => String, { description: 'Kind, e.g. `modelVersion`.' })
  kind: string;

  @Prop(() => ID, { description: 'Its identifier.' })
  id: string;
}

@Output('AuditEntry', 'One change, as the audit log recorded it.')
export class AuditEntryModel implements AuditEntryView {
  @Prop(() => ID, { description: 'Identifier.' })
  id: string;

  @Prop(() => Int, {
    description: 'Place in the tree; null for about a second after the change.',
    nullable: true,
  })
  index: number | null;

  @Prop(() => String, { description: 'When, UTC with microseconds, by the clock of the database.' })
  time: string;

  @Prop(() => String, { description: 'What was done, e.g. `dataset.version.created`.' })
  action: string;

  @Prop(() => AuditActorModel, { description: 'Who did it.' })
  actor: AuditActorModel;

  @Prop(() => AuditSubjectModel, { description: 'To what.' })
  subject: AuditSubjectModel;

  @Prop(() => String, { description: 'The request that it came by.' })
  requestId: string;

  @Prop(() => String, { description: 'SHA-256 of the canonical JSON of the body.', openapi: DIGEST })
  bodyDigest: string;

  @Prop(() => String, { description: 'SHA-256(0x00 || leaf): what the tree holds.', openapi: DIGEST })
  leafHash: string;

  @Prop(() => GraphQLJSON, {
    description: 'The facts of the change, for the permission `audit`.',
    nullable: true,
  })
  body: object | null;
}

@Output('AuditEntryPage', 'One page of audit entries, newest first.')
export class AuditEntryPage extends Paged(AuditEntryModel, 'AuditEntry') {}

@Output('AuditProof', 'Proof that an entry is in the audit log; `assay verify` checks it offline.')
export class AuditProofModel implements Omit<AuditProofBundle, 'body'> {
  @Prop(() => GraphQLJSON, { description: 'The leaf: its hash is SHA-256(0x00 || canonical JSON).' })
  leaf: AuditLeaf;

  @Prop(() => GraphQLJSON, {
    description: 'What the leaf holds the digest of, for the permission `audit`.',
    nullable: true,
  })
  body: object | null;

  @Prop(() => Int, { description: 'Place in the tree.' })
  index: number;

  @Prop(() => Int, { description: 'Leaves of the tree that the proof leads to.' })
  treeSize: number;

  @Prop(() => [String], {
    description: 'The inclusion proof (RFC 9162), from the sibling upwards, hexadecimal.',
  })
  hashes: string[];

  @Prop(() => String, { description: 'The signed checkpoint of that tree (C2SP note).' })
  checkpoint: string;

  @Prop(() => String, { description: 'The verifier key that signed it: compare it with the one you know.' })
  publicKey: string;
}

@Output('AuditCheckpoint', 'What the log is committed to: its size and root, signed.')
export class AuditCheckpointModel {
  @Prop(() => Int, { description: 'Entries.' })
  size: number;

  @Prop(() => String, { description: 'Root of the tree, hexadecimal.', openapi: DIGEST })
  root: string;

  @Prop(() => String, { description: 'The signed note (C2SP): origin, size and root with the signature.' })
  note: string;

  @Prop(() => String, { description: 'The verifier key that signed it.' })
  publicKey: string;
}

@Output('AuditConsistency', 'Proof that a later log begins with an earlier one.')
export class AuditConsistencyModel implements ConsistencyProof {
  @Prop(() => Int, { description: 'Entries of the earlier log.' })
  from: number;

  @Prop(() => Int, { description: 'Entries of the later log.' })
  to: number;

  @Prop(() => String, { description: 'Root of the earlier log, hexadecimal.', openapi: DIGEST })
  fromRoot: string;

  @Prop(() => String, { description: 'Root of the later log, hexadecimal.', openapi: DIGEST })
  toRoot: string;

  @Prop(() => [String], { description: 'The consistency proof (RFC 9162), hexadecimal.' })
  hashes: string[];
}
