export type { Check, Culprit, VerifyOptions, VerifyReport } from './report.js';
export { isConsistent } from './consistency.js';
export { openCheckpoint, readVerifierKey } from './note.js';
export { readLines } from './read-lines.js';
export { RecordLedger } from './record-ledger.js';
export { verifyBundle } from './verify-bundle.js';
export { verifyRowProof } from './verify-row-proof.js';
export { verifyExport, type ExportOptions } from './verify-export.js';
