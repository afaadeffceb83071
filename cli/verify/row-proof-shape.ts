import type { Column } from './encode-row.js';
import { isHash, isObject, unknownMember, type Json } from './json-shape.js';

export const ROW_PROOF = 'assay/row-proof/v1';
const MEMBERS = [
  'kind',
  'contentId',
  'content',
  'split',
  'key',
  'leaf',
  'included',
  'rows',
  'erased',
  'audit',
];

export interface ProofRow {
  index: number;
  values: Record<string, string | null>;
  commitment: string | null;
  hashes: string[];
}

/** A place whose row was erased: its leaf is what is left. */
export interface ErasedPlace {
  index: number;
  leaf: string;
  hashes: string[];
}

export interface RowProof {
  contentId: string;
  content: Json;
  key: string | null;
  leaf: string | null;
  included: boolean;
  rows: ProofRow[];
  /** Proofs from before rows could be erased say nothing of it. */
  erased: ErasedPlace[];
  /** Of the content document. */
  columns: Column[];
  keyColumn: Column | null;
  split: { name: string; rows: number; root: string; sealed: boolean };
}

/** The members of a proof, or which of them is not as it must be. */
export function readRowProof(value: unknown): RowProof | { wrong: string; expected: string } {
  const wrong = (name: string, expected: string) => ({ wrong: name, expected });
  if (!isObject(value) || value.kind !== ROW_PROOF) return wrong('kind', ROW_PROOF);
  const extra = unknownMember(value, MEMBERS);
  if (extra !== undefined) return wrong(extra, 'absent');
  const { contentId, content, key = null, leaf = null, included, rows, erased = [] } = value;
  if (!isHash(contentId)) return wrong('contentId', 'a SHA-256 hash');
  if (!isObject(content) || !isObject(content.schema) || !Array.isArray(content.splits))
    return wrong('content', 'a content document');
  if (content.encoding !== 1) return wrong('content.encoding', '1, the only encoding that is known here');
  const { columns, key: keyName = null, label = null } = content.schema;
  if (!Array.isArray(columns) || !columns.every(isColumn)) return wrong('content.schema.columns', 'columns');
  const split = content.splits.find((each) => isObject(each) && each.name === value.split) as unknown;
  if (!isSplit(split)) return wrong('split', 'a split of the content document');
  if (typeof included !== 'boolean') return wrong('included', 'true or false');
  if (!Array.isArray(rows) || !rows.every((row) => isRow(row, split.sealed)))
    return wrong('rows', 'rows with index, values, commitment (where sealed) and hashes');
  if (!Array.isArray(erased) || !erased.every(isErased))
    return wrong('erased', 'places with index, leaf and hashes');
  const keyColumn = columns.find(({ name }) => name === keyName) ?? null;
  if (keyColumn ? typeof key !== 'string' || leaf !== null : key !== null || !isHash(leaf))
    return wrong('key', keyColumn ? 'a text, and no leaf' : 'null, and a leaf');
  return {
    contentId,
    content,
    key: key as string | null,
    leaf: leaf as string | null,
    included,
    rows: rows as ProofRow[],
    erased: erased as ErasedPlace[],
    columns: columns.filter(({ name }) => !(split.sealed && name === label)),
    keyColumn,
    split,
  };
}

function isColumn(value: unknown): value is Column {
  return isObject(value) && typeof value.name === 'string' && typeof value.type === 'string';
}

function isSplit(value: unknown): value is RowProof['split'] {
  if (!isObject(value) || !isHash(value.root) || typeof value.sealed !== 'boolean') return false;
  return Number.isSafeInteger(value.rows) && Number(value.rows) > 0;
}

function isErased(value: unknown): boolean {
  if (!isObject(value) || unknownMember(value, ['index', 'leaf', 'hashes']) !== undefined) return false;
  const { index, leaf, hashes } = value;
  return Number.isSafeInteger(index) && isHash(leaf) && Array.isArray(hashes) && hashes.every(isHash);
}

function isRow(value: unknown, sealed: boolean): boolean {
  if (!isObject(value) || !isObject(value.values)) return false;
  const { index, values, commitment, hashes } = value;
  if (unknownMember(value, ['index', 'values', 'commitment', 'hashes']) !== undefined) return false;
  return (
    Number.isSafeInteger(index) &&
    Object.values(values as Json).every((text) => text === null || typeof text === 'string') &&
    (sealed ? isHash(commitment) : commitment === null) &&
    Array.isArray(hashes) &&
    hashes.every(isHash)
  );
}
