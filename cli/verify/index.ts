export type { Check, Culprit, VerifyOptions, VerifyReport } from './report.js';
export { verifyBundle } from './verify-bundle.js';
export { verifyExport } from './verify-export.js';
