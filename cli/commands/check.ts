import type { Command } from 'commander';
import type { JobView } from '../api-types.js';
import type { ApiClient } from '../client.js';
import { EXIT } from '../exit-code.js';
import { usageError } from '../problem.js';
import { readProtocol } from '../read-protocol.js';
import { table } from '../table.js';
import type { CommandContext } from './command-context.js';

interface CheckOptions {
  checks?: string;
  check?: string;
  splits?: string;
  fail?: boolean;
}

interface Finding {
  split: string;
  row: number | null;
  key: string | null;
  rule: string | null;
}

interface CheckReport {
  checks: {
    datasetCheckId: string;
    check: string;
    splits: string[];
    status: string;
    failing: number;
    total: number;
    reason: string;
    first: Finding[];
  }[];
}

/** `assay dataset check NAME@VERSION --check duplicates,imbalance`. */
export function addCheckCommand(dataset: Command, { session, end }: CommandContext): void {
  dataset
    .command('check <version>')
    .description('check a version: duplicates, leakage, rules, labels; kept, so that a gate can ask for it')
    .option('--check <ids>', 'checks with their defaults, separated by commas')
    .option('--splits <names>', 'splits for --check, separated by commas; leakage needs two, in order')
    .option(
      '--checks <file>',
      'YAML or JSON: {checks: [{check, splits, parameters}]}; `upload: FILE` in a check sends that file for it',
    )
    .option('--fail', 'end with code 1 when a check fails, 3 when one cannot be told')
    .action(async (version: string, options: CheckOptions, command: Command) => {
      const current = session(command);
      const { client } = current;
      const path = client.projectPath(`/dataset-versions/${encodeURIComponent(version)}/checks`);
      const { job } = await client.post<{ job: JobView }>(path, await withUploads(client, bodyOf(options)));
      const report = await client.finished<CheckReport>(job, `checking ${version}`);
      current.answer(report, render(report));
      if (!options.fail) return;
      const said = new Set(report.checks.map(({ status }) => status));
      if (said.has('failed')) end(EXIT.fail);
      else if (said.size !== 1 || !said.has('passed')) end(EXIT.inconclusive);
    });
}

function bodyOf({ checks, check, splits }: CheckOptions): object {
  if ((checks === undefined) === (check === undefined))
    throw usageError('Say which checks: either --check ID[,ID] or --checks FILE.');
  if (checks !== undefined) {
    if (splits !== undefined) throw usageError('--splits goes with --check: the file names its own.');
    return readProtocol(checks);
  }
  return { checks: names(check!).map((id) => ({ check: id, splits: splits && names(splits) })) };
}

/** The service is told the id of a file that was sent. */
async function withUploads(client: ApiClient, document: object): Promise<object> {
  const { checks } = document as { checks?: unknown };
  if (!Array.isArray(checks)) return document;
  const sent: unknown[] = [];
  for (const check of checks as unknown[]) {
    const file = typeof check === 'object' && check !== null && 'upload' in check ? check.upload : undefined;
    if (typeof file !== 'string') {
      sent.push(check);
      continue;
    }
    const { upload: _file, ...rest } = check as { upload: string };
    sent.push({ ...rest, uploadId: (await client.upload(file)).id });
  }
  return { ...document, checks: sent };
}

const names = (list: string) =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

function render({ checks }: CheckReport): string {
  const rows = checks.map(({ check, splits, status, failing, total, reason, first }) => [
    check,
    splits.join(', '),
    status,
    String(failing),
    String(total),
    reason,
    first.map(({ split, row, key, rule }) => `${split}:${key ?? row ?? rule}`).join(' '),
  ]);
  const lists = checks
    .filter(({ failing }) => failing > 0)
    .map(({ check, datasetCheckId }) => `all of ${check}: dataset-checks/${datasetCheckId}/findings`);
  return [table(['CHECK', 'SPLITS', 'STATUS', 'FAILING', 'OF', 'WHY', 'FIRST'], rows), ...lists].join('\n');
}
