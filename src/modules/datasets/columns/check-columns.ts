import { InvalidInputError } from '../../../platform/errors/index.js';
import type { DatasetVersionView } from '../dataset-version.js';
import type { PlannedEdge, StatedEdge } from './column-edge.js';

/** Versions that one statement may lead to. */
export const MAX_SOURCE_VERSIONS = 100;

/** The references to versions in a statement. Throws COLUMN_LINEAGE_INVALID where there are too many. */
export function versionsNamed(edges: readonly StatedEdge[]): string[] {
  const named = [...new Set(edges.flatMap(({ from }) => ('version' in from ? [from.version] : [])))];
  if (named.length <= MAX_SOURCE_VERSIONS) return named;
  throw new InvalidInputError(
    'COLUMN_LINEAGE_INVALID',
    `columnLineage names ${named.length} dataset versions; expected ${MAX_SOURCE_VERSIONS} or fewer`,
  );
}

/** Puts the versions found in place of references. Throws DATASET_COLUMN_UNKNOWN for a column that one does not have. */
export function planEdges(
  edges: readonly StatedEdge[],
  versions: ReadonlyMap<string, DatasetVersionView>,
): PlannedEdge[] {
  return edges.map(({ from, ...edge }) => {
    if (!('version' in from)) return { ...edge, from };
    const { id, dataset, version, schema } = versions.get(from.version)!;
    requireColumn(`${dataset}@${version}`, from.column, schema.columns);
    return { ...edge, from: { versionId: id, column: from.column } };
  });
}

/** Throws DATASET_COLUMN_UNKNOWN. */
export function requireColumn(what: string, column: string, columns: readonly { name: string }[]): void {
  if (columns.some(({ name }) => name === column)) return;
  const found = columns.slice(0, 20).map(({ name }) => name);
  throw new InvalidInputError(
    'DATASET_COLUMN_UNKNOWN',
    `${what} has no column ${JSON.stringify(column.slice(0, 120))}; found ${found.join(', ')}${columns.length > 20 ? ', …' : ''}`,
    { remedy: 'Name a column as the header of the file writes it.', column },
  );
}
