import { isNumber } from '../../../../domain/canonical/index.js';
import {
  NearRows,
  NearTexts,
  notDefined,
  outcomeOf,
  type CheckedColumn,
  type CheckOutcome,
  type NearRowsParameters,
} from '../../../../domain/quality/index.js';
import { countRows, failingRows, type Scan } from '../load-rows.js';
import { quantileBin } from './quantile-bin.js';

interface Parameters {
  threshold: number;
  shingle: number;
  seed: number;
}

/** Rows whose text is near to that of an earlier row. */
export async function scanNearDuplicates(
  scan: Scan,
  columns: readonly string[],
  parameters: Parameters,
): Promise<CheckOutcome> {
  const { db } = scan;
  const texts = new NearTexts(parameters);
  const text = columns.map((name) => scan.column(name)).join(', ');
  try {
    for await (const chunk of db.columns(`SELECT concat_ws(' ', ${text}) FROM rows ORDER BY split, row`))
      for (const value of chunk.texts(0)) texts.add(value);
    const near = texts.near();
    await addNear(scan, near);
  } catch (error) {
    if (error instanceof RangeError) return notDefined('rows', error.message);
    throw error;
  }
  return outcomeOf(
    'rows',
    { failing: await failingRows(scan), total: await countRows(scan) },
    `are near to an earlier row`,
    { threshold: parameters.threshold },
  );
}

/** Rows whose cells are nearly those of an earlier row. */
export async function scanNearRows(
  scan: Scan,
  compared: readonly CheckedColumn[],
  { numbers, bins, ...parameters }: NearRowsParameters,
): Promise<CheckOutcome> {
  const { db } = scan;
  const threshold = parameters.threshold!;
  const all = new NearRows(compared.length, threshold);
  const cells = compared.map(({ name, type }) => {
    const c = scan.column(name);
    const binned = numbers === 'bins' && isNumber(type);
    return `CAST(${binned ? quantileBin(c, bins) : c} AS VARCHAR)`;
  });
  try {
    for await (const chunk of db.columns(`SELECT ${cells.join(', ')} FROM rows ORDER BY split, row`)) {
      const texts = compared.map((_, i) => chunk.texts(i));
      for (let row = 0; row < chunk.rowCount; row++) all.add(texts.map((of) => of[row] ?? null));
    }
    await addNear(scan, all.near());
  } catch (error) {
    if (error instanceof RangeError) return notDefined('rows', error.message);
    throw error;
  }
  return outcomeOf(
    'rows',
    { failing: await failingRows(scan), total: await countRows(scan) },
    'are near to an earlier row',
    { threshold, comparedColumns: compared.length },
  );
}

async function addNear(
  { db }: Scan,
  near: readonly { item: number; earlier: number; similarity: number }[],
): Promise<void> {
  await db.run('CREATE TABLE near (item BIGINT, earlier BIGINT, similarity DOUBLE)');
  for (let i = 0; i < near.length; i += BATCH) {
    const values = near
      .slice(i, i + BATCH)
      .map(({ item, earlier, similarity }) => `(${item}, ${earlier}, ${similarity})`);
    await db.run(`INSERT INTO near VALUES ${values.join(', ')}`);
  }
  await db.run(
    `INSERT INTO finding
     WITH placed AS (SELECT split, row, key, row_number() OVER (ORDER BY split, row) - 1 AS item FROM rows)
     SELECT a.split, a.row, a.key, b.split, b.row, b.key, NULL, 'similarity ' || format('{:.4f}', n.similarity), 'error'
     FROM near n JOIN placed a ON a.item = n.item JOIN placed b ON b.item = n.earlier`,
  );
}

const BATCH = 5_000;
