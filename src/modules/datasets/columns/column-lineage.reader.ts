import { Injectable } from '@nestjs/common';
import { type Transaction, UnitOfWork } from '../../../platform/database/index.js';
import { DatasetReader } from '../dataset-reader.js';
import { DigestReader } from '../digests/digest.reader.js';
import { requireColumn } from './check-columns.js';
import type { ColumnEdgeView, ColumnNode } from './column-edge.js';
import { type ColumnStep, type Direction, stepsFrom, type VersionColumn } from './column-steps.js';
import { type OpenLineageFacet, toFacet } from './to-facet.js';

/** A walk stops here and says so. */
const MAX_EDGES = 10_000;
export const MAX_COLUMN_DEPTH = 100;

export interface ColumnLineageQuestion {
  direction?: Direction;
  /** Of this column alone; absent: of all. */
  column?: string | null;
  /** Steps, 0 to `MAX_COLUMN_DEPTH`; absent: `MAX_COLUMN_DEPTH`. */
  depth?: number | null;
}

export interface ColumnLineageView {
  datasetVersionId: string;
  direction: Direction;
  /** Nearest first. */
  edges: ColumnEdgeView[];
  /** There is more than was asked for, or than an answer holds. */
  truncated: boolean;
}

/** Where columns of a version come from, and what came of them. */
@Injectable()
export class ColumnLineageReader {
  constructor(
    private readonly units: UnitOfWork,
    private readonly reader: DatasetReader,
    private readonly digests: DigestReader,
  ) {}

  /** Level by level, each column once. Throws what `DigestReader.byRef` throws, DATASET_COLUMN_UNKNOWN. */
  async walk(ref: string, question: ColumnLineageQuestion): Promise<ColumnLineageView> {
    const version = await this.digests.byRef(ref);
    const { direction = 'upstream', column = null, depth } = question;
    const names = version.schema.columns.map(({ name }) => name);
    if (column !== null)
      requireColumn(`${version.dataset}@${version.version}`, column, version.schema.columns);
    const start = (column === null ? names : [column]).map((name) => ({
      versionId: version.id,
      column: name,
    }));
    const { steps, truncated } = await this.units.read((tx) =>
      walkFrom(tx, start, direction, depth ?? MAX_COLUMN_DEPTH),
    );
    const labels = await this.labels(steps);
    return {
      datasetVersionId: version.id,
      direction,
      edges: steps.map((step) => toEdge(step, labels)),
      truncated,
    };
  }

  /** What led to the version in one step, as OpenLineage says it. */
  async facet(ref: string): Promise<OpenLineageFacet> {
    const { edges } = await this.walk(ref, { depth: 1 });
    return toFacet(edges);
  }

  private async labels(steps: readonly ColumnStep[]): Promise<Map<string, string>> {
    const ids = new Set(steps.flatMap(({ from, to }) => [from.versionId ?? [], to.versionId].flat()));
    const versions = await this.reader.byIds([...ids]);
    return new Map([...versions].map(([id, { dataset, version }]) => [id, `${dataset}@${version}`]));
  }
}

async function walkFrom(
  tx: Transaction,
  start: readonly VersionColumn[],
  direction: Direction,
  depth: number,
): Promise<{ steps: ColumnStep[]; truncated: boolean }> {
  const known = new Set(start.map(keyOf));
  const steps: ColumnStep[] = [];
  let level = start;
  for (let at = 0; level.length > 0; at++) {
    const found = await stepsFrom(tx, level, direction);
    if (at === depth || steps.length + found.length > MAX_EDGES)
      return { steps, truncated: found.length > 0 };
    steps.push(...found);
    const next: VersionColumn[] = [];
    for (const { from, to } of found) {
      const end = direction === 'upstream' ? from : to;
      if (end.versionId === null) continue;
      const reached = { versionId: end.versionId, column: end.column };
      if (known.has(keyOf(reached))) continue;
      known.add(keyOf(reached));
      next.push(reached);
    }
    level = next;
  }
  return { steps, truncated: false };
}

const keyOf = ({ versionId, column }: VersionColumn) => `${versionId} ${column}`;

function toEdge({ from, to, ...step }: ColumnStep, labels: ReadonlyMap<string, string>): ColumnEdgeView {
  const node = (end: ColumnStep['from']): ColumnNode => ({
    datasetVersionId: end.versionId,
    datasetVersion: end.versionId === null ? null : (labels.get(end.versionId) ?? null),
    namespace: end.namespace,
    name: end.name,
    column: end.column,
  });
  return { ...step, from: node(from), to: node({ ...to, namespace: null, name: null }) };
}
