import type { Command } from 'commander';
import type { ColumnLineage } from '../api-types.js';
import { usageError } from '../problem.js';
import { table } from '../table.js';
import type { CommandContext } from './command-context.js';

interface ColumnsOptions {
  column?: string;
  downstream?: boolean;
  depth?: string;
  openlineage?: boolean;
}

/** `assay dataset columns NAME@VERSION`. */
export function addColumnsCommand(dataset: Command, { session }: CommandContext): void {
  dataset
    .command('columns <version>')
    .description('where the columns of a version come from, or what came of them')
    .option('--column <name>', 'only of this column')
    .option('--downstream', 'what came of them')
    .option('--depth <n>', 'how many steps; to the end when left out')
    .option('--openlineage', 'one step upstream, as a columnLineage facet of OpenLineage')
    .action(async (version: string, options: ColumnsOptions, command: Command) => {
      const { column, downstream, depth, openlineage } = options;
      const current = session(command);
      const path = current.client.projectPath(
        `/dataset-versions/${encodeURIComponent(version)}/column-lineage`,
      );
      if (openlineage) {
        if (column !== undefined || downstream || depth !== undefined)
          throw usageError('--openlineage gives all columns and one step; leave the other options out.');
        current.write(JSON.stringify(await current.client.get<object>(`${path}/openlineage`), null, 2));
        return;
      }
      const direction = downstream ? 'downstream' : 'upstream';
      const found = await current.client.get<ColumnLineage>(path, { column, direction, depth });
      current.answer(found, renderColumns(found));
    });
}

/** One line for each edge, nearest first. */
export function renderColumns({ edges, truncated }: ColumnLineage): string {
  if (edges.length === 0) return truncated ? 'cut off: ask for more depth' : 'nothing is known';
  const rows = edges.map(({ from, to, wholeVersion, origin, transformations }) => [
    nodeText(to),
    nodeText(from),
    transformations
      .map(({ type, subtype, masking }) =>
        [type, subtype, masking ? 'masked' : null].filter(Boolean).join(' '),
      )
      .join(', '),
    wholeVersion ? `${origin}, of all columns` : origin,
  ]);
  return [
    table(['COLUMN', 'COMES FROM', 'BY', 'ORIGIN'], rows),
    ...(truncated ? ['cut off: ask for one column, or more depth'] : []),
  ].join('\n');
}

const nodeText = ({
  datasetVersion,
  namespace,
  name,
  column,
}: ColumnLineage['edges'][number]['from']): string => `${datasetVersion ?? `${namespace} ${name}`}:${column}`;
