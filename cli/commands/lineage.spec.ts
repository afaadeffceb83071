import { expect, it } from 'vitest';
import type { LineageGraph } from '../api-types.js';
import { renderLineage } from './lineage.js';

const node = (kind: string, id: string, depth: number) => ({ kind, id, label: `${id}@1`, depth });

const graph: LineageGraph = {
  nodes: [node('modelVersion', 'm', 0), node('run', 'r', 1), node('datasetVersion', 'd', 2)],
  edges: [
    { from: { kind: 'run', id: 'r' }, to: { kind: 'modelVersion', id: 'm' }, relation: 'produced' },
    { from: { kind: 'datasetVersion', id: 'd' }, to: { kind: 'run', id: 'r' }, relation: 'trained_on' },
  ],
  truncated: true,
};

it('shows each node by its distance, and why it is there', () => {
  expect(renderLineage(graph, 'upstream').split('\n')).toEqual([
    'modelVersion m@1',
    '  run r@1  (produced m@1)',
    '    datasetVersion d@1  (trained_on r@1)',
    '… cut off: ask for less depth',
  ]);
});
