import type { AuditProofBundle } from '../../../platform/audit/index.js';

export const ROW_PROOF = 'assay/row-proof/v1';

/** A row with its place in the tree of the split: values as texts of a CSV file, null where one is missing. */
export interface ProvedRow {
  /** Place in leaf order, from 0. */
  index: number;
  /** By column; without the label where the split is sealed. */
  values: Record<string, string | null>;
  /** What stands for the label of a sealed row, lowercase hex; null where the split is open. */
  commitment: string | null;
  /** Hashes from the leaf's sibling upwards, lowercase hex. */
  hashes: string[];
}

/** A place whose row was erased. What its leaf was the hash of is nowhere. */
export interface ErasedRow {
  index: number;
  /** Lowercase hex. */
  leaf: string;
  /** As in ProvedRow. */
  hashes: string[];
}

/** That a row is in a split of a version, or that it is not. All that is needed to check it without Assay. */
export interface RowProofView {
  kind: typeof ROW_PROOF;
  contentId: string;
  /** The document that the content id is the digest of (docs/encoding.md, section 7). */
  content: object;
  split: string;
  /** What was asked for: a key as the text of its canonical form, or without a key column a leaf hash in lowercase hex. */
  key: string | null;
  leaf: string | null;
  included: boolean;
  /** The row; or those on either side of where it would be that are not erased: one at an edge, else two. */
  rows: ProvedRow[];
  /** The places between these rows whose content was erased: the wanted row was one of them, or in none. */
  erased: ErasedRow[];
  /** That the audit log has the version's entry; its body, which names the content id, for the permission `audit`. */
  audit: Omit<AuditProofBundle, 'body'> & { body: object | null };
}
