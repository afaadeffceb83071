import type { ColumnType } from '../../../domain/canonical/index.js';
import type { SourceView } from '../../sources/index.js';
import type { DatasetColumn, DatasetSplitView, DatasetVersionView } from '../dataset-version.js';
import type { SplitRole } from '../split-role.js';
import { CROISSANT_1_1, CROISSANT_CONTEXT } from './croissant-context.js';

/** The file of a split that can be downloaded. */
export interface PublicFile {
  filename: string;
  /** SHA-256, lowercase hex. */
  digest: string;
  /** Bytes. */
  size: number;
}

export type CitedSource = Pick<SourceView, 'name' | 'revision' | 'licence' | 'licenceText'>;

const DATA_TYPES: Record<ColumnType, string> = {
  int64: 'sc:Integer',
  double: 'sc:Float',
  boolean: 'sc:Boolean',
  date: 'sc:Date',
  timestamp: 'sc:DateTime',
  timestamp_naive: 'sc:DateTime',
  text: 'sc:Text',
};

/** What a model is developed on, chosen on, and judged on; other roles have no class in Croissant. */
const SPLIT_CLASSES: Partial<Record<SplitRole, string>> = {
  train: 'cr:TrainingSplit',
  validation: 'cr:ValidationSplit',
  holdout: 'cr:TestSplit',
  cross_domain: 'cr:TestSplit',
  stress: 'cr:TestSplit',
};

/**
 * A version as a Croissant 1.1 document (https://docs.mlcommons.org/croissant): a record set for each split, whose file is a Parquet
 * file at an address relative to the document's, and one of the splits with what Croissant has no words for. Of a sealed split
 * there is no label.
 */
export function toCroissant(
  version: DatasetVersionView,
  files: ReadonlyMap<string, PublicFile>,
  sources: readonly CitedSource[],
): Record<string, unknown> {
  const { dataset, splits, schema } = version;
  return {
    '@context': CROISSANT_CONTEXT,
    '@type': 'sc:Dataset',
    conformsTo: CROISSANT_1_1,
    name: dataset,
    description: version.message ?? `Version ${version.version} of ${dataset}.`,
    version: `${version.version}.0.0`,
    url: '.',
    datePublished: version.createdAt.toISOString(),
    creator: { '@type': 'sc:Person', name: version.createdBy },
    identifier: `assay:content-id:${version.encodingVersion}:${version.contentId}`,
    ...provenanceOf(version, sources),
    distribution: splits.map((split) => fileObject(split, files.get(split.name)!)),
    recordSet: [
      splitSet(splits),
      ...splits.map((split) =>
        recordSet(
          split,
          schema.columns.filter(({ role }) => !(split.sealed && role === 'label')),
        ),
      ),
    ],
  };
}

/** The revisions that were named, with their licences, and what was said in words. */
function provenanceOf({ source }: DatasetVersionView, sources: readonly CitedSource[]): object {
  const works = sources.map((each) => ({
    '@type': 'sc:CreativeWork',
    name: `${each.name}@${each.revision}`,
    ...(licenceOf(each) === null ? {} : { license: licenceOf(each) }),
  }));
  const said = source === null ? [] : [{ '@type': 'sc:CreativeWork', name: source }];
  const licences = [...new Set(sources.flatMap((each) => licenceOf(each) ?? []))];
  return {
    ...(works.length + said.length === 0 ? {} : { isBasedOn: [...works, ...said] }),
    ...(licences.length === 0 ? {} : { license: licences }),
  };
}

/** The address of a licence that SPDX lists, otherwise the expression or the words. */
function licenceOf({ licence, licenceText }: CitedSource): string | null {
  if (licence === null) return licenceText;
  return /^(?!LicenseRef-)[\w.+-]+$/.test(licence) ? `https://spdx.org/licenses/${licence}` : licence;
}

const idOf = (...names: string[]): string => names.map(encodeURIComponent).join('/');
const fileId = (split: string): string => idOf('files', split);

function fileObject({ name, sealed }: DatasetSplitView, { filename, digest, size }: PublicFile) {
  return {
    '@type': 'cr:FileObject',
    '@id': fileId(name),
    name: filename,
    description: `The rows of split ${name}${sealed ? ', without their labels, which are sealed' : ''}.`,
    contentUrl: `splits/${encodeURIComponent(name)}/rows`,
    contentSize: `${size} B`,
    encodingFormat: 'application/x-parquet',
    sha256: digest,
  };
}

/** `root` is the Merkle root over the rows, by which a split is the same in whatever file. */
function splitSet(splits: readonly DatasetSplitView[]) {
  const types = {
    name: 'sc:Text',
    url: 'sc:URL',
    role: 'sc:Text',
    domain: 'sc:Text',
    sealed: 'sc:Boolean',
    rows: 'sc:Integer',
    root: 'sc:Text',
  };
  return {
    '@type': 'cr:RecordSet',
    '@id': 'splits',
    name: 'splits',
    description: 'The splits, their roles, and the Merkle roots over their rows.',
    dataType: 'cr:Split',
    key: { '@id': 'splits/name' },
    field: Object.entries(types).map(([name, dataType]) => ({
      '@type': 'cr:Field',
      '@id': `splits/${name}`,
      name: `splits/${name}`,
      dataType,
    })),
    data: splits.map(({ name, role, domain, sealed, rows, root }) => ({
      'splits/name': name,
      'splits/url': SPLIT_CLASSES[role] ?? null,
      'splits/role': role,
      'splits/domain': domain,
      'splits/sealed': sealed,
      'splits/rows': rows,
      'splits/root': root,
    })),
  };
}

function recordSet({ name, rows }: DatasetSplitView, columns: readonly DatasetColumn[]) {
  const key = columns.find(({ role }) => role === 'key');
  const id = (...parts: string[]) => idOf('rows', name, ...parts);
  return {
    '@type': 'cr:RecordSet',
    '@id': id(),
    name: `rows/${name}`,
    description: `The ${rows} rows of split ${name}.`,
    ...(key && { key: { '@id': id('columns', key.name) } }),
    field: [
      {
        '@type': 'cr:Field',
        '@id': id('split'),
        name: 'split',
        description: 'The split of every row.',
        dataType: 'sc:Text',
        value: name,
        references: { field: { '@id': 'splits/name' } },
      },
      ...columns.map((column) => ({
        '@type': 'cr:Field',
        '@id': id('columns', column.name),
        name: column.name,
        ...(column.role === 'feature' ? {} : { description: `Role: ${column.role}.` }),
        dataType: column.role === 'label' ? [DATA_TYPES[column.type], 'cr:Label'] : DATA_TYPES[column.type],
        source: { fileObject: { '@id': fileId(name) }, extract: { column: column.name } },
      })),
    ],
  };
}
