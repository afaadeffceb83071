import { SPECIAL_DOUBLES, type ColumnType } from './column-type.js';
import { parseDouble, parseInt64 } from './parse-value.js';
import { canonicalDate, canonicalNaiveTimestamp, canonicalTimestamp } from './timestamps.js';

/** What one pass over a column found. */
export interface InferredColumn {
  type: ColumnType;
  /** Fields seen, nulls included. */
  rows: number;
  nulls: number;
}

const FITS: Record<ColumnType, (text: string) => boolean> = {
  int64: (text) => parseInt64(text) !== undefined,
  double: (text) => parseDouble(text) !== undefined,
  boolean: (text) => text === 'true' || text === 'false',
  date: (text) => canonicalDate(text) !== undefined,
  timestamp: (text) => canonicalTimestamp(text) !== undefined,
  timestamp_naive: (text) => canonicalNaiveTimestamp(text) !== undefined,
  text: () => true,
};
const PREFERENCE = Object.keys(FITS) as ColumnType[];

/**
 * The type of a column from all of its fields, never from a sample: the first of int64, double, boolean, date,
 * timestamp, timestamp_naive that every non-null field has, else text. A column of nulls alone is text. NaN and
 * infinities do not make a column double: one number in digits has to stand beside them.
 */
export class TypeInference {
  private rows = 0;
  private nulls = 0;
  private type: ColumnType | undefined;
  /** Whether every field so far would also be a double: an int64 beyond 2^53 need not be. */
  private allDoubles = true;
  private digitsSeen = false;

  /** Take in one field; null is an empty unquoted one, '' a quoted empty one. */
  add(text: string | null): void {
    this.rows++;
    if (text === null) {
      this.nulls++;
      return;
    }
    if (this.type === 'text') return;
    if (this.type === undefined) this.type = PREFERENCE.find((type) => FITS[type](text))!;
    else if (!FITS[this.type](text)) this.type = this.type === 'int64' ? 'double' : 'text';
    if (this.type === 'int64') this.allDoubles &&= text.length <= 15 || FITS.double(text);
    if (this.type === 'double' && !(this.allDoubles && FITS.double(text))) this.type = 'text';
    if (!this.digitsSeen) this.digitsSeen = !SPECIAL_DOUBLES.has(text);
  }

  finish(): InferredColumn {
    const undecided = this.type === undefined || (this.type === 'double' && !this.digitsSeen);
    return { type: undecided ? 'text' : this.type!, rows: this.rows, nulls: this.nulls };
  }
}

/** The type of a whole column at once. */
export function inferType(fields: Iterable<string | null>): ColumnType {
  const inference = new TypeInference();
  for (const field of fields) inference.add(field);
  return inference.finish().type;
}
