/**
 * A kind of stored record that the audit log vouches for: the entry of a change holds the digest of each record as the change
 * left it. A kind is data, and stands beside the module whose tables it names.
 */
export interface RecordKind {
  /** What the log calls it, e.g. `evaluation`. */
  name: string;
  /** The tables that hold it. The first has one row for each record. */
  parts: readonly RecordPart[];
  /** What entries said of it that attest nothing, from before they did: a record that contradicts them is not adopted. */
  witness?: RecordWitness;
}

/** The entry that tells how a record was made, and whether its rows, by table, are what the body of that entry says. */
export interface RecordWitness {
  action: string;
  agrees(rows: Readonly<Record<string, readonly StoredRow[]>>, body: StoredRow): boolean;
}

/** Columns or members by name, as JSON has them. */
export type StoredRow = Readonly<Record<string, unknown>>;

/** Rows of one table. Every column counts but those of `except`, also columns that are added later (null is as if absent). */
export interface RecordPart {
  table: string;
  /** The record that a row belongs to: a column, or an SQL expression over `t`. Together with `where`. */
  key: string;
  /** Where the rows of the records `$ids::text[]` are. Default: where the key column is among them. */
  where?: string;
  /** Columns without evidence, each with the reason. */
  except?: Readonly<Record<string, string>>;
  /** Further values of a row, by name: SQL expressions over `t`. */
  also?: Readonly<Record<string, string>>;
}

export interface RecordRef {
  kind: RecordKind;
  id: string;
}

/** One member of `records` in an entry's body: how a record was left, for the n-th time. */
export interface Attestation {
  kind: string;
  id: string;
  /** SHA-256, lowercase hex, of the record's text (docs/audit.md). */
  digest: string;
  /** 1, 2, 3, ... for each record. */
  n: number;
}
