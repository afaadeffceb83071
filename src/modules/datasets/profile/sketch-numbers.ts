import { finiteMoments, type NumericPart, QuantileSketch } from '../../../domain/drift/index.js';
import { type DuckSession, identifier, inQueries } from '../../../platform/duckdb/index.js';

/** Of the finite values of columns of numbers, many in one scan. */
export async function sketches(
  db: DuckSession,
  source: string,
  names: readonly string[],
): Promise<Map<string, NumbersOfColumn>> {
  const found = new Map<string, NumbersOfColumn>();
  for (const some of inQueries(names)) {
    const columns = some.map(() => new NumbersOfColumn());
    // Without a null, a column comes as it lies in memory.
    const list = some.map((name) => `coalesce(CAST(${identifier(name)} AS DOUBLE), 'NaN'::DOUBLE)`);
    for await (const chunk of db.columns(`SELECT ${list.join(', ')} FROM ${source}`))
      columns.forEach((column, i) => column.add(chunk.doubles(i)));
    some.forEach((name, i) => found.set(name, columns[i]!));
  }
  return found;
}

/** Sketch, moments and extremes of the finite values of one column. */
export class NumbersOfColumn {
  private readonly sketch = new QuantileSketch();
  private n = 0;
  private mean = 0;
  private m2 = 0;
  private min = Infinity;
  private max = -Infinity;

  add(values: Float64Array): void {
    const { sketch } = this;
    let { n, mean, m2, min, max } = this;
    for (let i = 0; i < values.length; i++) {
      const x = values[i]!;
      if (!Number.isFinite(x)) continue;
      sketch.add(x);
      // Welford 1962.
      n++;
      const off = x - mean;
      mean += off / n;
      m2 += off * (x - mean);
      if (x < min) min = x;
      if (x > max) max = x;
    }
    [this.n, this.mean, this.m2, this.min, this.max] = [n, mean, m2, min, max];
  }

  /** How many there are. */
  get finite(): number {
    return this.n;
  }

  part(): Omit<NumericPart, 'notFinite'> {
    const { n, mean, m2, min, max } = this;
    const extremes = n > 0 ? { min: min + 0, max: max + 0 } : { min: null, max: null };
    return { sketch: this.sketch.toJSON(), moments: finiteMoments({ n, mean, m2 }), ...extremes };
  }
}
