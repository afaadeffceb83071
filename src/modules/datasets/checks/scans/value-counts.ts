import { notDefined, type CheckOutcome } from '../../../../domain/quality/index.js';
import type { Scan } from '../load-rows.js';

const MAX_CLASSES = 1_000;

/** Rows of each value in each split; null beyond MAX_CLASSES of them. */
export async function valueCounts(
  { db, splits, column }: Scan,
  name: string,
  nulls: boolean,
): Promise<{ split: string; value: string | null; rows: number }[] | null> {
  const c = column(name);
  const found = await db.rows<{ split: number; value: string | null; rows: number }>(
    `SELECT split, CAST(${c} AS VARCHAR) AS value, count(*)::DOUBLE AS rows FROM rows ${nulls ? '' : `WHERE ${c} IS NOT NULL`}
     GROUP BY 1, 2 ORDER BY 1, 2 NULLS LAST LIMIT ${MAX_CLASSES * splits.length + 1}`,
  );
  const most = splits.some((_, i) => found.filter(({ split }) => split === i).length > MAX_CLASSES);
  return most ? null : found.map((one) => ({ ...one, split: splits[one.split]!.name }));
}

/** Why nothing is judged by that many values. */
export const tooManyValues = (unit: 'classes' | 'groups' | 'columns', column: string): CheckOutcome =>
  notDefined(
    unit,
    `column ${column} has more than ${MAX_CLASSES} values: they are no ${unit === 'groups' ? 'groups' : 'classes'}`,
  );
