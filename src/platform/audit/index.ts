export { AuditModule } from './audit.module.js';
export type { AuditFact, AuditLeaf, AuditSubject } from './audit-leaf.js';
export { AuditLog } from './audit-log.service.js';
export { AuditProofs, type AuditProofBundle, type ConsistencyProof } from './audit-proofs.service.js';
export { refuseStrangeKeys } from './refuse-strange-keys.js';
export { AuditSequencer } from './audit-sequencer.service.js';
export type { RecordKind, RecordPart, RecordRef, StoredRow } from './record-kind.js';
export { RecordKinds, type StoredThing } from './record-kinds.js';
export { Records } from './records.service.js';
