import type { VerifyReport } from './verify/index.js';

/** A verification as lines: each check with ok or FAILED, then the verdict. */
export function renderReport(report: VerifyReport): string {
  const checks = report.checks.map(
    ({ ok, name, detail }) => `${ok ? 'ok    ' : 'FAILED'}  ${name}: ${detail}`,
  );
  const where = report.culprit && report.culprit.index !== null ? ` at entry ${report.culprit.index}` : '';
  const { code, remedy } = report.culprit ?? {};
  const verdict = report.ok ? 'verified' : `NOT verified${where}`;
  return [...checks, verdict, ...(code ? [`${code}: ${remedy}`] : [])].join('\n');
}
