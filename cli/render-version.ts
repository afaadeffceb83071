import type { DatasetVersionAnswer } from './api-types.js';
import { table } from './table.js';

/** A dataset version as the terminal shows it. */
export function renderVersion(version: DatasetVersionAnswer): string {
  const rows = version.splits.map((split) => [
    split.name,
    split.domain ? `${split.role} (${split.domain})` : split.role,
    String(split.rows),
    split.sealed ? 'sealed' : 'open',
    split.looks ? `${split.looks.used} of ${split.looks.budget}` : '',
    split.root.slice(0, 16),
  ]);
  return [
    `${version.dataset}@${version.version}  ${version.id}`,
    `content id ${version.contentId} (encoding ${version.encodingVersion})`,
    ...(version.splitBy ? [`split by ${JSON.stringify(version.splitBy)}`] : []),
    `columns ${version.schema.columns.map((column) => `${column.name}:${column.type}`).join(' ')}`,
    ...(version.sources.length > 0 ? [`sources ${version.sources.map(sourceText).join(', ')}`] : []),
    ...(version.subjectColumn === null ? [] : [`subjects by column ${version.subjectColumn}`]),
    `known to MLflow as ${version.mlflowDigest} (the first 36 digits)`,
    ...version.digests.map(digestText),
    '',
    table(['SPLIT', 'ROLE', 'ROWS', 'LABELS', 'LOOKS', 'ROOT'], rows),
  ].join('\n');
}

const digestText = ({
  system,
  namespace,
  name,
  split,
  digest,
  origin,
}: DatasetVersionAnswer['digests'][number]) =>
  `digest ${[system, namespace, name].filter(Boolean).join(' ')} ${digest}${split === null ? '' : ` of ${split}`} (${origin})`;

const sourceText = ({ name, revision, byColumn }: DatasetVersionAnswer['sources'][number]): string =>
  `${name}@${revision}${byColumn === null ? '' : ` (by column ${byColumn})`}`;
