import type { DuckDBDataChunk, DuckDBValue, DuckDBVector } from '@duckdb/node-api';
import { TextVector } from './text-vector.js';

export type NumericItems =
  | Float64Array
  | Float32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** A column of a chunk: a typed array where the type is numeric and nothing is null, else one value or null per row. */
export type ColumnValues = NumericItems | (DuckDBValue | null)[];

/** Up to 2,048 rows of a result, by column. */
export class ColumnChunk {
  constructor(private readonly chunk: DuckDBDataChunk) {}

  get rowCount(): number {
    return this.chunk.rowCount;
  }

  /**
   * Column `index`, counted from 0. A typed array shows DuckDB's own memory: copy it (`set`, `slice`) to keep it after the
   * next chunk.
   */
  column(index: number): ColumnValues {
    const vector = this.chunk.getColumnVector(index);
    if (isText(vector)) return new TextVector(vector).toArray();
    const items = numericItems(vector);
    return items && !hasNull(vector, items.length) ? items : vector.toArray();
  }

  /** Column `index` as doubles; null is NaN. int64 beyond 2^53 rounds. */
  doubles(index: number): Float64Array {
    const values = this.column(index);
    return values instanceof Float64Array
      ? values
      : Float64Array.from(values as ArrayLike<unknown>, (value) =>
          value === null ? Number.NaN : Number(value),
        );
  }

  /** Column `index`, of type VARCHAR, as DuckDB holds it: good until the next chunk. */
  textCells(index: number): TextVector {
    const vector = this.chunk.getColumnVector(index);
    if (!isText(vector)) throw new TypeError(`column ${index} is no text`);
    return new TextVector(vector);
  }

  /** Column `index` as text; null stays null. */
  texts(index: number): (string | null)[] {
    return Array.from(this.column(index) as ArrayLike<unknown>, (value) =>
      value === null ? null : String(value),
    );
  }
}

// The vectors keep their typed array in a private field; getItem() alone would cost a call and a box per value.
function numericItems(vector: DuckDBVector): NumericItems | undefined {
  const { items } = vector as unknown as { items?: unknown };
  return isNumeric(vector) && ArrayBuffer.isView(items) ? (items as NumericItems) : undefined;
}

const NUMERIC = new Set([
  'DuckDBDoubleVector',
  'DuckDBFloatVector',
  'DuckDBTinyIntVector',
  'DuckDBSmallIntVector',
  'DuckDBIntegerVector',
  'DuckDBBigIntVector',
  'DuckDBUTinyIntVector',
  'DuckDBUSmallIntVector',
  'DuckDBUIntegerVector',
  'DuckDBUBigIntVector',
]);

function isNumeric(vector: DuckDBVector): boolean {
  return NUMERIC.has(vector.constructor.name);
}

const isText = (vector: DuckDBVector): boolean => vector.constructor.name === 'DuckDBVarCharVector';

function hasNull(vector: DuckDBVector, count: number): boolean {
  const { validity } = vector as unknown as {
    validity: { data: BigUint64Array | null; itemValid(i: number): boolean };
  };
  if (validity.data === null) return false;
  for (let i = 0; i < count; i += 1) if (!validity.itemValid(i)) return true;
  return false;
}
