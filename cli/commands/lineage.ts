import { Command } from 'commander';
import type { LineageGraph } from '../api-types.js';
import { usageError } from '../problem.js';
import type { CommandContext } from './command-context.js';

interface LineageOptions {
  upstream?: boolean;
  downstream?: boolean;
  depth?: string;
}

export function lineageCommand({ session }: CommandContext): Command {
  return new Command('lineage')
    .argument('<node>', 'model:NAME@VERSION, dataset:NAME@VERSION, run:ID, evaluation:ID, gateDecision:ID …')
    .description('what something came from, or what came from it')
    .option('--upstream', 'what it came from (the default)')
    .option('--downstream', 'what came from it')
    .option('--depth <n>', 'how many steps; to the end when left out')
    .action(async (node: string, options: LineageOptions, command: Command) => {
      if (options.upstream && options.downstream)
        throw usageError('Give --upstream or --downstream, not both.');
      const current = session(command);
      const direction = options.downstream ? 'downstream' : 'upstream';
      const { client } = current;
      const graph = await client.get<LineageGraph>(client.projectPath('/lineage'), {
        node,
        direction,
        depth: options.depth,
      });
      current.answer(graph, renderLineage(graph, direction));
    });
}

/** Nodes by their distance, each with the edges that lead to it from nearer the start. */
export function renderLineage(graph: LineageGraph, direction: 'upstream' | 'downstream'): string {
  const labels = new Map(graph.nodes.map((node) => [`${node.kind}:${node.id}`, node.label || node.id]));
  const lines = [...graph.nodes]
    .sort((a, b) => a.depth - b.depth)
    .map((node) => {
      const edges = graph.edges.filter((edge) => {
        const far = direction === 'upstream' ? edge.from : edge.to;
        return far.kind === node.kind && far.id === node.id;
      });
      const because = edges.map((edge) => {
        const near = direction === 'upstream' ? edge.to : edge.from;
        return `${edge.relation} ${labels.get(`${near.kind}:${near.id}`) ?? near.id}`;
      });
      const name = `${'  '.repeat(node.depth)}${node.kind} ${node.label || node.id}`;
      return because.length > 0 ? `${name}  (${[...new Set(because)].join('; ')})` : name;
    });
  return [...lines, ...(graph.truncated ? ['… cut off: ask for less depth'] : [])].join('\n');
}
