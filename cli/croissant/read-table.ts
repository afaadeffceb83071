import { all, dataTypes, idOf, type Node, nodes, references, text, wrong } from './json-ld.js';

/** A record set whose rows are those of one file. */
export interface Table {
  id: string;
  /** The `@id` of its file. */
  file: string;
  /** The name of its split. */
  split: string;
  /** Columns of the file and the types they are declared to have; null where Assay finds out. */
  columns: Map<string, string | null>;
  key: string | null;
  label: string | null;
}

/** Atomic types; a DateTime is with or without a zone, as its values say. */
const TYPES: Readonly<Record<string, string>> = {
  Integer: 'int64',
  Int8: 'int64',
  Int16: 'int64',
  Int32: 'int64',
  Int64: 'int64',
  UInt8: 'int64',
  UInt16: 'int64',
  UInt32: 'int64',
  UInt64: 'int64',
  Float: 'double',
  Float32: 'double',
  Float64: 'double',
  Boolean: 'boolean',
  Date: 'date',
  Text: 'text',
  URL: 'text',
};
const WITHOUT_TYPE = ['DateTime', 'Number'];

export function readTable(set: Node, splitSets: readonly Node[]): Table {
  const id = idOf(set);
  const columns = new Map<string, string | null>();
  const byField = new Map<string, string>();
  const labels: string[] = [];
  const files = new Set<string>();
  let split: string | null = null;
  for (const field of nodes(set, 'field')) {
    const name = idOf(field);
    const ofSplits = references(field, 'references').some((each) =>
      splitSets.some((one) => isWithin(each, one)),
    );
    const value = all(field, 'value')[0];
    if (value !== undefined && ofSplits) {
      split = String(value);
      continue;
    }
    if (ofSplits)
      throw wrong(
        `${name} divides the rows of ${id} into splits`,
        'Write each split to a file and a record set of its own.',
      );
    const { column, file } = columnOf(field, name);
    files.add(file);
    columns.set(column, typeOf(field, name));
    byField.set(name, column);
    if (dataTypes(field).includes('Label')) labels.push(column);
  }
  const [file, ...others] = files;
  if (file === undefined) throw wrong(`record set ${id} has no column of a file`);
  if (others.length > 0)
    throw wrong(
      `record set ${id} joins ${[...files].join(' and ')}`,
      'Join them first, into one file for each split.',
    );
  if (labels.length > 1)
    throw wrong(
      `record set ${id} has several labels: ${labels.join(', ')}`,
      'Mark the one that a model is to predict.',
    );
  const keys = references(set, 'key');
  return {
    id,
    file,
    split: split ?? id.split('/').at(-1)!,
    columns,
    // A key of several columns is none here: rows have one key column, or none.
    key: keys.length === 1 ? (byField.get(keys[0]!) ?? null) : null,
    label: labels[0] ?? null,
  };
}

function columnOf(field: Node, name: string): { column: string; file: string } {
  const [source] = nodes(field, 'source');
  if (
    nodes(field, 'subField').length > 0 ||
    all(field, 'isArray')[0] === true ||
    all(field, 'repeated')[0] === true
  )
    throw wrong(`${name} is nested`, 'Give each value a column of its own.');
  const extract = source && nodes(source, 'extract')[0];
  const column = extract && text(extract, 'column');
  const [file] = source ? references(source, 'fileObject') : [];
  if (column === undefined || column === null || file === undefined)
    throw wrong(
      `${name} is not a column of a file`,
      'Fields are to have a fileObject and a column as their source.',
    );
  const changed = ['transform', 'format'].find((term) => all(source!, term).length > 0);
  if (changed !== undefined)
    throw wrong(`${name} has a ${changed}`, 'Write the values to the file as they are meant.');
  return { column, file };
}

function typeOf(field: Node, name: string): string | null {
  const types = dataTypes(field);
  const found = types.flatMap((type) => TYPES[type] ?? []);
  if (found.length > 0) return found[0]!;
  if (types.length === 0 || types.some((type) => WITHOUT_TYPE.includes(type))) return null;
  throw wrong(
    `${name} is of type ${types.join(', ')}`,
    'Assay takes numbers, texts, booleans, dates and times.',
  );
}

/** A record set, or a field of it. */
const isWithin = (reference: string, set: Node): boolean =>
  reference === idOf(set) || nodes(set, 'field').some((field) => idOf(field) === reference);
