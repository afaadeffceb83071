import type { VerifyReport } from './verify/index.js';

/** A verification as lines: each check with ok or FAILED, then the verdict. */
export function renderReport(report: VerifyReport): string {
  const checks = report.checks.map(
    ({ ok, name, detail }) => `${ok ? 'ok    ' : 'FAILED'}  ${name}: ${detail}`,
  );
  const where = report.culprit && report.culprit.index !== null ? ` at entry ${report.culprit.index}` : '';
  return [...checks, report.ok ? 'verified' : `NOT verified${where}`].join('\n');
}
