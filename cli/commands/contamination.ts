import { Option, type Command } from 'commander';
import type { JobView, Page } from '../api-types.js';
import { EXIT } from '../exit-code.js';
import { usageError } from '../problem.js';
import type { Session } from '../session.js';
import { table } from '../table.js';
import type { CommandContext } from './command-context.js';

interface SourceCount {
  datasetVersionId: string;
  split: string;
  rows: number | null;
  missingColumns: string[];
  keys: number | null;
  entities: number | null;
}

interface ContaminationReport {
  modelVersion: string;
  datasetVersion: string;
  gaps: string[];
  trainedOn: { datasetVersionId: string; ref: string; split: string; relation: string; via: string[] }[];
  splits: {
    split: string;
    count: {
      id: string;
      total: number;
      rows: number;
      possible: number;
      entities: number | null;
      incomparable: number;
      sources: SourceCount[];
    } | null;
  }[];
}

interface Finding {
  row: number;
  key: string | null;
  kind: 'row' | 'entity';
  datasetVersionId: string;
  split: string;
  otherRow: number;
  otherKey: string | null;
}

type ListedFinding = Finding & { testedSplit: string };

const SHOWN = 5;

/** `assay model contamination NAME@VERSION`. */
export function addContaminationCommand(model: Command, { session, end }: CommandContext): void {
  model
    .command('contamination <model>')
    .description(
      'how much of what NAME@VERSION is tested on stands in what it, or a model it was made from, was trained on',
    )
    .option(
      '--dataset <name@version>',
      'whose holdout and cross-domain splits; else those it was evaluated on last',
    )
    .addOption(
      new Option('--scope <scope>', 'ancestors: also the versions that training data derive from').choices([
        'lineage',
        'ancestors',
      ]),
    )
    .option('--fail', 'end with code 1 when rows are found, 3 when it cannot be told')
    .action(
      async (
        ref: string,
        options: { dataset?: string; scope?: string; fail?: boolean },
        command: Command,
      ) => {
        const current = session(command);
        const { client } = current;
        const [name, version] = ref.split('@');
        if (!name || !/^[0-9]+$/.test(version ?? ''))
          throw usageError(`${ref}: expected NAME@VERSION, such as wages@1.`);
        const path = client.projectPath(
          `/models/${encodeURIComponent(name)}/versions/${version}/contamination`,
        );
        const query = { datasetVersion: options.dataset, scope: options.scope };
        let report = await client.get<ContaminationReport>(path, query);
        if (report.trainedOn.length > 0 && report.splits.some(({ count }) => count === null)) {
          const { job } = await client.post<{ job: JobView }>(path, query);
          await client.finished(job, `looking for the rows of ${report.datasetVersion}`);
          report = await client.get<ContaminationReport>(path, query);
        }
        const findings = await firstOf(current, report);
        current.answer({ ...report, findings }, render(report, findings));
        if (options.fail) end(codeOf(report));
      },
    );
}

async function firstOf({ client }: Session, { splits }: ContaminationReport): Promise<ListedFinding[]> {
  const found: ListedFinding[] = [];
  for (const { split: testedSplit, count } of splits) {
    if (!count || (count.possible === 0 && !count.entities)) continue;
    const path = client.projectPath(`/contamination-counts/${count.id}/findings`);
    const { items } = await client.get<Page<Finding>>(path, { first: SHOWN });
    found.push(...items.map((item) => ({ testedSplit, ...item })));
  }
  return found;
}

function codeOf({ gaps, trainedOn, splits }: ContaminationReport) {
  if (splits.some(({ count }) => count && count.rows > 0)) return EXIT.fail;
  const known =
    gaps.length === 0 &&
    trainedOn.length > 0 &&
    splits.length > 0 &&
    splits.every(({ count }) => count && count.possible === 0 && count.incomparable === 0);
  return known ? EXIT.pass : EXIT.inconclusive;
}

const number = (value: number | null) => (value === null ? 'unknown' : String(value));

function render(report: ContaminationReport, findings: ListedFinding[]): string {
  const { modelVersion, datasetVersion, gaps, trainedOn, splits } = report;
  const refs = new Map(trainedOn.map(({ datasetVersionId, ref }) => [datasetVersionId, ref]));
  const lines = splits.flatMap(({ split, count }) => [
    count === null
      ? [split, '', 'not counted', '', '', '']
      : [
          split,
          'altogether',
          `${count.rows} of ${count.total}`,
          String(count.possible),
          number(count.entities),
          '',
        ],
    ...(count?.sources ?? []).map((source) => [
      '',
      `${refs.get(source.datasetVersionId) ?? source.datasetVersionId}:${source.split}`,
      source.rows === null ? 'no common column' : String(source.rows),
      '',
      number(source.entities),
      source.missingColumns.length > 0 ? `without ${source.missingColumns.join(', ')}` : '',
    ]),
  ]);
  return [
    `${modelVersion}, tested on ${datasetVersion}`,
    ...trainedOn.map(({ ref, split, relation, via }) =>
      relation === 'ancestor'
        ? `ancestor ${ref}:${split}, from which ${via.join(', ')} was made`
        : `trained on ${ref}:${split} (${via.join(', ')})`,
    ),
    ...gaps.map((gap) => `not known: ${gap}`),
    table(['TESTED', 'IN', 'ROWS', 'AT MOST', 'OF KNOWN ENTITIES', 'COLUMNS'], lines),
    ...findings.map(
      ({ testedSplit, key, row, kind, datasetVersionId, split, otherKey, otherRow }) =>
        `${testedSplit} ${key ?? `row ${row}`}: ${kind === 'row' ? 'the same' : 'of the same entity'} as ${otherKey ?? `row ${otherRow}`} of ${refs.get(datasetVersionId) ?? datasetVersionId}:${split}`,
    ),
    ...splits.flatMap(({ split, count }) =>
      count && count.possible > 0 ? [`all of ${split}: contamination-counts/${count.id}/findings`] : [],
    ),
  ].join('\n');
}
