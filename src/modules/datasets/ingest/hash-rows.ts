import { join } from 'node:path';
import {
  compareNames,
  encodeValue,
  LeafTable,
  parseAs,
  RowEncoder,
  sealLabel,
  type CellValue,
  type ColumnType,
} from '../../../domain/canonical/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import { RowSpool } from '../sorted-rows/row-spool.js';
import { writeSortedRows } from '../sorted-rows/write-sorted-rows.js';
import type { RoleColumns } from './check-rows.js';
import { columnAt, type RowsFile } from './rows-file.js';

export interface HashedSplit {
  /** Merkle root, lowercase hex. */
  root: string;
  /** A file of the session's scratch folder: 32 bytes per row in leaf order: key order, or without a key the order of the hashes. */
  leaves: string;
  /** Another: the encoded rows in leaf order (docs/encoding.md, section 11). */
  sortedRows: string;
}

/** The leaf of every row and the root over them, as docs/encoding.md has it. Sealed labels enter as commitments only. */
export async function hashRows(
  db: DuckSession,
  file: Pick<RowsFile, 'from'> & { split: { name: string; sealed: boolean } },
  columns: readonly DatasetColumn[],
  roles: RoleColumns,
  projectKey: Uint8Array,
): Promise<HashedSplit> {
  const { key, label } = roles;
  const sealedLabel = file.split.sealed ? label : null;
  const inLeaf = columns
    .map((column, index) => ({ ...column, index }))
    .filter(({ index }) => index !== sealedLabel?.index);
  const encoder = new RowEncoder(inLeaf);
  const list = columns.map((_, i) => columnAt(i)).join(', ');
  const table = new LeafTable(key !== null);
  const paths = {
    leaves: join(db.scratch, `leaves-${file.split.name}`),
    rows: join(db.scratch, `sorted-${file.split.name}`),
  };
  const spool = new RowSpool(join(db.scratch, `spool-${file.split.name}`));
  try {
    for await (const chunk of db.columns(`SELECT ${list} FROM ${file.from}`)) {
      const cells = columns.map((column, i) => parsed(column.type, chunk.column(i) as (string | null)[]));
      const values: CellValue[] = Array.from({ length: inLeaf.length }, () => null);
      for (let row = 0; row < chunk.rowCount; row++) {
        inLeaf.forEach(({ index }, i) => (values[i] = cells[index]![row]!));
        const encodedKey = key ? encodeValue(key.type, cells[key.index]![row]!) : undefined;
        const leaf =
          sealedLabel && encodedKey
            ? encoder.sealedLeaf(
                values,
                sealLabel(
                  projectKey,
                  encodedKey,
                  encodeValue(sealedLabel.type, cells[sealedLabel.index]![row]!),
                ),
              )
            : encoder.leaf(values);
        table.add(leaf, encodedKey);
        spool.add(encoder.lastRow());
      }
    }
    const rows = { table, spool, key: key && placeOf(inLeaf, key.name), committed: sealedLabel !== null };
    return { root: await writeSortedRows(rows, paths), leaves: paths.leaves, sortedRows: paths.rows };
  } finally {
    spool.close();
  }
}

/** The place of a column in the order of names. */
function placeOf(columns: readonly { name: string }[], name: string): number {
  return columns.filter((column) => compareNames(column.name, name) < 0).length;
}

function parsed(type: ColumnType, texts: readonly (string | null)[]): CellValue[] {
  return texts.map((text) => parseAs(type, text));
}
