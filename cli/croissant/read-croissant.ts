import { all, dataTypes, idOf, isNode, type Node, nodes, references, text, wrong } from './json-ld.js';
import { readSplits, type SplitFacts } from './read-splits.js';
import { readTable, type Table } from './read-table.js';

/** What a document says that a push takes. */
export interface CroissantImport {
  name: string | null;
  description: string | null;
  /** Name, version and licences, in words. */
  source: string;
  key: string | null;
  label: string | null;
  /** By column. */
  types: Record<string, string>;
  splits: CroissantSplit[];
}

export interface CroissantSplit extends SplitFacts {
  /** Relative to the document. */
  file: string;
  /** Lowercase hex; null where the document has none. */
  sha256: string | null;
}

const CONFORMS_TO = /^https?:\/\/mlcommons\.org\/croissant\/1\.[0-9]+$/;

/**
 * Reads a Croissant 1.x document whose tables are files beside it: one record set for each split, of columns of one file each. Throws a
 * usage error that names what it cannot take: archives, file sets, joins, transformed fields, rows that a column divides into splits.
 */
export function readCroissant(document: unknown): CroissantImport {
  if (!isNode(document)) throw wrong('it is no JSON object');
  const conforms = all(document, 'conformsTo').map((each) => (isNode(each) ? each['@id'] : each));
  if (!conforms.some((each) => CONFORMS_TO.test(String(each))))
    throw wrong(
      `it does not say that it conforms to http://mlcommons.org/croissant/1.x, but ${JSON.stringify(conforms)}`,
    );
  const sets = nodes(document, 'recordSet');
  const splitSets = sets.filter((set) => dataTypes(set).includes('Split'));
  const tables = sets
    .filter(
      (set) =>
        !splitSets.includes(set) && !dataTypes(set).includes('Enumeration') && all(set, 'data').length === 0,
    )
    .map((set) => readTable(set, splitSets));
  if (tables.length === 0) throw wrong('it has no record set of a table');
  const splits = readSplits(splitSets);
  const files = new Map(nodes(document, 'distribution').map((file) => [idOf(file), file]));
  return {
    name: text(document, 'name'),
    description: text(document, 'description'),
    source: sourceOf(document),
    ...columnsOf(tables),
    splits: tables.map((table) => ({
      ...(splits.get(table.split) ?? { name: table.split, role: null, domain: null }),
      ...fileOf(files.get(table.file), table),
    })),
  };
}

function fileOf(file: Node | undefined, { id, file: name }: Table): { file: string; sha256: string | null } {
  if (!file) throw wrong(`record set ${id} takes rows from ${name}, which the distribution does not have`);
  if (references(file, 'containedIn').length > 0)
    throw wrong(`${name} lies in an archive`, 'Unpack it beside the document, and name the files there.');
  const url = text(file, 'contentUrl');
  if (url === null) throw wrong(`${name} is no file with a contentUrl`, 'Name each file as a cr:FileObject.');
  if (/^[a-z][a-z0-9+.-]*:/i.test(url))
    throw wrong(
      `${name} lies at ${url}`,
      'Download it, and write its name beside the document as contentUrl.',
    );
  let path: string;
  try {
    path = decodeURIComponent(url);
  } catch {
    throw wrong(`${name} has an address that is none: ${url}`);
  }
  // A document of somebody else's must not send files that lie elsewhere.
  if (/^[/\\]|(^|[/\\])\.\.([/\\]|$)/.test(path))
    throw wrong(`${name} does not lie beside the document: ${url}`);
  return { file: path, sha256: text(file, 'sha256')?.toLowerCase() ?? null };
}

function columnsOf(tables: readonly Table[]): Pick<CroissantImport, 'key' | 'label' | 'types'> {
  const [first, ...others] = tables as [Table, ...Table[]];
  for (const other of others) {
    const missing = [...first.columns.keys()].filter((column) => !other.columns.has(column));
    const surplus = [...other.columns.keys()].filter((column) => !first.columns.has(column));
    if (missing.length + surplus.length > 0)
      throw wrong(
        `record sets ${first.id} and ${other.id} have other columns: ${[...missing, ...surplus].join(', ')}`,
        'All splits of a data set have the same columns; labels that are sealed where a split comes from are in no file.',
      );
    for (const [column, type] of other.columns) {
      if (type !== first.columns.get(column))
        throw wrong(`column ${column} has another type in ${other.id} than in ${first.id}`);
    }
  }
  const types = [...first.columns].flatMap(([column, type]) =>
    type === null ? [] : [[column, type] as const],
  );
  return { key: first.key, label: first.label, types: Object.fromEntries(types) };
}

function sourceOf(document: Node): string {
  const licences = all(document, 'license').map((each) =>
    isNode(each) ? (text(each, 'url') ?? text(each, 'name') ?? idOf(each)) : String(each),
  );
  const version = all(document, 'version')[0];
  return [
    `Croissant ${text(document, 'name') ?? 'without a name'}`,
    ...(version === undefined ? [] : [`version ${String(version)}`]),
    licences.length > 0 ? `licence ${licences.join(', ')}` : 'no licence given',
  ].join(', ');
}
