import { type Command, Option } from 'commander';
import type { Page } from '../api-types.js';
import { usageError } from '../problem.js';
import type { Session } from '../session.js';
import { table } from '../table.js';
import type { CommandContext } from './command-context.js';

interface SplitDiff {
  split: string;
  change: 'added' | 'removed' | 'changed' | 'same' | 'unmatched';
  reason: string | null;
  labelsCompared: boolean;
  added: number | null;
  removed: number | null;
  changed: number | null;
  cells: { column: string; rows: number }[];
}

interface DatasetDiff {
  before: { dataset: string; version: number; contentId: string };
  after: { dataset: string; version: number; contentId: string };
  identical: boolean;
  columns: { column: string; change: string; before: string | null; after: string | null }[];
  splits: SplitDiff[];
}

interface RowChange {
  change: 'added' | 'removed' | 'changed';
  key: string | null;
  count: number;
  cells: { column: string; before: string | null; after: string | null }[];
}

type SplitRow = RowChange & { split: string };

const SHOWN = 20;
const PAGE = 500;
const SIGN = { added: '+', removed: '-', changed: '~' } as const;

/** `assay dataset diff BEFORE AFTER`. */
export function addDiffCommand(dataset: Command, { session }: CommandContext): void {
  dataset
    .command('diff <before> <after>')
    .description('what differs between two versions: columns, rows and cells, split by split')
    .addOption(new Option('--split <name>', 'rows of this split alone'))
    .option('--all', `list every row that differs, not only the first ${SHOWN} of each split`)
    .action(
      async (before: string, after: string, options: { split?: string; all?: boolean }, command: Command) => {
        const current = session(command);
        const [from, to] = [before, after].map(encodeURIComponent);
        const path = current.client.projectPath(`/dataset-versions/${from}/diff/${to}`);
        const diff = await current.client.get<DatasetDiff>(path);
        const splits = wanted(diff, options.split);
        if (options.all) return stream(current, path, diff, splits);
        const rows: SplitRow[] = [];
        for (const { split } of splits) {
          const page = await current.client.get<Page<RowChange>>(`${path}/${encodeURIComponent(split)}`, {
            first: SHOWN,
          });
          rows.push(...page.items.map((row) => ({ split, ...row })));
        }
        current.answer({ ...diff, rows }, [render(diff), ...rows.map(renderRow), ...more(splits)].join('\n'));
      },
    );
}

/** Those with rows to list. */
function wanted(diff: DatasetDiff, name: string | undefined): SplitDiff[] {
  if (name !== undefined && !diff.splits.some(({ split }) => split === name)) {
    throw usageError(
      `--split ${name}: neither version has it; they have ${diff.splits.map(({ split }) => split).join(', ')}.`,
    );
  }
  return diff.splits.filter(
    ({ split, change }) => (name === undefined || split === name) && !['same', 'unmatched'].includes(change),
  );
}

/** Page by page, so that a diff of any length fits: as JSON one object on a line, the summary first. */
async function stream(session: Session, path: string, diff: DatasetDiff, splits: SplitDiff[]): Promise<void> {
  const json = session.options.json;
  session.write(json ? JSON.stringify(diff) : render(diff));
  for (const { split } of splits) {
    for (let after: string | undefined; ;) {
      const page: Page<RowChange> = await session.client.get(`${path}/${encodeURIComponent(split)}`, {
        first: PAGE,
        after,
      });
      const rows = page.items.map((row) => ({ split, ...row }));
      if (rows.length > 0)
        session.write(rows.map((row) => (json ? JSON.stringify(row) : renderRow(row))).join('\n'));
      if (!page.hasNextPage) break;
      after = page.endCursor ?? undefined;
    }
  }
}

const name = ({ dataset, version }: DatasetDiff['before']) => `${dataset}@${version}`;
const shown = (text: string | null) => (text === null ? 'null' : JSON.stringify(text));
const count = (value: number | null) => (value === null ? '' : String(value));

function render(diff: DatasetDiff): string {
  const head = `${name(diff.before)} -> ${name(diff.after)}`;
  if (diff.identical) return `${head}: one content id, ${diff.before.contentId}`;
  const columns = diff.columns.map(
    ({ column, change, before, after }) =>
      `column ${column}: ${change} ${[before, after].filter((each) => each !== null).join(' -> ')}`,
  );
  const rows = diff.splits.map((split) => [
    split.split,
    split.change,
    count(split.added),
    count(split.removed),
    count(split.changed),
    split.reason ?? split.cells.map(({ column, rows: n }) => `${column} (${n})`).join(', '),
    split.labelsCompared ? '' : 'not compared',
  ]);
  return [
    head,
    ...columns,
    table(['SPLIT', 'CHANGE', 'ADDED', 'REMOVED', 'CHANGED', 'CELLS', 'SEALED LABELS'], rows),
  ].join('\n');
}

function renderRow({ split, change, key, count: times, cells }: SplitRow): string {
  const values = cells.map(({ column, before, after }) =>
    change === 'changed'
      ? `${column}: ${shown(before)} -> ${shown(after)}`
      : `${column}: ${shown(change === 'added' ? after : before)}`,
  );
  const row = key === null ? '' : ` ${JSON.stringify(key)}`;
  return `${SIGN[change]} ${split}${row}${times > 1 ? ` (${times} times)` : ''}  ${values.join(', ')}`;
}

function more(splits: SplitDiff[]): string[] {
  const longer = splits.filter(
    ({ added, removed, changed }) => (added ?? 0) + (removed ?? 0) + (changed ?? 0) > SHOWN,
  );
  return longer.length > 0 ? [`the first ${SHOWN} of each split; --all lists every row`] : [];
}
