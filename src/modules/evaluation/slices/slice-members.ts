import { parseSlice, type SliceColumn } from '../../../domain/slices/index.js';
import type { DuckSession } from '../../../platform/duckdb/index.js';
import type { EvaluationInput } from '../../datasets/index.js';
import type { SplitFiles } from '../predictions/load-split.js';
import { readRows, type RowsToRead } from './read-rows.js';
import { sliceSql } from '../../datasets/index.js';

/** Slices whose marks share a column: bits of an INTEGER. */
const BITS = 30;

/** The rows of the slice with this index, as positions in key order from the first row that was read, ascending. */
export type SliceMembers = (slice: number) => Uint32Array;

/** Which rows are in which slice. The files are read once, whatever the number of slices. */
export async function sliceMembers(
  db: DuckSession,
  files: SplitFiles,
  input: RowsToRead & Pick<EvaluationInput, 'columns'>,
  slices: readonly { where: string }[],
): Promise<SliceMembers> {
  if (slices.length === 0) return () => new Uint32Array();
  const marks = await readRows(db, files, input, marksOf(slices, input.columns));
  return (slice) => marked(marks[Math.floor(slice / BITS)]!, 1 << (slice % BITS));
}

function marksOf(slices: readonly { where: string }[], columns: readonly SliceColumn[]): string[] {
  const conditions = slices.map(({ where }) => {
    const parsed = parseSlice(where);
    if (!parsed.ok) throw new Error(`a slice of a protocol is none: ${parsed.problem}`);
    return sliceSql(parsed.slice, columns, 'p');
  });
  return Array.from({ length: Math.ceil(slices.length / BITS) }, (_, group) => {
    const bits = conditions.slice(group * BITS, (group + 1) * BITS);
    // What is neither true nor false is not in the slice.
    return bits.map((condition, i) => `CASE WHEN ${condition} THEN ${2 ** i} ELSE 0 END`).join(' + ');
  });
}

function marked(marks: Int32Array, bit: number): Uint32Array {
  let count = 0;
  for (const mark of marks) if ((mark & bit) !== 0) count++;
  const positions = new Uint32Array(count);
  for (let row = 0, i = 0; row < marks.length; row++) if ((marks[row]! & bit) !== 0) positions[i++] = row;
  return positions;
}
