import { table } from './table.js';

/** The report of an erasure, as the job answers it. */
export interface ErasureAnswer {
  pseudonym: string;
  alreadyErased: boolean;
  erased: { datasetVersion: string; split: string; rows: number }[];
  created: { after: string; datasetVersion: string; contentId: string }[];
  deleted: Record<string, number>;
  remaining: {
    filesInUse: number;
    runs: string[];
    modelVersions: string[];
    evaluations: string[];
    deployments: string[];
  };
}

export function renderErasure(report: ErasureAnswer): string {
  if (report.alreadyErased) return `subject ${report.pseudonym} was erased before`;
  const { filesInUse, ...rest } = report.remaining;
  const deleted = Object.entries(report.deleted).map(([what, count]) => `${words(what)} ${count}`);
  return [
    `subject ${report.pseudonym} is erased and forgotten`,
    '',
    table(
      ['VERSION', 'SPLIT', 'ROWS ERASED'],
      report.erased.map(({ datasetVersion, split, rows }) => [datasetVersion, split, String(rows)]),
    ),
    '',
    ...report.created.map(
      ({ after, datasetVersion }) => `${datasetVersion} follows ${after}, without these rows`,
    ),
    `deleted: ${deleted.join(', ')}`,
    ...(filesInUse > 0
      ? [`${filesInUse} files stay: versions that do not say whom their rows are about have them, too`]
      : []),
    '',
    'made of these rows, and standing; see to them:',
    ...Object.entries(rest).map(
      ([what, found]) => `  ${words(what).padEnd(14)} ${found.join(', ') || 'none'}`,
    ),
  ].join('\n');
}

const words = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
