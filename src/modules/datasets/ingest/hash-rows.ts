import { join } from 'node:path';
import {
  compareNames,
  encodeValue,
  LeafTable,
  parseAs,
  RowEncoder,
  sealLabel,
  type ColumnType,
} from '../../../domain/canonical/index.js';
import type { DuckSession, TextVector } from '../../../platform/duckdb/index.js';
import type { BlobStore } from '../../../platform/storage/index.js';
import type { DatasetColumn } from '../dataset-version.js';
import { RowSpool } from '../sorted-rows/row-spool.js';
import { type WrittenRows, writeSortedRows } from '../sorted-rows/write-sorted-rows.js';
import type { RoleColumns } from './check-rows.js';
import { columnAt, type RowsFile } from './rows-file.js';
import { printedParts } from './typed-sql.js';

/**
 * The leaf of every row and the root over them, as docs/encoding.md has it; leaves and encoded rows are stored in chunks, in leaf order.
 * Sealed labels enter as commitments only.
 */
export async function hashRows(
  db: DuckSession,
  blobs: Pick<BlobStore, 'putBytes'>,
  file: Pick<RowsFile, 'from'> & { split: { name: string; sealed: boolean } },
  columns: readonly DatasetColumn[],
  roles: RoleColumns,
  projectKey: Uint8Array,
): Promise<WrittenRows> {
  const { key, label } = roles;
  const sealedLabel = file.split.sealed ? label : null;
  const inLeaf = columns
    .map((column, index) => ({ ...column, index }))
    .filter(({ index }) => index !== sealedLabel?.index);
  const keyPlace = key && inLeaf.findIndex(({ index }) => index === key.index);
  const encoder = new RowEncoder(inLeaf, keyPlace);
  const texts = columns.map((_, i) => columnAt(i));
  // Of long numbers reading the text, parsing it and printing it again would cost more than all the rest.
  const doubles = inLeaf.filter(({ type }) => type === 'double');
  const list = [...texts, ...doubles.flatMap(({ index }) => printedParts(columnAt(index)))].join(', ');
  const table = new LeafTable(key !== null);
  const spool = new RowSpool(join(db.scratch, `spool-${file.split.name}`));
  try {
    for await (const chunk of db.columns(`SELECT ${list} FROM ${file.from}`)) {
      const cells = inLeaf.map(({ index }) => chunk.textCells(index));
      doubles.forEach((column, i) => {
        const at = columns.length + 2 * i;
        cells[inLeaf.indexOf(column)]!.printed = [chunk.textCells(at), chunk.textCells(at + 1)];
      });
      const labels = sealedLabel && chunk.textCells(sealedLabel.index);
      for (let row = 0; row < chunk.rowCount; row++) {
        const commit =
          labels && sealedLabel
            ? (encodedKey: Uint8Array) =>
                sealLabel(projectKey, encodedKey, encodedCell(sealedLabel.type, labels, row))
            : undefined;
        const leaf = encoder.leafOfTexts(cells, row, commit);
        const { bytes, keyFrom, keyTo, rowFrom, rowTo } = encoder;
        if (key) table.add(leaf, bytes, keyFrom, keyTo);
        else table.add(leaf);
        spool.add(bytes, rowFrom, rowTo);
      }
    }
    const rows = { table, spool, key: key && placeOf(inLeaf, key.name), committed: sealedLabel !== null };
    return await writeSortedRows(rows, (bytes) => blobs.putBytes(bytes));
  } finally {
    spool.close();
  }
}

function encodedCell(type: ColumnType, cells: TextVector, row: number): Buffer {
  return encodeValue(type, cells.lengthOf(row) < 0 ? null : parseAs(type, cells.textOf(row)));
}

/** The place of a column in the order of names. */
function placeOf(columns: readonly { name: string }[], name: string): number {
  return columns.filter((column) => compareNames(column.name, name) < 0).length;
}
