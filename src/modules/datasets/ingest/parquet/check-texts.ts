import { type DuckSession, identifier } from '../../../../platform/duckdb/index.js';
import { InvalidInputError } from '../../../../platform/errors/index.js';
import { type ParquetColumn, tooLarge } from './parquet-columns.js';
import { isText } from './parquet-type.js';

/** As long as a line of CSV may be. */
const MAX_ROW_BYTES = 2_000_000;

/** What a dictionary hides: one long text may stand in every row. No text has a NUL. */
export async function checkTexts(
  db: DuckSession,
  source: string,
  columns: readonly ParquetColumn[],
  split: string,
  maxBytes: number,
): Promise<void> {
  const texts = columns.filter(({ type }) => isText(type));
  if (texts.length === 0) return;
  const list = texts.map(({ name }, i) => `CAST(${identifier(name)} AS VARCHAR) AS t${i}`).join(', ');
  const length = texts.map((_, i) => `coalesce(strlen(t${i}), 0)`).join(' + ');
  const nul = texts.map((_, i) => `coalesce(contains(t${i}, chr(0)), false)`).join(' OR ');
  const [found] = await db.rows<{ bytes: number; long: number | null; nul: number | null }>(
    `SELECT sum(bytes)::DOUBLE AS bytes, (min(row) FILTER (bytes > ${MAX_ROW_BYTES}))::DOUBLE AS long,
       (min(row) FILTER (nul))::DOUBLE AS nul
     FROM (SELECT row, ${length} AS bytes, ${nul} AS nul FROM (SELECT row_number() OVER () AS row, ${list} FROM ${source}))`,
  );
  const { bytes = 0, long = null, nul: nulRow = null } = found ?? {};
  if (nulRow !== null) {
    throw new InvalidInputError(
      'NUL_CHARACTER',
      `split ${split}, row ${nulRow}: a text holds a NUL character`,
      {
        remedy: 'Leave it out of texts.',
        split,
        row: nulRow,
      },
    );
  }
  if (long !== null) {
    throw new InvalidInputError(
      'PARQUET_ROW_TOO_LONG',
      `split ${split}, row ${long}: its texts are longer than 2 MB`,
      {
        remedy: 'Store long texts elsewhere and push references to them.',
        split,
        row: long,
      },
    );
  }
  if (bytes > maxBytes) throw tooLarge(split, maxBytes);
}
